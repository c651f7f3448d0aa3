"""`needs`: how many bad events, and how many events, an alert line waits for."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from slocompiler import burn
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.promql import duration
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

MOST_A_SECOND = 100
"""More events a second than `needs` is for: a single error is no large share of them."""
Line = t.BurnLine | t.ShareLine | t.ExhaustedLine


def needs(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E405, E411, W352 and W359 of what the SLO's alert lines need."""
    for line in slo.alerts.lines if slo.alerts else ():
        if isinstance(line, Line) and line.intact and line.needs:
            counts = [
                (count, kind)
                for count, kind in ((line.needs.bad, "bad events"), (line.needs.events, "events"))
                if isinstance(count, t.Number)
            ]
            for count, kind in counts:
                yield from _invalid(count, kind)
                if not slo.tree.draft:  # a draft has no alerts: inherited ones are judged for the other SLOs
                    yield from _counted(count, kind, line, slo)
            if not slo.tree.draft:
                yield from _idle(line, line.needs, slo)


def _invalid(count: t.Number, kind: str) -> Iterator[Diagnostic]:
    """E411 for a number that is not whole, or below 1."""
    if count.value < 1 or count.value != count.value.to_integral_value():
        message = f"{count.span.text} is not a number of {kind}"
        more = str(max(1, ceil(count.value)))
        fixes = edits(f"write `{more}`", (count.span, more))
        yield Diagnostic("E411", message, count.span, help="use a whole number, 1 or more", fixes=fixes)


def _counted(count: t.Number, kind: str, line: Line, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E405 for more slices than a window has, W352 for more events than services with few events have."""
    time = line.within if isinstance(line, t.ExhaustedLine) else line.window
    if not isinstance(time, t.Duration):
        return
    within = int(time.seconds)
    window = burn.exhaustion_window(within) if isinstance(line, t.ExhaustedLine) else within
    length, seconds = slo.slices.length if slo.slices else None, slo.whole_slice
    if length and count.value * seconds > window >= seconds > 0:
        most, slices = window // seconds, f"{kind.removesuffix('events')}slices of {length.span.text}"
        message = (
            f"this alert can never fire: it needs {count.span.text} {slices}, and {duration(window)} has only {most}"
        )
        here, help = (Label(length.span, "each time slice is one event"),), f"use at most `needs {most} {kind}`"
        fixes = edits(f"write `{most}`", (count.span, str(most)))
        yield Diagnostic("E405", message, count.span, here, help, fixes)
    elif not seconds and count.value > MOST_A_SECOND * window:
        rate, few = round(count.value / window), "10" if kind == "bad events" else "100"
        message = f"this alert waits for {count.span.text} {kind} in {duration(window)}, {rate:,} each second"
        help = f"`needs` keeps a service with few events from alerting for one error: use a small number, such as {few}"
        yield Diagnostic("W352", message, count.span, help=help)


def _idle(line: Line, wanted: t.Needs, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W359 for a number of events that is reached whenever the number of bad events is."""
    if not isinstance(wanted.events, t.Number):
        return
    if isinstance(wanted.bad, t.Number):
        bad, why = int(wanted.bad.value), "bad events are events, too"
    elif wanted.bad is None and line.severity == "page":
        bad = burn.page_needs(slo.whole_slice)
        why = f"without `needs N bad events`, a page needs {bad} of them"
    else:
        return
    if bad >= wanted.events.value >= 1:
        message = f"`{wanted.events.span.text} events` changes nothing: this alert needs {bad} bad events anyway"
        yield Diagnostic("W359", message, wanted.events.span, help=f"use a larger number, or leave it out: {why}")
