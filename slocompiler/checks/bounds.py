"""Bounds of latencies that have the wrong direction, unit or size."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.promql import duration
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

_LATENCY = lazy_pattern(
    r"(?:^|[_:.])(?:requests?|responses?|latency|latencies|rpc|query|queries|http|grpc|handling)(?=[_:.]|$)"
)
"""A part of the names of metrics that measure how long somebody waits."""
_WAITED = lazy_pattern(r"(?:^|_)(?:duration|dur|delay|lag|rtt|response_time)(?:_|$)")
_LONG = lazy_pattern(r"(?:^|_)(?:session|visit|connection|stream|call|lease|lifetime|uptime)s?(?:_|$)")
"""Things that are good if they last long."""
_HOUR = 60
"""Minutes that no user waits for an answer."""


def bounds(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E240 for a bound of zero time, W362 for a latency that must be high, or may last for hours."""
    if slo.intact and slo.good and len(slo.total) == 1:
        for bound in slo.good.tree.bounds:
            if isinstance(bound.value, t.Duration):
                yield from _judged(slo.total[0].metric, bound, bound.value)


def _judged(metric: str, bound: t.Bound, value: t.Duration) -> Iterator[Diagnostic]:
    text = value.span.text
    if bound.side == "below" and value.seconds <= 0:
        help = "the bound is the longest time that is good, such as `below 300ms`"
        yield Diagnostic("E240", f"no event is good: nothing takes less than {text}", bound.span, help=help)
    elif bound.side == "above" and _is_better_quick(metric):
        help = f"write `below {text}`: fast answers are good"
        fixes = edits(f"write `below {text}`", (bound.span.word, "below"))
        yield Diagnostic("W362", f"only slow events are good: those above {text}", bound.span, help=help, fixes=fixes)
    elif _LATENCY.search(metric) and re.fullmatch("[0-9]+m", text) and int(text[:-1]) >= _HOUR:
        fixes = edits(f"write `{text}s`", (value.span, f"{text}s"))
        message = f"`{text}` is {duration(value.seconds)}: minutes, not milliseconds"
        yield Diagnostic("W362", message, value.span, help=f"write `{text}s` for milliseconds", fixes=fixes)


def _is_better_quick(metric: str) -> bool:
    return bool(_LATENCY.search(metric) or _WAITED.search(metric)) and not _LONG.search(metric)
