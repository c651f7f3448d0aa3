"""What an SLO costs the server that evaluates it, by the number of raw series: `python tests/bench/cost`.

A real Prometheus counts the samples that each rule reads (`stats=all`) and says how long it takes; both are weighed by how
often the rule is evaluated. Beside sloc's two profiles stand the designs of others: every window from raw series and the
period as an average of five-minute ratios, and raw `increase` over the whole period. A second table has other kinds of SLOs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, Literal, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # it is run as a script

import yaml

from slocompiler import promql
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import rules
from support.even_traffic import shown
from support.server import Prometheus

NOW = 1_795_185_120
HOUR, DAY = 3600, 86_400
PERIOD = 30 * DAY
SCRAPE = 30
MOST = 9_000_000
"""So many raw samples are loaded at most; with more series the raw ones reach back less far."""
RUNS = 5


class Kind(NamedTuple):
    """A kind of SLO: its name, what it counts, and every how many seconds that is recorded."""

    name: str
    body: str
    interval: int = 30


KINDS = {
    "counters": Kind("errors", 'events requests_total{job="shop"} bad {code="500"}'),
    "a classic histogram": Kind("slow", 'events took_seconds{job="shop"} good below 300ms'),
    "slices of a gauge": Kind("queue", 'slices 1m good when max(queue{job="shop"}) < 5', 60),
    "slices of counters": Kind(
        "minutes", 'slices 1m with 95% good events requests_total{job="shop"} bad {code="500"}', 60
    ),
}
EVERY, BAD = 'requests_total{job="shop"}', 'requests_total{job="shop",code="500"}'
AVERAGED = "averaged:error_ratio:rate5m"


class Asked(NamedTuple):
    """A rule, and every how many seconds it is evaluated."""

    expr: str
    interval: int


class Cost(NamedTuple):
    """Of one SLO in one minute: samples read, and milliseconds of evaluation."""

    samples: float
    milliseconds: float


def ours(profile: Literal["standard", "economy"], kind: str = "counters") -> list[Asked]:
    """All rules of an SLO, alerts too."""
    slo = f"slo {KINDS[kind].name} 99.9% over 30d {{ {KINDS[kind].body} }}"
    text = rules(
        f'service shop {{ owner "team" {slo} }}', Options(targets={"prometheus": PrometheusOptions(profile=profile)})
    )
    groups = yaml.safe_load(text)["groups"]
    return [Asked(rule["expr"], _seconds(group["interval"])) for group in groups for rule in group["rules"]]


def _seconds(interval: str) -> int:
    return int(interval[:-1]) * {"s": 1, "m": 60}[interval[-1]]


def averaging() -> list[Asked]:
    """Every window from raw series, and the period from five-minute ratios, as the best known generator does."""
    windows = (300, 1800, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY)
    raw = [f"sum(rate({BAD}[{w}])) / sum(rate({EVERY}[{w}]))" for w in map(promql.duration, windows)]
    period = f"sum_over_time({AVERAGED}[30d]) / count_over_time({AVERAGED}[30d])"
    return [Asked(expr, 30) for expr in (*raw, period)]


def raw_increase() -> list[Asked]:
    """The period itself from raw series, every five minutes, and the windows of its alerts."""
    period = f"sum(increase({BAD}[30d])) / sum(increase({EVERY}[30d]))"
    return [*averaging()[:-1], Asked(period, 300)]


def samples(series: int, reach: int) -> Iterator[str]:
    """Raw counters as far back as asked, and what the rules of either design have recorded of a month."""
    for number in range(series):
        code = "500" if number % 10 == 0 else "200"
        yield from _raw("requests_total", {"code": code, "instance": f"pod-{number}"}, reach)
    for at in range(NOW - PERIOD, NOW + 1, SCRAPE):
        yield f"{AVERAGED} 0.0001 {at}"
    for kind in KINDS.values():
        yield from _recorded(kind, series)
    yield "# EOF\n"


def _recorded(kind: Kind, series: int) -> Iterator[str]:
    """What the rules of an SLO have recorded."""
    mine = shown({"slo": f"shop/{kind.name}", "service": "shop"})
    for at in range(NOW - 3 * DAY, NOW + 1, kind.interval):
        yield f"slo:events:rate5m{mine} {2 * series} {at}"
        yield f"slo:errors:rate5m{mine} {series / 5000} {at}"
        yield f"slo:slice_errors:increase{mine} 0 {at}"
    for at in range(NOW - PERIOD, NOW + 1, 300):
        yield f"slo:events:increase5m{mine} {600 * series} {at}"
        yield f"slo:errors:increase5m{mine} {series / 10} {at}"
    for at in range(NOW - DAY, NOW + 1, 60):
        yield f"slo:age:seconds{mine} {PERIOD} {at}"
        yield f"slo:budget_left:ratio{mine} 0.9 {at}"
        yield f"slo:info{mine} 1 {at}"
    for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d"):
        yield f"slo:error_ratio:rate{window}{mine} 0.0001 {NOW}"
    for name in ("error_ratio:period", "burn_rate:ratio", "coverage:ratio", "age:ratio", "target:ratio"):
        yield f"slo:{name}{mine} 0.0001 {NOW}"


def others(series: int) -> Iterator[str]:
    """The raw series of the other kinds, as far back as rules read them."""
    for number in range(series):
        pod = {"instance": f"pod-{number}"}
        for name, labels in (("bucket", {"le": "0.3"}), ("bucket", {"le": "+Inf"}), ("count", {})):
            yield from _raw(f"took_seconds_{name}", pod | labels, 3 * HOUR)
        yield from _raw("queue", pod, 3 * HOUR)


def _raw(name: str, labels: Mapping[str, str], reach: int) -> Iterator[str]:
    """A raw series that grows by two a second."""
    text = shown({"job": "shop", **labels})
    for at in range(NOW - reach, NOW + 1, SCRAPE):
        yield f"{name}{text} {(at - NOW + PERIOD) * 2} {at}"


def cost(server: Prometheus, asked: Sequence[Asked]) -> Cost:
    """What a minute of these rules costs."""
    read = spent = 0.0
    for rule in asked:
        stats = [server.answer("query", query=rule.expr, time=str(NOW), stats="all")["stats"] for _ in range(RUNS)]
        read += stats[0]["samples"]["totalQueryableSamples"] * 60 / rule.interval
        spent += median(_milliseconds(one) for one in stats) * 60 / rule.interval
    return Cost(read, spent)


def _milliseconds(stats: Mapping[str, Any]) -> float:
    return float(stats["timings"]["execTotalTime"]) * 1000


def main() -> None:
    """Print the tables of docs/accuracy.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--kinds", type=int, default=100, help="raw series of each metric in the second table")
    chosen = parser.parse_args()
    _designs(chosen.series)
    _kinds(chosen.kinds)


def _designs(counts: Sequence[int]) -> None:
    """Print the table of designs, by the number of raw series."""
    print("| raw series | sloc | sloc, economy | averaged ratios | raw `increase` |")
    print("|---:|---:|---:|---:|---:|")
    for series in counts:
        reach = min(PERIOD, MOST // series * SCRAPE)
        designs = (ours("standard"), ours("economy"), averaging(), raw_increase())
        cells = _cells(samples(series, reach), designs)
        if reach < PERIOD:
            cells[-1] = f"more than {cells[-1]}"
        print(f"| {series:,} | {' | '.join(cells)} |", flush=True)


def _kinds(series: int) -> None:
    """Print the table of kinds of SLOs."""
    print("\n| SLO | sloc | sloc, economy |")
    print("|---|---:|---:|")
    designs = [ours(profile, kind) for kind in KINDS for profile in ("standard", "economy")]
    cells = _cells(chain(others(series), samples(series, 3 * HOUR)), designs)
    for kind, pair in zip(KINDS, zip(cells[::2], cells[1::2], strict=True), strict=True):
        print(f"| {kind} | {' | '.join(pair)} |", flush=True)


def _cells(data: Iterator[str], designs: Sequence[Sequence[Asked]]) -> list[str]:
    """What each design costs over these data, as text."""
    with tempfile.TemporaryDirectory() as folder:
        server = Prometheus(Path(folder))
        server.backfill("\n".join(data))
        with server:
            costs = [cost(server, asked) for asked in designs]
    return [f"{one.samples:,.0f} ({one.milliseconds:,.1f} ms)" for one in costs]


if __name__ == "__main__":
    main()
