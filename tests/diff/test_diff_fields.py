"""Every field of the IR is compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from slocompiler import ir
from slocompiler.diff.compare import compare
from slocompiler.ir import Matcher, Program, Service, Slo, Stream
from slocompiler.record import fields, replace
from support.programs import (
    COUNTERS,
    DAY,
    FEEDBACK,
    GAUGE,
    PAGE,
    RATIO_SLICES,
    RAW,
    RISK,
    SLICES,
    THRESHOLD,
    is_,
    of,
    program,
    service,
    slo,
    stream,
)

VARIANT = ir.Variant(deployment="eu", place="b.slo:1", alerts=(PAGE,), overrides=())
ZONE = ir.Zone(name="Europe/Berlin", rule="CET-1CEST,M3.5.0,M10.5.0/3")
PLANNED = ir.Maintenance(
    text="Upgrade", every="sunday", day=None, begins=7200, lasting=3600, zone=ZONE, until=None, because="Announced."
)
HEALTH = ir.Exclusion(filter=(is_("path", "/healthz"),), reason="Probes.")
OTHER: dict[type, tuple[Any, dict[str, Any]]] = {
    Slo: (
        slo(
            per=("zone",),
            exclusions=(HEALTH,),
            exclude_when="maintenance > 0",
            exclude_when_reason="Announced.",
            maintenance=(PLANNED,),
            variants=(VARIANT,),
        ),
        {
            "title": "U",
            "target": Decimal("0.99"),
            "window": 7 * DAY,
            "draft": True,
            "indicator": THRESHOLD,
            "exclusions": (replace(HEALTH, reason="Ours."),),
            "exclude_when": "up == 0",
            "exclude_when_reason": "",
            "maintenance": (replace(PLANNED, because="Nobody shops then."),),
            "per": ("route",),
            "renamed": (ir.Renamed(label="region", name="zone"),),
            "variants": (ir.Variant(deployment="eu", place="b.slo:1", alerts=(), overrides=()),),
            "overrides": (ir.Override(filter=(is_("r", "1"),), target=Decimal("0.9"), alerts=()),),
            "alerts": (),
            "policy": (),
            "stakeholders": ("product", "support"),
            "runbook": "",
            "links": (),
            "labels": (),
            "because": "",
            "formerly": ("a/y",),
            "review": None,
        },
    ),
    ir.Exclusion: (HEALTH, {"reason": "Ours."}),
    ir.Maintenance: (
        PLANNED,
        {
            "text": "Backup",
            "every": "day",
            "day": date(2026, 12, 3),
            "begins": 3600,
            "lasting": 7200,
            "zone": ir.Zone(name="UTC", rule="UTC0"),
            "until": date(2027, 12, 31),
            "because": "Nobody shops then.",
        },
    ),
    ir.Zone: (ZONE, {"name": "Europe/Paris", "rule": "CET-1"}),
    ir.Ratio: (COUNTERS, {"total": (stream("z"),), "side": "good", "part": (stream("z"),)}),
    ir.Threshold: (
        THRESHOLD,
        {
            "histogram": stream("z"),
            "native": True,
            "unit": "m",
            "bound": Decimal(1),
            "good": "gt",
            "only": ((is_("c", "1"),),),
        },
    ),
    ir.Raw: (RAW, {"total": "z", "side": "good", "part": "z"}),
    ir.Slices: (
        SLICES,
        {"seconds": 300, "good_when": ir.RawCondition(expr="up"), "missing": "good", "each": True},
    ),
    ir.RatioSlices: (RATIO_SLICES, {"seconds": 300, "at_least": Decimal("0.5"), "of": RAW}),
    ir.Gauge: (
        GAUGE,
        {"fold": "min", "rate": True, "stream": stream("z"), "cmp": ">", "value": Decimal(6), "unit": "s"},
    ),
    ir.RawCondition: (ir.RawCondition(expr="up"), {"expr": "down"}),
    Stream: (
        stream("x"),
        {
            "metric": "z",
            "all": (is_("c", "1"),),
            "any": ((is_("c", "1"),), (is_("c", "2"),)),
            "none": ((is_("c", "1"), is_("d", "2")),),
        },
    ),
    ir.Burn: (
        PAGE,
        {
            "severity": "ticket",
            "share": Decimal("0.05"),
            "window": 7200,
            "needs": 0,
            "traffic": 9,
            "ceiling": Decimal("0.001"),
        },
    ),
    ir.Exhausted: (
        ir.Exhausted(severity="page", within=3600),
        {"severity": "ticket", "within": 7200, "needs": 9, "traffic": 99},
    ),
    ir.Remaining: (ir.Remaining(severity="page", below=Decimal(0)), {"severity": "ticket", "below": Decimal("0.5")}),
    ir.NoData: (
        ir.NoData(severity="page", lasting=600),
        {
            "severity": "ticket",
            "lasting": 900,
            "of_one": "route",
            "unless": ir.Proof(stream=stream("x"), cmp="==", value=Decimal(1)),
        },
    ),
    ir.Proof: (
        ir.Proof(stream=stream("x"), cmp="==", value=Decimal(1)),
        {"stream": stream("z"), "cmp": ">", "value": Decimal(2)},
    ),
    ir.Down: (ir.Down(severity="page", lasting=300), {"severity": "ticket", "lasting": 600}),
    ir.Override: (
        ir.Override(filter=(is_("r", "1"),), target=Decimal("0.9"), alerts=()),
        {"filter": (is_("r", "2"),), "target": Decimal("0.8"), "alerts": (PAGE,)},
    ),
    ir.Variant: (
        VARIANT,
        {"alerts": (), "overrides": (ir.Override(filter=(is_("r", "1"),), target=Decimal("0.9"), alerts=()),)},
    ),
    ir.Renamed: (ir.Renamed(label="a", name="b"), {"label": "z", "name": "c"}),
    ir.PolicyStep: (
        ir.PolicyStep(below=Decimal(0), action="stop", notify=False, gate=False),
        {"below": Decimal("0.5"), "action": "go", "notify": True, "gate": True},
    ),
    ir.Link: (ir.Link(title="a", url="b"), {"title": "z", "url": "z"}),
    ir.Label: (ir.Label(name="a", value="b"), {"name": "z", "value": "z"}),
    ir.Review: (ir.Review(every=DAY, last=date(2026, 1, 1)), {"every": 2 * DAY, "last": None}),
    Service: (service(slo()), {"title": "U", "owner": "other", "risks": (), "feedback": ()}),
    ir.Risk: (
        RISK,
        {"text": "z", "every": 60 * DAY, "lasting": 120, "hitting": Decimal(1), "on": ()},
    ),
    ir.Feedback: (FEEDBACK, {"day": date(2026, 10, 15), "text": "z", "on": ()}),
}
SAME = {
    Slo: {"id", "name", "source", "used_at", "origins", "deployment"},  # identity, where it is written and runs
    Service: {"name", "source", "slos"},
    ir.Exclusion: {"filter"},  # the indicator has it too
    ir.Variant: {"deployment", "place"},  # which deployments there are is a matter of the project file
}


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
        case ir.Gauge() | ir.RawCondition():
            return of(indicator=replace(SLICES, good_when=part))
        case ir.Proof():
            return of(alerts=(ir.NoData(severity="page", lasting=600, unless=part),))
        case ir.Burn() | ir.Exhausted() | ir.Remaining() | ir.NoData() | ir.Down():
            return of(alerts=(part,))
    names = {
        ir.Exclusion: "exclusions",
        ir.Maintenance: "maintenance",
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
