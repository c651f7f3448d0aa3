"""What a table of series answers: which of them matchers select, and which values a label has.

A table has a row for each combination of values; a label that a series does not have is "". Doubtful patterns match
everything: a finding must be certain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slocompiler.ir import Filter, Matcher, Stream
from slocompiler.live.questions import Sample
from slocompiler.regex.sets import fulfills

LATELY = 300
"""A series is there if it had samples in these seconds: what a query costs depends on those."""
MOST_SHOWN = 5
"""The most values of a label that a message names."""


def labels_of(stream: Stream, filters: Iterable[Filter] = ()) -> tuple[str, ...]:
    """The labels by which series of a stream are excluded or chosen, and those of more filters, each once."""
    return tuple(dict.fromkeys(m.label for one in (*stream.any, *stream.none, *filters) for m in one))


def count(found: Iterable[Sample]) -> int:
    """The number of series in rows."""
    return round(sum(row.value for row in found))


def fits(matcher: Matcher, value: str) -> bool:
    """Whether a value of its label fulfills a matcher."""
    known = fulfills(matcher, value)
    return _by_re2(matcher, value) if known is None else known


def _by_re2(matcher: Matcher, value: str) -> bool:
    """For the few patterns that need more than the own parser."""
    import re2  # type: ignore[import-untyped]  # it has no types; imported only for the few unusual patterns

    try:
        return (re2.fullmatch(f"(?s){matcher.value}", value) is not None) is (matcher.op == "=~")
    except re2.error:
        return True


def selected(found: Iterable[Sample], matchers: Iterable[Matcher]) -> list[Sample]:
    """The rows that fulfill all of the matchers."""
    wanted = list(matchers)
    return [row for row in found if all(fits(one, row.labels.get(one.label, "")) for one in wanted)]


def kept(found: Iterable[Sample], stream: Stream) -> list[Sample]:
    """The rows of a stream: one filter of `any`, and none of `none`."""
    return [
        row
        for row in found
        if (not stream.any or any(selected([row], one) for one in stream.any))
        and not any(selected([row], one) for one in stream.none)
    ]


def values(found: Iterable[Sample], label: str) -> list[str]:
    """The values of a label, sorted, without the absent one."""
    return sorted({row.labels.get(label, "") for row in found} - {""})


def listed(shown: Sequence[str]) -> str:
    """Some values as text, and the number of the others: `404, 200 and 7 more`."""
    more = len(shown) - MOST_SHOWN
    return ", ".join(shown[:MOST_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
