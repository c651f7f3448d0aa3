"""Even traffic for every example: raw series as scrapes see them, and the truth about each SLO counted from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from slocompiler.ir import Events, Filter, Ratio, RatioSlices, Slices, Slo, Stream, Threshold
from slocompiler.targets.promtest.labels import matches

Labels = dict[str, str]
Shares = Mapping[str, float]
STEP = 30
AHEAD = 300  # samples reach past now, so that a slow start finds every range as full as a quick one does
CODES = {"200": 0.955, "500": 0.02, "503": 0.01, "409": 0.01, "499": 0.005}
POD = {"a:80": 0.75, "b:80": 0.25}


def spread(per_minute: float, fixed: Labels, **choices: Shares) -> list[tuple[Labels, float]]:
    """So many a minute, spread over all combinations of values by their shares."""
    found = []
    for values in product(*(shares.items() for shares in choices.values())):
        pace = per_minute
        for _, share in values:
            pace *= share
        found.append((fixed | dict(zip(choices, (value for value, _ in values), strict=True)), pace))
    return found


def buckets(per_minute: float, fixed: Labels, le: Shares, **choices: Shares) -> dict[str, list[tuple[Labels, float]]]:
    """A classic histogram: `le` has the share of events up to each bound."""
    every = spread(per_minute, fixed, **choices)
    below = [(labels | {"le": bound}, pace * share) for labels, pace in every for bound, share in le.items()]
    return {"_bucket": below, "_count": every}


def histogram(name: str, *parts: dict[str, list[tuple[Labels, float]]]) -> dict[str, list[tuple[Labels, float]]]:
    """The series of a histogram by their names."""
    return {name + suffix: [one for part in parts for one in part[suffix]] for suffix in ("_bucket", "_count")}


COUNTERS: dict[str, list[tuple[Labels, float]]] = {
    "http_requests_total": [
        *spread(1200, {"job": "checkout"}, path={"/pay": 0.3, "/search": 0.4, "/cart": 0.29, "/healthz": 0.01},
                method={"GET": 0.5, "POST": 0.5}, code=CODES, reason={"none": 0.8, "timeout": 0.2},
                result={"some": 0.9, "empty": 0.1}, instance=POD),
        *spread(900, {"job": "cart"}, path={"/add": 0.5, "/pay": 0.3, "/share": 0.2}, code=CODES, instance=POD),
    ],
    **histogram(
        "http_request_duration_seconds",
        buckets(1200, {"job": "checkout"}, {"0.1": 0.7, "0.3": 0.9, "1.0": 0.98, "+Inf": 1}, route={"/pay": 0.4, "/search": 0.6}, code=CODES, instance=POD),
        buckets(900, {"job": "cart"}, {"0.3": 0.9, "1": 0.95, "2.5": 0.97, "9": 0.999, "+Inf": 1}, path={"/add": 0.5, "/pay": 0.3, "/share": 0.2}, code=CODES, instance=POD),
    ),
    "apiserver_request_total": spread(3000, {"job": "apiserver"}, verb={"GET": 0.5, "POST": 0.3, "WATCH": 0.2}, code={**CODES, "429": 0.01}, resource={"pods": 0.6, "events": 0.4}),
    **histogram(
        "apiserver_request_sli_duration_seconds",
        buckets(3000, {"job": "apiserver"}, {"0.5": 0.8, "1": 0.97, "5": 0.999, "+Inf": 1}, verb={"GET": 0.5, "LIST": 0.3, "POST": 0.2}),
    ),
    "prometheus_http_requests_total": spread(600, {"job": "prometheus"}, handler={"/api/v1/query": 0.8, "/-/ready": 0.2}, code=CODES),
    **histogram(
        "prometheus_http_request_duration_seconds",
        buckets(600, {"job": "prometheus"}, {"0.4": 0.8, "1": 0.92, "3": 0.99, "+Inf": 1}, handler={"/api/v1/query": 0.7, "/-/ready": 0.3}),
    ),
    "prometheus_rule_evaluations_total": spread(400, {"job": "prometheus"}, rule_group={"x": 0.5, "y": 0.5}),
    "prometheus_rule_evaluation_failures_total": spread(4, {"job": "prometheus"}, rule_group={"x": 0.75, "y": 0.25}),
    "prometheus_notifications_sent_total": spread(60, {"job": "prometheus"}, alertmanager={"am": 1}),
    "prometheus_notifications_errors_total": spread(3, {"job": "prometheus"}, alertmanager={"am": 1}),
    "payment_attempts_total": spread(600, {"job": "pay"}, reason={"none": 0.9, "insufficient_funds": 0.05, "card_stolen": 0.05},
                                     merchant={"a": 0.9, "test": 0.1}, region={"eu": 0.6, "us": 0.4}, result={"ok": 0.97, "error": 0.03}),
    "capture_ok_total": spread(300, {"job": "pay"}, bank={"acme": 1}),
    "capture_failed_total": spread(6, {"job": "pay"}, bank={"acme": 1}),
    "payouts_due_total": spread(120, {"job": "pay"}, currency={"eur": 0.5, "usd": 0.5}),
    "payouts_sent_total": spread(117, {"job": "pay"}, currency={"eur": 0.49, "usd": 0.51}),
    "settlement_total": spread(120, {"bank": "acme"}, currency={"eur": 0.5, "usd": 0.5}),
    "settlement_late_total": spread(3, {"bank": "acme"}, currency={"eur": 1}),
    **histogram("vllm:time_to_first_token_seconds", buckets(120, {"job": "vllm"}, {"0.25": 0.6, "0.5": 0.9, "1": 0.97, "+Inf": 1}, model={"m": 1})),
}  # fmt: skip  # a table
GAUGES: dict[str, list[tuple[Labels, float]]] = {
    "bank_maintenance": [({"bank": "acme"}, 0)],
    "kafka_consumergroup_group_lag_seconds": [
        ({"group": "orders", "topic": "eu"}, 12),
        ({"group": "orders", "topic": "us"}, 90),
    ],
    "kafka_consumergroup_group_lag": [({"group": "orders", "partition": str(n)}, 6e4) for n in range(2)],
    "node_filesystem_avail_bytes": [({"job": "kafka", "instance": pod}, 5e9) for pod in POD],
    "node_filesystem_size_bytes": [({"job": "kafka", "instance": pod}, 1e11) for pod in POD],
    "probe_success": [
        ({"job": "blackbox", "instance": "https://a"}, 1),
        ({"job": "blackbox", "instance": "https://b"}, 0),
    ],
}
"""Bad slices for some, so that every panel has something to show."""


def openmetrics(now: int, hours: float) -> str:
    """All series over the last hours."""
    times = range(now - int(hours * 3600), now + AHEAD, STEP)
    return "\n".join([*(f"{line} {at}" for at in times for line in exposition(at)), "# EOF\n"])


def exposition(at: int) -> Iterator[str]:
    """What a scrape sees at a time."""
    for name, series in COUNTERS.items():
        yield from (f"{name}{shown(labels)} {pace * at / 60!r}" for labels, pace in series)
    for name, series in GAUGES.items():
        yield from (f"{name}{shown(labels)} {value!r}" for labels, value in series)
    yield f'price_import_last_success_timestamp_seconds{{job="prices"}} {at - 1200}'


def shown(labels: Labels) -> str:
    """Labels in braces."""
    return "{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "}"


# The truth


def truth(slo: Slo, only: Labels | None = None) -> tuple[float, float]:
    """Events and bad events a second, of some values of the `per` labels; of slices one that is bad or not."""
    found = slo.indicator
    if isinstance(found, RatioSlices):
        events, bad = _counted(found.of, only or {})
        return 1, float(1 - bad / events < found.at_least)
    if isinstance(found, Slices):
        raise ValueError(f"{slo.id} is judged by a condition")
    return _counted(found, only or {})


def values(slo: Slo) -> list[Labels]:
    """The values of the `per` labels that there are."""
    name = slo.indicator.histogram.metric + "_count" if isinstance(slo.indicator, Threshold) else ""
    found = {
        tuple(labels[label] for label in slo.per) for labels, _ in COUNTERS.get(name, ()) if labels.keys() >= {*slo.per}
    }
    return [dict(zip(slo.per, value, strict=True)) for value in sorted(found)] if slo.per else [{}]


def _counted(found: object, only: Labels) -> tuple[float, float]:
    if isinstance(found, Ratio):
        events, part = _rate(found.total, only), _rate(found.part, only)
        return events, part if found.side == "bad" else events - part
    assert isinstance(found, Threshold), "raw PromQL is not counted here"
    stream = found.histogram
    events = _rate((_of(stream, "_count"),), only)
    below = _members(_of(stream, "_bucket", found.only), only)
    good = sum(pace / 60 for labels, pace in below if float(labels["le"]) == float(found.bound))
    return events, events - good


def _of(stream: Stream, suffix: str, any_: tuple[Filter, ...] = ()) -> Stream:
    return Stream(metric=stream.metric + suffix, all=stream.all, any=any_ or stream.any, none=stream.none)


def _rate(streams: Events, only: Labels) -> float:
    return sum(pace / 60 for stream in streams for _, pace in _members(stream, only))


def _members(stream: Stream, only: Labels) -> Iterator[tuple[Labels, float]]:
    for labels, pace in COUNTERS[stream.metric]:
        chosen = not stream.any or any(matches(labels, choice) for choice in stream.any)
        apart = not any(matches(labels, removed) for removed in stream.none)
        if matches(labels, stream.all) and chosen and apart and only.items() <= labels.items():
            yield labels, pace
