"""A part of each class of the IR, and for each of its fields another value, which a comparison has to find."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from slocompiler import ir
from slocompiler.ir import Service, Slo, Stream
from slocompiler.record import replace
from support import shapes
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
    STEPS,
    THRESHOLD,
    THROUGH,
    is_,
    service,
    slo,
    stream,
)

VARIANT = ir.Variant(deployment="eu", place="b.slo:1", target=Decimal("0.99"), alerts=(PAGE,), overrides=())
PLANNED = shapes.maintenance()
INCIDENT = shapes.excepted()
HEALTH = ir.Exclusion(filter=(is_("path", "/healthz"),), reason="Probes.")
PROBES = ir.Without(counter=stream("probes"), reason="Probes.")
OTHER: dict[type, tuple[Any, dict[str, Any]]] = {
    Slo: (
        slo(
            per=("zone",),
            exclusions=(HEALTH,),
            without=(PROBES,),
            exclude_when="maintenance > 0",
            exclude_when_reason="Announced.",
            maintenance=(PLANNED,),
            exceptions=(INCIDENT,),
            variants=(VARIANT,),
        ),
        {
            "title": "U",
            "target": Decimal("0.99"),
            "window": 7 * DAY,
            "draft": True,
            "indicator": THRESHOLD,
            "exclusions": (replace(HEALTH, reason="Ours."),),
            "without": (replace(PROBES, reason="Ours."),),
            "exclude_when": "up == 0",
            "exclude_when_reason": "",
            "maintenance": (replace(PLANNED, because="Nobody shops then."),),
            "exceptions": (replace(INCIDENT, because="Agreed with support."),),
            "per": ("route",),
            "renamed": (ir.Renamed(label="region", name="zone"),),
            "variants": (replace(VARIANT, alerts=()),),
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
    ir.Without: (PROBES, {"reason": "Ours."}),
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
    ir.Excepted: (
        INCIDENT,
        {
            "begin": INCIDENT.begin + 60,
            "end": INCIDENT.end + 60,
            "filter": (is_("zone", "eu"),),
            "because": "Agreed with support.",
        },
    ),
    ir.Zone: (PLANNED.zone, {"name": "Europe/Paris", "rule": "CET-1"}),
    ir.Ratio: (
        COUNTERS,
        {"total": (stream("z"),), "side": "good", "part": (stream("z"),), "without": (stream("z"),)},
    ),
    ir.Threshold: (
        THRESHOLD,
        {
            "histogram": stream("z"),
            "native": True,
            "unit": "m",
            "bound": Decimal(1),
            "good": "gt",
            "only": ((is_("c", "1"),),),
            "bounded": (ir.Bounded(any=((is_("c", "1"),),), bound=Decimal(2)), *shapes.BOUNDED),
        },
    ),
    ir.Bounded: (shapes.BOUNDED[0], {"any": ((is_("c", "7"),),), "bound": Decimal(7)}),
    ir.Raw: (RAW, {"total": "z", "side": "good", "part": "z"}),
    ir.Slices: (
        SLICES,
        {
            "seconds": 300,
            "at_least": Decimal("0.5"),
            "good_when": ir.RawCondition(expr="up"),
            "missing": "good",
            "each": True,
        },
    ),
    ir.RatioSlices: (RATIO_SLICES, {"seconds": 300, "at_least": Decimal("0.5"), "of": RAW}),
    ir.Through: (THROUGH, {"steps": STEPS[:1], "by": "b/card"}),
    ir.Step: (STEPS[0], {"any": STEPS[1].any, "times": 3}),
    ir.Passed: (STEPS[0].any[0], {"id": "b/search"}),
    ir.Gauge: (
        GAUGE,
        {
            "fold": "min",
            "rate": True,
            "stream": stream("z"),
            "divisor": stream("z"),
            "cmp": ">",
            "value": Decimal(6),
            "unit": "s",
        },
    ),
    ir.All: (ir.All(conditions=(GAUGE, replace(GAUGE, cmp=">"))), {"conditions": (GAUGE, replace(GAUGE, fold="min"))}),
    ir.Share: (ir.Share(side="good", stream=stream("x")), {"side": "bad", "stream": stream("z")}),
    ir.RawCondition: (ir.RawCondition(expr="up"), {"expr": "down", "of": "up"}),
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
        {
            "target": Decimal("0.95"),
            "alerts": (),
            "overrides": (ir.Override(filter=(is_("r", "1"),), target=Decimal("0.9"), alerts=()),),
        },
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
    Slo: {
        "id",
        "name",
        "source",
        "used_at",
        "origins",
        "only_in",
        "deployment",
    },  # identity, where it is written and runs
    Service: {"name", "source", "slos"},
    ir.Exclusion: {"filter"},  # the indicator has it too
    ir.Without: {"counter"},  # likewise
    ir.Passed: {"title", "target", "slices"},  # its own SLO has them
    ir.Variant: {"deployment", "place"},  # which deployments there are is a matter of the project file
}
