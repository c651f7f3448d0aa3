"""What is easier and harder, against events that are judged one by one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from slocompiler import ir
from slocompiler.diff.compare import compare
from slocompiler.diff.equivalence import normal
from slocompiler.ir import Matcher, Stream
from slocompiler.record import replace
from support.programs import GAUGE, RATIO, RATIO_SLICES, SLICES, THRESHOLD, is_, kinds, of, stream
from support.shapes import BOUNDED, TWO_BOUNDS

EVENTS = [dict(zip("ab", values, strict=True)) for values in itertools.product("123", repeat=2)]
"""Each value that a filter names, and one that none names: labels have more values than a file knows."""
matchers = st.builds(Matcher, st.sampled_from("ab"), st.sampled_from(["=", "!="]), st.sampled_from("12"))
filters = st.lists(matchers, min_size=1, max_size=2, unique=True).map(tuple)
choices = st.lists(filters, min_size=1, max_size=2).map(tuple)


def matches(event: dict[str, str], filter: Iterable[Matcher]) -> bool:
    return all((event[m.label] == m.value) == (m.op == "=") for m in filter)


def members(of: Stream) -> list[bool]:
    """Which of EVENTS are in a stream."""
    return [
        matches(one, of.all)
        and (not of.any or any(matches(one, choice) for choice in of.any))
        and not any(matches(one, choice) for choice in of.none)
        for one in EVENTS
    ]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[ir.Ratio, ir.Ratio]:
    """Two ratios as `good` and `bad` with filters are lowered; mostly of the same events."""
    total = draw(totals)
    return draw(ratios(total)), draw(ratios(draw(st.just(total) | totals)))


totals = st.builds(stream, st.just("x"), matchers, none=st.just(()) | choices) | st.just(stream())


@st.composite
def ratios(draw: st.DrawFn, total: Stream) -> ir.Ratio:
    sorting = draw(choices)
    bad = replace(total, any=sorting) if draw(st.booleans()) else replace(total, none=total.none + sorting)
    return ir.Ratio(total=(total,), side="bad", part=(bad,))


@settings(max_examples=150)
@given(pairs())
def test_what_is_easier_holds_for_every_event(both: tuple[ir.Ratio, ir.Ratio]) -> None:
    (counted, then), (bad, worse) = (
        [members(part[0]) for part in parts] for parts in zip(*map(_sides, both), strict=True)
    )
    if normal(both[0]) == normal(both[1]):
        assert (counted, bad) == (then, worse)
    found = kinds(of(indicator=both[0]), of(indicator=both[1]))
    if counted == then:
        event(", ".join(sorted(found)))
        assert "easier" not in found or all(before or not after for before, after in zip(bad, worse, strict=True))
        assert "harder" not in found or all(after or not before for before, after in zip(bad, worse, strict=True))


def _sides(of: ir.Ratio) -> tuple[ir.Events, ir.Events]:
    return of.total, of.part


@pytest.mark.parametrize(
    ("part", "change", "kind"),
    [
        (THRESHOLD, {"bound": Decimal("0.5")}, "easier"),
        (replace(THRESHOLD, good="gt"), {"bound": Decimal("0.5")}, "harder"),
        (THRESHOLD, {"only": ((is_("c", "1"),),)}, "harder"),
        (TWO_BOUNDS, {"bounded": (replace(BOUNDED[0], bound=Decimal("0.5")), BOUNDED[1])}, "easier"),
        (TWO_BOUNDS, {"bounded": (BOUNDED[0], replace(BOUNDED[1], bound=Decimal("0.5")))}, "harder"),
        (
            TWO_BOUNDS,
            {"bounded": (replace(BOUNDED[0], bound=Decimal(1)), replace(BOUNDED[1], bound=Decimal("0.5")))},
            "indicator",
        ),
        (
            replace(TWO_BOUNDS, good="gt"),
            {"bounded": (replace(BOUNDED[0], bound=Decimal("0.5")), BOUNDED[1])},
            "harder",
        ),
        (SLICES, {"missing": "ignored"}, "easier"),
        (SLICES, {"good_when": replace(GAUGE, value=Decimal(4))}, "harder"),
        (replace(SLICES, at_least=Decimal("0.9")), {"at_least": Decimal("0.8")}, "easier"),
        (SLICES, {"at_least": Decimal("0.8")}, "indicator"),
        (SLICES, {"good_when": ir.All(conditions=(GAUGE, replace(GAUGE, fold="min")))}, "harder"),
        (
            replace(SLICES, missing="ignored"),
            {"good_when": ir.All(conditions=(GAUGE, replace(GAUGE, fold="min")))},
            "indicator",
        ),
        (SLICES, {"good_when": replace(GAUGE, stream=stream("g", is_("c", "1")), value=Decimal(4))}, "indicator"),
        (RATIO_SLICES, {"at_least": Decimal("0.5")}, "easier"),
    ],
)
def test_bounds_have_a_direction(part: Any, change: dict[str, Any], kind: str) -> None:
    found = compare(of(indicator=part), of(indicator=replace(part, **change)))
    assert found.entries[0].kinds[0] == kind


def test_the_same_said_differently_is_no_change() -> None:
    code, other = Matcher("code", "=~", "5.."), Matcher("code", "!~", "5..")
    bad = ir.Ratio(total=(stream(),), side="bad", part=(stream(any=((code,),)),))
    good = ir.Ratio(total=(stream(),), side="bad", part=(stream(none=((other,),)),))
    assert kinds(of(indicator=bad), of(indicator=good)) == set()
    left_out, braces = (
        replace(RATIO, total=(stream("x", *all, none=none),), part=(stream("y"),))
        for all, none in (((), ((is_("c", "1"),),)), ((Matcher("c", "!=", "1"),), ()))
    )
    assert kinds(of(indicator=left_out), of(indicator=braces)) == set()
