"""Laws of comparing programs, which are of so few values here that parts of two of them agree."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from slocompiler import grammar, ir
from slocompiler.diff.change import Comparison
from slocompiler.diff.compare import compare
from slocompiler.diff.render import text
from slocompiler.diff.render.json import data as json_data
from slocompiler.ir import Program
from slocompiler.record import replace
from support.programs import BASE, DAY, HEAD, INDICATORS, RISK, is_, program, service, slo

VALIDATOR = Draft202012Validator(json.loads(grammar.text("diff.schema.json")))

times = st.sampled_from([7 * DAY, 30 * DAY])
lines = st.one_of(
    st.builds(
        ir.Burn,
        severity=st.sampled_from(["page", "ticket"]),
        share=st.sampled_from([Decimal("0.02"), Decimal("0.05")]),
        window=st.sampled_from([3600, 21600]),
        needs=st.sampled_from([0, 5]),
        traffic=st.sampled_from([0, 50]),
    ),
    st.builds(ir.Exhausted, severity=st.just("page"), within=st.sampled_from([3600, 14400])),
    st.builds(ir.Remaining, severity=st.just("ticket"), below=st.sampled_from([Decimal(0), Decimal("0.25")])),
    st.builds(ir.NoData, severity=st.just("ticket"), lasting=st.sampled_from([600, 900])),
    st.builds(ir.Down, severity=st.just("page"), lasting=st.sampled_from([300, 600])),
)
alerts = st.lists(lines, max_size=3, unique=True).map(tuple)
targets = st.sampled_from([Decimal("0.9"), Decimal("0.99"), Decimal("0.999")])
overrides = st.lists(
    st.builds(ir.Override, filter=st.sampled_from([(is_("r", "1"),), (is_("r", "2"),)]), target=targets, alerts=alerts),
    max_size=2,
    unique_by=lambda one: one.filter,
).map(tuple)
texts = st.sampled_from(["", "one", "two"])


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Up to two services with up to three SLOs each."""
    services = []
    for name in draw(st.lists(st.sampled_from("ab"), unique=True)):
        slos = [
            slo(
                each,
                name,
                target=draw(targets),
                window=draw(times),
                indicator=draw(st.sampled_from(INDICATORS)),
                alerts=draw(alerts),
                overrides=draw(overrides),
                because=draw(texts),
                title=draw(texts),
                draft=draw(st.booleans()),
            )
            for each in draw(st.lists(st.sampled_from("xyz"), unique=True))
        ]
        risks = draw(st.lists(st.sampled_from([RISK, replace(RISK, lasting=7200)]), max_size=1))
        services.append(service(*slos, name=name, owner=draw(texts), risks=tuple(risks)))
    return program(*services)


def shuffled(one: Program, seed: int) -> Program:
    """The same in another order of files and SLOs."""
    order = list(itertools.islice(itertools.cycle([seed % 2, seed // 2 % 2]), len(one.services) + 1))
    services = [
        replace(each, slos=each.slos[::-1] if turn else each.slos[1:] + each.slos[:1])
        for each, turn in zip(one.services, order, strict=False)
    ]
    return program(*(services[::-1] if order[-1] else services))


def elsewhere(one: Program) -> Program:
    """The same, written in other files and lines."""
    where = {"source": "z.slo", "used_at": "y.slo:1", "origins": (ir.Origin(setting="because", place="z.slo:9"),)}
    services = (
        replace(each, source="z.slo", slos=tuple(replace(x, **where) for x in each.slos)) for each in one.services
    )
    return program(*services)


@settings(max_examples=60)
@given(programs(), st.integers(0, 3))
def test_nothing_changes_between_a_program_and_itself(one: Program, seed: int) -> None:
    for other in (one, shuffled(one, seed), elsewhere(one)):
        found = compare(one, other)
        assert found.entries == ()
        assert (found.before, found.after, found.unchanged) == (len(one.slos),) * 3


@settings(max_examples=100)
@given(programs(), programs(), st.integers(0, 3))
def test_neither_the_order_nor_the_place_matters(one: Program, two: Program, seed: int) -> None:
    found = compare(one, two)
    assert compare(shuffled(one, seed), shuffled(two, seed)) == found
    assert [described(entry) for entry in compare(elsewhere(one), elsewhere(two)).entries] == [
        described(entry) for entry in found.entries
    ]


def described(entry: Any) -> tuple[object, ...]:
    return entry.kinds, entry.what, entry.slos


MIRRORED = {"added": "removed", "loosened": "tightened", "easier": "harder", "live": "drafted"}
MIRRORED |= {value: key for key, value in MIRRORED.items()}
ONE_WAY = {"unreasoned", "silenced", "overburdened", "risks"}


def by_slo(found: Comparison) -> set[tuple[str, str]]:
    """Every SLO with each of its kinds, under the smaller of its names."""
    names = {case.slos[0]: min(case.detail.before, case.detail.after) for case in renames(found)}
    return {
        (names.get(slo, slo), kind)
        for entry in found.entries
        for slo in entry.slos
        for kind in entry.kinds
        if kind not in ONE_WAY
    }


def renames(found: Comparison) -> Iterator[Any]:
    yield from (case for entry in found.entries if "renamed" in entry.kinds for case in entry.cases)


@settings(max_examples=100)
@given(programs(), programs())
def test_the_other_way_round_is_the_mirror_image(one: Program, two: Program) -> None:
    there, back = compare(one, two), compare(two, one)
    assert (there.before, there.after, there.unchanged) == (back.after, back.before, back.unchanged)
    assert {(slo, MIRRORED.get(kind, kind)) for slo, kind in by_slo(there)} == by_slo(back)
    pairs = {(case.detail.before, case.detail.after) for case in renames(there)}
    assert {(case.detail.after, case.detail.before) for case in renames(back)} == pairs


@settings(max_examples=60)
@given(programs(), programs())
def test_every_slo_is_in_an_entry_or_unchanged(one: Program, two: Program) -> None:
    found = compare(one, two)
    touched = {slo for entry in found.entries for slo in entry.slos}
    gone = {case.detail.before for case in renames(found)}
    assert len({slo.id for slo in (*one.slos, *two.slos)} - gone) == len(touched) + found.unchanged
    VALIDATOR.validate(json_data(found, BASE, HEAD))
    timed = any(case.detail.is_timed for entry in found.entries for case in entry.cases)
    assert timed == bool(found.delays)
    assert text.render(found, BASE, HEAD).count("\n\n") == len(found.entries) + timed
