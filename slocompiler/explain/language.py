"""Parts of the IR in the notation of the language: indicators, alert lines, policy steps, risks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from slocompiler import burn, moments, promql, quoting
from slocompiler.explain import words
from slocompiler.ir import (
    Alert,
    All,
    Burn,
    Down,
    Excepted,
    Exhausted,
    Filter,
    Gauge,
    Indicator,
    Maintenance,
    PolicyStep,
    Proof,
    RatioSlices,
    Raw,
    RawCondition,
    Remaining,
    Risk,
    Share,
    Slices,
    Slo,
    Step,
    Stream,
    Threshold,
    Through,
)
from slocompiler.record import replace

Write = Callable[[Stream], str]
"""How a stream is written: as in the language, or as PromQL selects it."""


def filters(choices: Iterable[Filter]) -> str:
    """`{a="1"} or {b="2"}`."""
    return " or ".join(_braced("", choice) for choice in choices)


def _braced(metric: str, matchers: Filter) -> str:
    return promql.braced(metric, matchers, quoting.text)


def stream(of: Stream) -> str:
    """A stream in the language: its metric with braces, alternative filters, exclusions."""
    text = _braced(of.metric, of.all)
    text = text if text.endswith("}") else f"{text}{{}}"
    chosen = f" only {filters(of.any)}" if of.any else ""
    return text + chosen + (f" exclude {filters(of.none)}" if of.none else "")


def events(of: Iterable[Stream]) -> str:
    """Streams, summed."""
    return " + ".join(map(stream, of))


def limit(of: Threshold | Gauge) -> str:
    """The bound of a value, as `quantity` writes it; that of a quotient as a percentage, if it is at most 1."""
    if isinstance(of, Gauge) and of.divisor and 0 < of.value <= 1:
        return promql.percent(of.value)
    return quantity(of.bound if isinstance(of, Threshold) else of.value, of.unit)


def quantity(value: Decimal, unit: str) -> str:
    """A value in a unit of `lower/units.py`: `300ms`, `4096B`, `5`; seconds as a duration, if a duration is exact."""
    exact = Fraction(value)  # a Decimal has too few digits to tell whether a large one is whole
    is_duration = unit == "s" and exact > 0 and (exact * 1000).denominator == 1
    return promql.duration(exact) if is_duration else f"{promql.number(value)}{unit}"


def bound(of: Threshold) -> str:
    """`below 300ms`."""
    return f"{'below' if of.good == 'le' else 'above'} {limit(of)}"


def bounds(of: Threshold) -> str:
    """`{code="200"} below 300ms`, or `{path="/a"} below 1s or {path="/b"} below 5s`."""
    return " or ".join(
        f"{filters(one.histogram.any if of.bounded else of.only)} {bound(one)}".lstrip() for one in of.parts
    )


def per(slo: Slo) -> list[str]:
    """The labels of `per`: `service as backend`, `route`."""
    both = [(quoting.label(x), quoting.label(name)) for x, name in zip(slo.event_labels, slo.per, strict=True)]
    return [label if label == name else f"{label} as {name}" for label, name in both]


def condition(of: Gauge | All | RawCondition, write: Write = stream) -> str:
    """`max(queue_length{}) < 5 and min(up{}) == 1`."""
    if isinstance(of, RawCondition):
        return f"`{of.expr}` of `{of.of}`" if of.of else f"`{of.expr}`"
    if isinstance(of, All):
        return " and ".join(condition(one, write) for one in of.conditions)
    return f"{folded(of, write)} {of.cmp} {limit(of)}"


def judged(of: Gauge | All | RawCondition | Share, write: Write = stream) -> tuple[str, str]:
    """What makes a slice good, after the words that begin it: `good when` a condition, `good` or `bad` a share."""
    if isinstance(of, Share):
        return of.side, f"share({write(of.stream)})"
    return "good when", condition(of, write)


def folded(of: Gauge, write: Write) -> str:
    """`max(queue_length{})`, `sum(rate(errors_total{}))`, `min(free{} / size{})`; with the fold `each` only the series."""
    looked_at = " / ".join(map(write, of.streams))
    looked_at = f"rate({looked_at})" if of.rate else looked_at
    return looked_at if of.fold == "each" else f"{of.fold}({looked_at})"


def proof(of: Proof, write: Write = stream) -> str:
    """`up{job="shop"} == 1`."""
    return f"{write(of.stream)} {of.cmp} {promql.number(of.value)}"


def statements(of: Indicator, write: Write = stream) -> Iterator[tuple[str, list[str]]]:
    """The statements that say what an SLO measures: the word that begins each, and its terms, which are summed."""
    if isinstance(of, Slices):
        often = f" with {promql.percent(of.at_least)} good" if of.at_least is not None else ""
        yield "slices", [promql.duration(of.seconds) + often + " each" * of.each]
        word, judged_ = judged(of.good_when, write)
        yield word, [judged_]
        yield "no data is", [of.missing]
    elif isinstance(of, RatioSlices):
        yield "slices", [f"{promql.duration(of.seconds)} with {promql.percent(of.at_least)} good"]
        yield from statements(of.of, write)
    elif isinstance(of, Threshold):
        every = replace(of.histogram, any=()) if of.bounded else of.histogram
        yield "events", [f"{'native ' if of.native else ''}{write(every)}"]
        yield "good", [bounds(of)]
    elif isinstance(of, Through):
        yield "through", [", ".join(map(step, of.steps))]
        yield "counted by", [of.by]
    elif isinstance(of, Raw):
        yield "events", [f"`{of.total}`"]
        yield of.side, [f"`{of.part}`"]
    else:
        yield "events", list(map(write, of.total))
        yield of.side, list(map(write, of.part))


def step(of: Step) -> str:
    """`checkout/card or checkout/invoice 2 times`."""
    return " or ".join(one.id for one in of.any) + (f" {of.times} times" if of.times > 1 else "")


def measured(of: Indicator) -> str:
    """What an SLO measures, in a line."""
    return " ".join(f"{name} {' + '.join(terms)}" for name, terms in statements(of))


def exclusions(slo: Slo) -> Iterator[str]:
    """Each exclusion with its reason, if it has one: `{path="/healthz"}: Health checks.`"""
    found = [(filters((one.filter,)), one.reason) for one in slo.exclusions]
    found += [(stream(one.counter), one.reason) for one in slo.without]
    found += [(f"when {slo.exclude_when}", slo.exclude_when_reason)] if slo.exclude_when else []
    yield from (f"{what}: {reason}" if reason else what for what, reason in found)


def planned(of: Maintenance) -> str:
    """When a maintenance is: `every sunday 02:00 for 1h in Europe/Berlin`."""
    when = f"on {of.day.isoformat()} from" if of.day else f"every {of.every}"
    until = f" until {of.until.isoformat()}" if of.until else ""
    return f"{when} {words.clock(of.begins)} for {promql.duration(of.lasting)} in {of.zone.name}{until}"


def excepted(of: Excepted) -> str:
    """The time of an exception, in UTC: `{route="/search"} 2026-10-01T03:00Z to 2026-10-01T04:30Z`."""
    chosen = f"{filters((of.filter,))} " if of.filter else ""
    return f"{chosen}{moments.write(of.begin)} to {moments.write(of.end)}"


def objective(target: Decimal, window: int) -> str:
    """`99.9% over 30d`."""
    return f"{promql.percent(target)} over {promql.duration(window)}"


def objectives(slo: Slo) -> str:
    """`99.9% over 30d, 95% in staging`."""
    others = (f", {promql.percent(one.target)} in {one.deployment}" for one in slo.variants if one.target != slo.target)
    return f"{objective(slo.target, slo.window)}{''.join(others)}"


def alert(line: Alert, target: Decimal, period: int) -> str:
    """An alert line, for an SLO of this target and window."""
    if isinstance(line, Burn):
        text = burning(line)
        if line.ceiling and burn.is_capped(line, target, period):
            text += f", held at {promql.percent(line.ceiling)} of all events"
    elif isinstance(line, Exhausted):
        text = f"when exhausted within {promql.duration(line.within)}"
    elif isinstance(line, Remaining):
        text = f"when budget below {promql.percent(line.below)}"
    elif isinstance(line, Down):
        text = f"when down for {promql.duration(line.lasting)}"
    else:
        one = f" of one {quoting.label(line.of_one)}" if line.of_one else ""
        unless = f" unless {proof(line.unless)}" if line.unless else ""
        text = f"when no data{one} for {promql.duration(line.lasting)}{unless}"
    return f"{line.severity} {text}{_needs(line)}"


def burning(line: Burn) -> str:
    """The condition of a burn line: `at 2% of budget in 1h`, or `when more than 50% bad over 1h`."""
    over = promql.duration(line.window)
    if line.share is None:
        return f"when more than {promql.percent(line.ceiling or Decimal(0))} bad over {over}"
    return f"at {promql.percent(line.share)} of budget in {over}"


def _needs(line: Alert) -> str:
    """` needs 10 bad events and 100 events`; "" if an alert line needs no number of events."""
    counts = ((line.needs, "bad events"), (line.traffic, "events")) if isinstance(line, Burn | Exhausted) else ()
    found = [f"{count} {kind}" for count, kind in counts if count]
    return f" needs {' and '.join(found)}" if found else ""


def left(below: Decimal) -> str:
    """When a step of a policy is due: `below 50%`, or `exhausted`."""
    return f"below {promql.percent(below)}" if below else "exhausted"


def marks(step: PolicyStep) -> str:
    """What a step of a policy does besides: ` (notify, gate)`; "" for nothing."""
    found = [word for word, is_set in (("notify", step.notify), ("gate", step.gate)) if is_set]
    return f" ({', '.join(found)})" if found else ""


def risk(of: Risk) -> str:
    """How often, how long and to how many users."""
    return (
        f"every {promql.duration(of.every)} lasting {promql.duration(of.lasting)} hitting {promql.percent(of.hitting)}"
    )
