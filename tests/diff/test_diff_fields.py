"""Every field of the IR is compared."""

from __future__ import annotations

from typing import Any

import pytest

from slocompiler import ir
from slocompiler.diff.compare import compare
from slocompiler.ir import Matcher, Program, Service, Slo, Stream
from slocompiler.record import fields, replace
from support.altered import OTHER, PLANNED, SAME
from support.programs import (
    COUNTERS,
    SLICES,
    STEPS,
    THROUGH,
    of,
    program,
    service,
    slo,
)
from support.shapes import TWO_BOUNDS


def around(part: Any) -> Program:
    """A program that holds the part."""
    match part:
        case Service():
            return program(part)
        case Slo():
            return program(service(part))
        case ir.Risk():
            return program(service(slo(), risks=(part,)))
        case ir.Feedback():
            return program(service(slo(), feedback=(part,)))
        case Stream():
            return of(indicator=replace(COUNTERS, part=(part,)))
        case ir.Step():
            return of(indicator=replace(THROUGH, steps=(part,)))
        case ir.Passed():
            return of(indicator=replace(THROUGH, steps=(replace(STEPS[0], any=(part,)),)))
        case ir.Bounded():
            return of(indicator=replace(TWO_BOUNDS, bounded=(part, *TWO_BOUNDS.bounded[1:])))
        case ir.Gauge() | ir.All() | ir.RawCondition() | ir.Share():
            return of(indicator=replace(SLICES, good_when=part))
        case ir.Proof():
            return of(alerts=(ir.NoData(severity="page", lasting=600, unless=part),))
        case ir.Burn() | ir.Exhausted() | ir.Remaining() | ir.NoData() | ir.Down():
            return of(alerts=(part,))
    names = {
        ir.Exclusion: "exclusions",
        ir.Maintenance: "maintenance",
        ir.Excepted: "exceptions",
        ir.Without: "without",
        ir.Override: "overrides",
        ir.Variant: "variants",
        ir.PolicyStep: "policy",
        ir.Link: "links",
        ir.Label: "labels",
    }
    if type(part) in names:
        return of(**{names[type(part)]: (part,)})
    if isinstance(part, ir.Zone):
        return of(maintenance=(replace(PLANNED, zone=part),))
    if isinstance(part, ir.Renamed):
        return of(per=(part.name,), renamed=(part,))
    return of(review=part) if isinstance(part, ir.Review) else of(indicator=part)


@pytest.mark.parametrize(
    ("cls", "field"),
    [(cls, name) for cls in OTHER for name in fields(cls)],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_every_field_is_looked_at(cls: type, field: str) -> None:
    part, others = OTHER[cls]
    if field in SAME.get(cls, ()):
        return
    before, after = around(part), around(replace(part, **{field: others[field]}))
    found = compare(before, after)
    assert found.unchanged == 0, "a change that is not reported"
    assert compare(after, before).unchanged == 0


def test_every_class_of_the_ir_is_tried() -> None:
    known = {cls for cls in vars(ir).values() if isinstance(cls, type) and hasattr(cls, "__match_args__")}
    assert known - OTHER.keys() == {Matcher, ir.Origin, Program, ir.Deployment}
