"""A backtest of each kind of SLO against the alerts of its rules: promtool runs the rules, a real server has the series."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from support.native import histogram as native
from support.replayed import Fired, begins, by_backtest, by_rules
from support.traffic import counter

HOURS = 5
ALERTS = """alerts {
      page at 10% of budget in 1h
      ticket when budget below 50%
      ticket when no data for 15m
    }"""
WITH_DOWN = ALERTS.replace("{\n", "{\n      page when down for 5m\n", 1)
CALM = counter(("5h", 1200))
SERVED, FAILED = counter(("2h", 1196), ("14m", 800), ("166m", 1196)), counter(("2h", 4), ("14m", 400), ("166m", 4))
TWICE = counter(("1h", 0), ("20m", 300), ("3h", 0), ("20m", 300), ("20m", 0))
GONE = counter(("2h", 1200), ("1h", None), ("2h", 1200))
COUNTERS = 'events requests_total{job="JOB"} bad {code="500"} '


def requests(good: str, bad: str) -> dict[str, str]:
    return {'requests_total{job="JOB",code="200"}': good, 'requests_total{job="JOB",code="500"}': bad}


KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "late": (COUNTERS + ALERTS, requests(CALM, counter(("2h", None), ("14m", 400), ("166m", 0)))),
    "histogram": (
        f'events lat_seconds{{job="JOB"}} good below 300ms {ALERTS}',
        {
            'lat_seconds_bucket{job="JOB",le="0.3"}': SERVED,
            'lat_seconds_bucket{job="JOB",le="+Inf"}': CALM,
            'lat_seconds_count{job="JOB"}': CALM,
        },
    ),
    "gauge": (
        f'slices 1m good when max(lag_seconds{{job="JOB"}}) < 10s {ALERTS}',
        {'lag_seconds{job="JOB"}': "1x199 20x60 1x40 _x100 1x197", 'up{job="JOB"}': "1x599"},
    ),
    "ignored": (
        f'slices 1m good when max(lag_seconds{{job="JOB"}}) < 10s no data is ignored {ALERTS}',
        {'lag_seconds{job="JOB"}': "1x199 20x60 1x40 _x100 1x197", 'up{job="JOB"}': "1x299 0x100 1x197"},
    ),
    "with": (f"{COUNTERS} slices 1m with 99% good {ALERTS}", requests(SERVED, FAILED)),
    "excluded": (
        f'{COUNTERS} exclude when `max(maintenance{{job="JOB"}}) > 0` "It is announced." {ALERTS}',
        {**requests(CALM, TWICE), 'maintenance{job="JOB"}': "0x109 1x60 0x429"},
    ),
    "planned": (
        f'{COUNTERS} maintenance "An upgrade" every day 00:55 for 30m in UTC because "It is announced." {ALERTS}',
        requests(CALM, TWICE),
    ),
    "down": (
        COUNTERS + WITH_DOWN,
        {**requests(GONE, counter(("5h", 0))), 'up{job="JOB"}': "1x239 0x120 1x238"},
    ),
    "flapping": (COUNTERS + WITH_DOWN, {**requests(CALM, counter(("5h", 0))), 'up{job="JOB"}': "1x200 0x8 1x40 0x11 1 0x11 1x327"}),
    "proved": (
        COUNTERS + ALERTS.replace("for 15m", 'for 15m unless replicas{job="JOB"} < 1'),
        {**requests(GONE, counter(("1m", 0))), 'replicas{job="JOB"}': "1x239 0x60 1x298", 'up{job="JOB"}': "1x599"},
    ),
    "unseen": (COUNTERS + ALERTS, {'up{job="JOB"}': "1x599"}),
    "routes": (
        f'{COUNTERS} per route target {{route="/a"}} 95% {ALERTS}',
        {
            'requests_total{job="JOB",route="/a",code="200"}': SERVED,
            'requests_total{job="JOB",route="/a",code="500"}': FAILED,
            'requests_total{job="JOB",route="/b",code="200"}': SERVED,
            'requests_total{job="JOB",route="/b",code="500"}': FAILED,
        },
    ),
}  # fmt: skip  # a series a line
COARSE = {"gauge", "ignored", "with"}
"""Slices, and what tiles alone show, begin within five minutes."""


def service(kinds: Mapping[str, tuple[str, object]]) -> str:
    """A service with an SLO of each kind, whose job is called as it is."""
    slo = 'slo {} 99.5% over 5d {{ because "It is a test." review every 90d last 2026-10-01 {} }}'
    slos = "\n".join(slo.format(name, body.replace("JOB", name)) for name, (body, _) in kinds.items())
    return f'service shop {{ owner "shop" stakeholders "everyone" runbook "https://runbooks.example.org"\n{slos}\n}}'


SERIES = {series.replace("JOB", name): values for name, (_, own) in KINDS.items() for series, values in own.items()}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Fired:
    return by_rules(tmp_path_factory.mktemp("rules"), service(KINDS), SERIES, HOURS)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Fired:
    return by_backtest(tmp_path_factory.mktemp("backtest"), service(KINDS), SERIES, HOURS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_alerts_of_the_rules_are_those_of_a_backtest(kind: str, real: Fired, ours: Fired) -> None:
    theirs = {key[1:]: minutes for key, minutes in real.items() if key[0] == kind}
    found = {key[1:]: minutes for key, minutes in ours.items() if key[0] == kind}
    assert {key: len(begins(minutes)) for key, minutes in found.items()} == {
        key: len(begins(minutes)) for key, minutes in theirs.items()
    }
    assert theirs
    for key, minutes in theirs.items():
        late = 5 if kind in COARSE or key[1] == "SLOBudget" else 2
        for begin, other in zip(begins(found[key]), begins(minutes), strict=True):
            assert abs(begin - other) <= late, key


@pytest.mark.parametrize("kind", ["excluded", "planned"])
def test_nobody_is_paged_for_what_is_left_out(kind: str, real: Fired, ours: Fired) -> None:
    for found in (real, ours):
        (pages,) = [minutes for key, minutes in found.items() if key[0] == kind and key[-1] == "page"]
        (begin,) = begins(pages)
        assert begin > 4 * 60, "the second time it fails"


def test_nearly_all_minutes_of_pages_agree(real: Fired, ours: Fired) -> None:
    pages = [key for key in real if key[-1] == "page" and key[0] not in COARSE]
    differ = {key: real[key] ^ ours.get(key, set()) for key in pages}
    assert sum(map(len, differ.values())) <= 0.03 * sum(len(real[key]) for key in pages), differ


@pytest.mark.usefixtures("prometheus_3")
def test_a_native_histogram(tmp_path: Path) -> None:
    served = native(("2h", (960, 236, 4)), ("14m", (600, 200, 400)), ("166m", (960, 236, 4)), scrape=30)
    kinds = {"native": (f'events native lat_seconds{{job="JOB"}} good below 1s {ALERTS}', None)}
    _agree(tmp_path, kinds, {'lat_seconds{job="native"}': served}, 1)


def test_deployments(tmp_path: Path) -> None:
    """One fails at first, the other later, on one server."""
    failing = {"eu": ("1h", "226m"), "us": ("3h", "106m")}
    series = {
        f'requests_total{{job="shop",cluster="{cluster}",code="{code}"}}': counter(
            *((lasts, pace) for lasts, pace in zip((before, "14m", after), paces, strict=True))
        )
        for cluster, (before, after) in failing.items()
        for code, paces in (("200", (1196, 800, 1196)), ("500", (4, 400, 4)))
    }
    found = _agree(tmp_path, {"shop": (COUNTERS + ALERTS, None)}, series, 2, tuple(failing))
    assert {key[1] for key in found} == {*failing}


def _agree(
    folder: Path,
    kinds: Mapping[str, tuple[str, object]],
    series: Mapping[str, str],
    alerts: int,
    clusters: tuple[str, ...] = (),
) -> Fired:
    """Hold that rules and a backtest have the same alerts, begun within two minutes, this number of them."""
    (folder / "rules").mkdir()
    theirs = by_rules(folder / "rules", service(kinds), series, HOURS, clusters=clusters)
    ours = by_backtest(folder, service(kinds), series, HOURS, clusters)
    assert {key: len(begins(minutes)) for key, minutes in ours.items()} == {
        key: len(begins(minutes)) for key, minutes in theirs.items()
    }
    assert len(theirs) == alerts
    for key, minutes in theirs.items():
        late = 5 if key[2] == "SLOBudget" else 2
        for begin, other in zip(begins(ours[key]), begins(minutes), strict=True):
            assert abs(begin - other) <= late, key
    return ours


def test_data_are_missed_after_a_busy_day(tmp_path: Path) -> None:
    """The target is up. Only the day before says that no data is no idle time, of all values and of one."""
    lines = "per route alerts { ticket when no data for 15m ticket when no data of one route for 30m }"
    kinds = {"busy": (COUNTERS + lines, None)}
    series = {
        'requests_total{job="busy",route="/a",code="200"}': counter(("49h", 60), ("3h", None)),
        'requests_total{job="busy",route="/b",code="200"}': counter(("50h", 60), ("2h", None)),
        'up{job="busy"}': "1x6239",
    }
    (tmp_path / "rules").mkdir()
    theirs = by_rules(tmp_path / "rules", service(kinds), series, 52, evaluate=300)
    found = by_backtest(tmp_path, service(kinds), series, 52)
    assert found.keys() == {("busy", "", "SLONoData", "ticket")}
    (minutes,) = found.values()
    assert begins(minutes) == [pytest.approx(49 * 60 + 30, abs=5)]
    assert len(minutes ^ set.union(*theirs.values())) <= 5
