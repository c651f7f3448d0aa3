"""Small programs made without a compiler, for what reads the IR."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from slocompiler import ir
from slocompiler.diff.change import Side
from slocompiler.diff.compare import compare
from slocompiler.diff.render import text
from slocompiler.ir import Matcher, Program, Service, Slo, Stream

DAY = 86400
BASE, HEAD = Side("main", "0" * 40), Side("working tree")


def stream(
    metric: str = "x", *all: Matcher, any: tuple[ir.Filter, ...] = (), none: tuple[ir.Filter, ...] = ()
) -> Stream:
    return Stream(metric=metric, all=all, any=any, none=none)


def is_(label: str, value: str) -> Matcher:
    return Matcher(label, "=", value)


RATIO = ir.Ratio(total=(stream(),), side="bad", part=(stream(any=((is_("code", "500"),),)),))
COUNTERS = ir.Ratio(total=(stream(),), side="bad", part=(stream("y"),))
THRESHOLD = ir.Threshold(histogram=stream("h"), native=False, unit="s", bound=Decimal("0.3"), good="le")
RAW = ir.Raw(total="rate(x[$window])", side="bad", part="rate(y[$window])")
GAUGE = ir.Gauge(fold="max", stream=stream("g"), cmp="<", value=Decimal(5))
SLICES = ir.Slices(seconds=60, good_when=GAUGE)
RATIO_SLICES = ir.RatioSlices(seconds=60, at_least=Decimal("0.9"), of=RATIO)
STEPS = (
    ir.Step(any=(ir.Passed(id="b/cart", title="Cart", target=Decimal("0.995"), slices=0),), times=2),
    ir.Step(
        any=(
            ir.Passed(id="b/card", title="", target=Decimal("0.99"), slices=0),
            ir.Passed(id="b/invoice", title="", target=Decimal("0.98"), slices=60),
        ),
        times=1,
    ),
)
THROUGH = ir.Through(steps=STEPS, by="b/cart")
INDICATORS = (RATIO, COUNTERS, THRESHOLD, RAW, SLICES, RATIO_SLICES, THROUGH)
PAGE = ir.Burn(severity="page", share=Decimal("0.02"), window=3600, needs=5)
RISK = ir.Risk(text="deploy", every=30 * DAY, lasting=60, hitting=Decimal("0.5"), on=("x",))
FEEDBACK = ir.Feedback(day=date(2026, 10, 14), text="slow", on=("x",))


def slo(name: str = "x", service: str = "a", **given: Any) -> Slo:
    values: dict[str, Any] = {
        "id": f"{service}/{name}",
        "name": name,
        "title": "T",
        "target": Decimal("0.999"),
        "window": 30 * DAY,
        "draft": False,
        "indicator": RATIO,
        "exclusions": (),
        "exclude_when": None,
        "exclude_when_reason": "",
        "maintenance": (),
        "per": (),
        "overrides": (),
        "alerts": (PAGE,),
        "policy": (ir.PolicyStep(below=Decimal(0), action="stop", notify=False, gate=True),),
        "stakeholders": ("product",),
        "runbook": "https://r.example.org",
        "links": (ir.Link(title="Logs", url="https://l.example.org"),),
        "labels": (ir.Label(name="tier", value="1"),),
        "because": "why",
        "formerly": (),
        "review": ir.Review(every=90 * DAY, last=date(2026, 7, 1)),
        "source": "a.slo",
        "used_at": None,
        "origins": (),
    }
    return Slo(**values | given)


def service(*slos: Slo, name: str = "a", **given: Any) -> Service:
    values: dict[str, Any] = {
        "title": "S",
        "owner": "team",
        "source": "a.slo",
        "risks": (RISK,),
        "feedback": (FEEDBACK,),
    }
    return Service(name=name, slos=slos, **values | given)


def program(*services: Service) -> Program:
    return Program(schema=ir.SCHEMA, services=services)


def of(**given: Any) -> Program:
    """The program of one SLO that is different in this."""
    return program(service(slo(**given)))


def kinds(before: Program, after: Program) -> set[str]:
    """The kinds of all that changed."""
    return set(compare(before, after).kinds)


def said(before: Program, after: Program) -> str:
    """What changed, as a terminal shows it."""
    return text.render(compare(before, after), BASE, HEAD)
