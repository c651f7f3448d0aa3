"""Tiles of a server that lacks some: after gaps, and while an exception lasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slocompiler import ir
from slocompiler.live import tiles
from slocompiler.live.questions import Answers, Endpoint, Question, Range, answered
from slocompiler.record import replace
from slocompiler.targets.shared import Options
from support.shapes import RATIO, excepted, slo

ROUND = 1_790_823_600
"""A multiple of five minutes."""


def scraped(times: Sequence[int], routes: Sequence[str], whole: int) -> Callable[[Sequence[Question]], Answers]:
    """A server that has tiles of 5 events at some times; all other increases are of `whole`."""

    def answer(questions: Sequence[Question]) -> Answers:
        found: dict[Question, Any] = {}
        for one in questions:
            if isinstance(one, Endpoint):
                found[one] = {"version": "3.0.0", "goVersion": ""}
            elif isinstance(one, Range):
                inside = [at for at in times if one.start <= at <= one.end]
                many = f"{whole if one.start == one.end else 5}"
                series = [{"metric": {"route": route}, "values": [(at, many) for at in inside]} for route in routes]
                found[one] = {"resultType": "matrix", "result": series}
        return Answers(found)

    return answer


def test_each_of_two_gaps_is_bridged() -> None:
    """Only one tile is between them. An increase of 25 tiles has what each gap hid, and the tile before it."""
    times = [ROUND + 300 * number for number in (0, 1, 25, 49)]
    asking = tiles.counted(slo(RATIO), Options(), ROUND - 300, times[-1])
    (counts,) = answered(asking, scraped(times, ("",), 125)).values.values()
    assert [count.events for count in counts.values()] == [5, 5, 120, 120]


def test_while_an_exception_lasts_nothing_happened() -> None:
    """Of one route; each tile is of five minutes, and the gap before the last one is of two hours."""
    begin = ROUND
    times = [begin + 300 * number for number in (-1, 0, 1, 2, 3, 4, 28)]
    answer = scraped(times, ("/a", "/b"), 29)
    some = excepted(begin + 10, 700, (ir.Matcher("route", "=", "/a"),))
    of = slo(RATIO, per=("route",), exceptions=(some,))
    found = answered(tiles.counted(of, Options(), times[0] - 300, times[-1]), answer)
    events, every = (
        {dict(value)["route"]: [count.events for count in counts.values()] for value, counts in some.items()}
        for some in (found.values, found.every)
    )
    assert events == {"/a": [5, 5, 0, 0, 0, 5, 24], "/b": [5, 5, 5, 5, 5, 5, 24]}
    assert every == {"/a": [5, 5, 5, 5, 5, 5, 24], "/b": [5, 5, 5, 5, 5, 5, 24]}
    later = replace(of, exceptions=(replace(some, begin=times[-2], end=times[-2] + 60),))
    found = answered(tiles.counted(later, Options(), times[0] - 300, times[-1]), answer)
    assert [[*counts.values()][-1].events for counts in found.values.values()] == [5, 24], "what a gap hides"
    assert [[*counts.values()][-1].events for counts in found.every.values()] == [24, 24]
