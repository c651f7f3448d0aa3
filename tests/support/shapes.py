"""SLOs of every shape, made by hand: what their indicators are, their rules, and promtool over made-up series."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from slocompiler import ir, zones
from slocompiler.record import replace
from slocompiler.targets import render
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.promtool import Simulation, seconds

Fold = Literal["max", "min", "avg", "sum", "count", "age", "until", "each"]
Cmp = Literal["<", "<=", ">", ">=", "==", "!="]
Missing = Literal["bad", "good", "ignored"]

JOB = ir.Matcher("job", "=", "shop")
PLAIN = PrometheusOptions(catch_up=False)
"""One interval for all groups, as in promtool, looks like a gap to catch-up."""


def stream(metric: str, **parts: Any) -> ir.Stream:
    """The series of a metric of the shop's."""
    return ir.Stream(metric=metric, all=(JOB,), **parts)


def code(value: str) -> ir.Filter:
    """A filter by status code."""
    return (ir.Matcher("code", "=~", value),)


def gauge(
    fold: Fold,
    cmp: Cmp,
    value: str,
    missing: Missing = "bad",
    metric: str = "queue",
    every: int = 60,
    rate: bool = False,
    **parts: Any,
) -> ir.Slices:
    """Slices with a condition on a gauge."""
    condition = ir.Gauge(
        fold=fold,
        rate=rate,
        stream=stream(metric, **parts),
        cmp=cmp,
        value=Decimal(value),
        unit="s" if fold in ir.TIMES else "",
    )
    return ir.Slices(seconds=every, good_when=condition, missing=missing)


def both(*slices: ir.Slices) -> ir.Slices:
    """Slices that are good while the conditions of all of these are true; the first says the rest."""
    conditions = tuple(one for each in slices for one in each.gauges)
    return replace(slices[0], good_when=ir.All(conditions=conditions))


def quotient(fold: Fold, cmp: Cmp, value: str, missing: Missing = "bad", every: int = 60) -> ir.Slices:
    """Slices with a condition on free space and room: `free` is divided by `room`."""
    slices = gauge(fold, cmp, value, missing, "free", every)
    return replace(slices, good_when=replace(slices.gauges[0], divisor=stream("room")))


def condition(expr: str, every: int = 60, of: str = "", missing: Missing = "bad") -> ir.Slices:
    """Slices that are good while an expression returns something; there is data while `of` does."""
    return ir.Slices(seconds=every, good_when=ir.RawCondition(expr=expr, of=of), missing=missing)


def share(side: Literal["bad", "good"], missing: Missing = "bad", *, each: bool = False) -> ir.Slices:
    """Slices that are good or bad in part, as `ready` says."""
    return ir.Slices(seconds=60, good_when=ir.Share(side=side, stream=stream("ready")), missing=missing, each=each)


RATIO = ir.Ratio(total=(stream("requests_total"),), side="bad", part=(stream("requests_total", any=(code("5.."),)),))
THRESHOLD = ir.Threshold(histogram=stream("took_seconds"), native=False, unit="s", bound=Decimal("0.3"), good="le")
NATIVE = replace(THRESHOLD, native=True)
BOUNDED = (
    ir.Bounded(any=(code("2.."),), bound=Decimal("0.3")),
    ir.Bounded(any=(code("3.."), code("404")), bound=Decimal(1)),
)
TWO_BOUNDS = replace(
    THRESHOLD,
    histogram=stream("took_seconds", any=tuple(choice for one in BOUNDED for choice in one.any)),
    bound=Decimal(1),
    bounded=BOUNDED,
)
RAW = ir.Raw(
    total='rate(requests_total{job="shop"}[$window])',
    side="bad",
    part='rate(requests_total{job="shop",code=~"5.."}[$window])',
)


def sliced(of: ir.Ratio | ir.Threshold | ir.Raw = RATIO, at_least: str = "0.9", every: int = 60) -> ir.RatioSlices:
    """Slices that are good while enough of their events are."""
    return ir.RatioSlices(seconds=every, at_least=Decimal(at_least), of=of)


SHAPES: dict[str, ir.Indicator] = {
    "counters": RATIO,
    "a good counter": ir.Ratio(total=(stream("due_total"),), side="good", part=(stream("sent_total"),)),
    "counters without others": replace(RATIO, without=(stream("probes_total"), stream("tests_total"))),
    "a classic histogram": replace(THRESHOLD, only=(code("2.."),)),
    "a native histogram": NATIVE,
    "a native histogram, filtered": replace(NATIVE, only=(code("2.."), code("404")), good="gt"),
    "two bounds by filters": TWO_BOUNDS,
    "two bounds of a native histogram": replace(TWO_BOUNDS, native=True, good="gt"),
    "PromQL": RAW,
    "good PromQL": replace(RAW, side="good"),
    "a gauge": gauge("max", "<", "5"),
    "a gauge that may be absent": gauge("avg", "<=", "0.5", "ignored"),
    "all series that are there": gauge("each", "==", "1", "ignored"),
    "all series of a gauge": gauge("each", "==", "1", "good", none=((JOB, ir.Matcher("env", "=", "test")),)),
    "an age": gauge("age", "<", "900", "ignored"),
    "a time until something": gauge("until", ">", "604800", "ignored"),
    "rates of counters": gauge("sum", "<", "1", metric="retries_total", rate=True),
    "a quotient": quotient("min", ">", "0.1"),
    "two conditions": both(gauge("max", "<", "5", "ignored"), gauge("each", "==", "1", metric="up")),
    "slices of evaluations": replace(gauge("max", "<", "9", "ignored", every=300), at_least=Decimal("0.8")),
    "long slices": gauge("count", ">=", "2", every=900),
    "single series of a gauge": replace(gauge("each", "==", "1", "ignored"), each=True),
    "a condition": condition("min(room / size) > 0.1 # a tenth", 300),
    "a condition with data": condition("min(room) > 2", 300, "min(room) # in bytes", "ignored"),
    "a share": share("good"),
    "a share of each series": share("bad", "ignored", each=True),
    "slices of counters": sliced(),
    "slices of a histogram": sliced(THRESHOLD, "0.995"),
    "slices of a native histogram": sliced(NATIVE),
    "slices of PromQL": sliced(RAW, every=1200),
}
"""One of each kind."""
COUNTED: dict[str, ir.Indicator] = {
    "counters": RATIO,
    "good-counters": SHAPES["a good counter"],
    "histogram": THRESHOLD,
    "native": replace(NATIVE, bound=Decimal("0.5")),
    "promql": RAW,
}
"""What counts events, by names of SLOs."""


PAGE = ir.Burn(severity="page", share=Decimal("0.02"), window=3600, needs=1)
NO_DATA = ir.NoData(severity="ticket", lasting=900)


def maintenance(zone: str = "Europe/Berlin", **more: Any) -> ir.Maintenance:
    """An hour each Sunday at two."""
    fields: dict[str, Any] = {
        "text": "Upgrade",
        "every": "sunday",
        "day": None,
        "begins": 7200,
        "lasting": 3600,
        "zone": ir.Zone(name=zone, rule=zones.rule(zone)),
        "until": None,
        "because": "Nobody is there.",
    }
    return ir.Maintenance(**fields | more)


def excepted(begin: int = 1790823600, lasting: int = 5400, filter: ir.Filter = ()) -> ir.Excepted:
    """An incident of an hour and a half, by default from 2026-10-01T03:00Z."""
    return ir.Excepted(begin=begin, end=begin + lasting, filter=filter, because="Agreed with product.")


def slo(indicator: ir.Indicator, target: str = "0.99", over: str = "30d", name: str = "answers", **more: Any) -> ir.Slo:
    """An SLO of the shop's without alerts."""
    fields: dict[str, Any] = {
        "title": "",
        "draft": False,
        "exclusions": (),
        "exclude_when": None,
        "exclude_when_reason": "",
        "maintenance": (),
        "per": (),
        "overrides": (),
        "alerts": (),
        "policy": (),
        "stakeholders": ("everyone",),
        "runbook": "",
        "links": (),
        "labels": (),
        "because": "",
        "formerly": (),
        "review": None,
        "source": "shop.slo",
        "used_at": None,
        "origins": (),
    }
    measured = {"indicator": indicator, "target": Decimal(target), "window": int(seconds(over))}
    counted = indicator.of if isinstance(indicator, ir.RatioSlices) else indicator
    without = counted.without if isinstance(counted, ir.Ratio) else ()
    fields["without"] = tuple(ir.Without(counter=counter, reason="") for counter in without)
    return ir.Slo(**fields | {"id": f"shop/{name}", "name": name} | measured | more)


def rules(slos: Sequence[ir.Slo], options: Options | None = None) -> str:
    """The Prometheus rules of these SLOs."""
    service = ir.Service(
        name="shop", title="", owner="shop", source="shop.slo", risks=(), feedback=(), slos=tuple(slos)
    )
    program = ir.Program(schema=ir.SCHEMA, services=(service,))
    (text,) = render(program, "prometheus", options or Options()).values()
    return text


def simulate(
    folder: Path,
    slos: Sequence[ir.Slo],
    series: Mapping[str, str],
    scrape: int = 60,
    evaluate: int = 60,
    late: bool = False,
) -> Simulation:
    """The rules over these series, which have a value every `scrape` seconds.

    promtool's clocks are in phase, so that in Prometheus 2 a range of a slice and a scrape holds a scrape too many:
    the rules get a second less.
    """
    path = folder / "shop.rules.yaml"
    plain = replace(PLAIN, late_series=late)
    options = Options(scrape_interval=scrape - 1, evaluation_interval=evaluate, targets={"prometheus": plain})
    path.write_text(rules(slos, options), encoding="utf-8")
    return Simulation([path], series, interval=f"{scrape}s", evaluation_interval=f"{evaluate}s")


def recorded(simulation: Simulation, name: str, at: Sequence[str], label: str = "slo") -> dict[str, list[float | None]]:
    """The values of a recorded series at each time by the SLO's name, or by another label; None where it is absent."""
    found = simulation.timeline([name], at)
    each = [{labels[label].removeprefix("shop/"): value for labels, value in found[name, time]} for time in at]
    names = sorted({one for values in each for one in values})
    return {one: [values.get(one) for values in each] for one in names}
