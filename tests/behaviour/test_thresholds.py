"""Thresholds in classic histograms, against the truth: events that are counted in the test."""

from collections.abc import Mapping
from math import isnan
from pathlib import Path

import pytest

from support.histograms import INF, histogram
from support.promtool import Simulation
from support.traffic import UP, only, service, simulate

BOTH = pytest.mark.usefixtures("every_prometheus")

TIMES = 'events took_seconds{job="shop"} '
RATIO, PERIOD = "slo:error_ratio:rate1h", "slo:error_ratio:period"


def measured(folder: Path, indicators: Mapping[str, str], series: dict[str, str]) -> dict[str, tuple[float, float]]:
    """For each SLO the error ratio of the second hour, and of both when the last event has passed the five-minute rate."""
    found = simulate(folder, slos(indicators), series, scrape=60, evaluate=300).timeline(
        [RATIO, PERIOD], ["2h", "2h10m"]
    )
    second, both = (
        {labels["slo"].removeprefix("shop/"): value for labels, value in found[key]}
        for key in ((RATIO, "2h"), (PERIOD, "2h10m"))
    )
    return {name: (second[name], both[name]) for name in indicators}


def slos(indicators: Mapping[str, str]) -> str:
    """A service with an SLO for each of the indicators."""
    each = (f'slo {name} 99% over 30d {{ because "" {body} }}' for name, body in indicators.items())
    return f'service shop {{ owner "shop" stakeholders "all" runbook "" {" ".join(each)} }}'


def near(second: float, both: float) -> object:
    """The truth; `rate` sees a minute more or less of a series that comes or goes."""
    return pytest.approx((second, both), rel=0.01, abs=1e-9)


@BOTH
class TestBounds:
    """Which side of a bound is good, and of which events."""

    def test_sort_events(self, tmp_path: Path) -> None:
        paces = {
            'code="200",': {"0.1": (50, 50), "0.3": (80, 60), "1": (90, 80), INF: (90, 90)},
            'code="500",': {"0.1": (9, 4), "0.3": (10, 6), "1": (10, 8), INF: (10, 10)},
        }
        bad = {  # in the first and in the second hour, of a hundred
            "good below 300ms": (10, 34),
            "good above 300ms": (90, 66),
            "good below 1s": (0, 12),
            # A fast error is as bad as a slow answer.
            'good {code="200"} below 300ms': (20, 40),
            'good {code!~"5.."} below 300ms': (20, 40),
            'good {code="200"} above 300ms': (90, 70),
            'good {code="200"} or {code=~"5.."} below 300ms': (10, 34),
            'good {code="404"} below 300ms': (100, 100),
            'good {code="404"} above 300ms': (100, 100),
        }
        indicators = {f"s{number}": TIMES + good for number, good in enumerate(bad)}
        got = measured(tmp_path, indicators, histogram("took_seconds", paces))
        assert list(got.values()) == [near(second / 100, (first + second) / 200) for first, second in bad.values()]

    def test_by_filters(self, tmp_path: Path) -> None:
        # Pages, lists and reports; the rest has no bound. In the second hour there are no reports.
        paces = {
            'kind="page",': {"0.3": (50, 30), "1": (60, 60), INF: (60, 60)},
            'kind="list",': {"0.3": (10, 0), "1": (20, 12), INF: (30, 30)},
            'kind="report",': {"0.3": (0, 0), "1": (4, 0), INF: (10, 0)},
            'kind="rest",': {"0.3": (0, 0), "1": (0, 0), INF: (70, 90)},
        }
        cases = {  # bad events and all events, in the first and in the second hour
            'good {kind="page"} below 300ms or {kind="list"} or {kind="report"} below 1s': ((26, 48), (100, 90)),
            'good {kind=~"page|list"} below 300ms or {kind="report"} below 1s': ((10 + 20 + 6, 30 + 30), (100, 90)),
            'good {kind="page"} above 300ms or {kind="report"} above 1s': ((50 + 4, 30), (70, 60)),
            'good {kind="page"} below 300ms or {kind!="page"} below 1s': ((26 + 70, 48 + 90), (170, 180)),
            'good {kind="page"} below 1s or {kind="none"} below 300ms': ((0, 0), (60, 60)),
        }
        indicators = {f"s{number}": TIMES + good for number, good in enumerate(cases)}
        got = measured(tmp_path, indicators, histogram("took_seconds", paces))
        assert list(got.values()) == [
            pytest.approx((bad[1] / of[1], sum(bad) / sum(of)), rel=0.005, abs=1e-9) for bad, of in cases.values()
        ]

    def test_exclusions(self, tmp_path: Path) -> None:
        paces = {
            'path="/",region="eu",': {"0.3": (45, 40), INF: (50, 50)},
            'path="/",region="us",': {"0.3": (30, 20), INF: (30, 30)},
            'path="/healthz",region="eu",': {"0.3": (400, 0), INF: (400, 400)},
            'path="/healthz",region="us",': {"0.3": (20, 15), INF: (20, 20)},
        }
        series = histogram("took_seconds", paces)
        got = measured(
            tmp_path,
            {
                "one": TIMES + 'exclude {path="/healthz"} good below 300ms',
                "two": TIMES + 'exclude {path="/healthz", region="eu"} good below 300ms',
                "filtered": TIMES
                + 'exclude {path="/healthz", region="eu"} good {region="us"} or {path="/healthz"} below 300ms',
            },
            series,
        )
        assert got == {
            "one": near(20 / 80, 25 / 160),
            "two": near(25 / 100, 30 / 200),
            "filtered": near(0.65, 115 / 200),
        }

    def test_several_instances(self, tmp_path: Path) -> None:
        # One of them never was quick, and has no answer in the good bucket.
        paces = {
            'instance="a",': {"0.3": (90, 80), INF: (100, 100)},
            'instance="b",': {"0.3": (0, 0), INF: (50, 50)},
        }
        series = histogram("took_seconds", paces)
        got = measured(tmp_path, {"quick": TIMES + "good below 300ms"}, series)
        assert got == {"quick": near(70 / 150, 130 / 300)}


@BOTH
class TestSpellings:
    """Whatever client or server wrote it: the bound is found, and nothing else is."""

    SPELLINGS = (
        ("a_seconds", "1s", "1"),
        ("b_seconds", "1s", "1.0"),
        ("c_seconds", "300ms", "0.3"),
        ("d_seconds", "0.5ms", "5.0E-4"),
        ("e_seconds", "0.05ms", "5e-05"),
        ("f_milliseconds", "1.5s", "1500"),
        ("g_microseconds", "2ms", "2000.0"),
        ("h_minutes", "90s", "1.5"),
        ("i in ms", "300ms", "300"),
        ("j in s", "300ms", "0.3"),
        ("k in us", "2s", "2e+06"),
        ("l in m", "2h", "120.0"),
        ("m in B", "5KB", "5000"),
        ("n", "0.25", "0.25"),
        ("o_bytes", "1KiB", "1024"),
        ("p_bytes", "10MiB", "10485760"),
        ("q_bytes", "10MiB", "10485760.0"),
        ("r_bytes", "10MiB", "1.048576e+07"),
        ("s_bytes", "10MiB", "1.048576E7"),
        ("t_bytes", "20GiB", "2.147483648e+010"),
    )

    def test_are_found(self, tmp_path: Path) -> None:
        series, indicators = {}, {}
        for metric, bound, le in self.SPELLINGS:
            name, _, unit = metric.partition(" ")
            others = dict.fromkeys((f"1{le}", le.replace(".", "2"), f"{le}1", "0.7", "7"), (1,))
            series |= histogram(name, {'code="200",': {**others, le: (80,), INF: (100,)}}, ["20m"])
            indicators[name.replace("_", "-")] = f'events {name}{{job="shop"}} {unit} good below {bound}'
        simulation = simulate(tmp_path, slos(indicators), series, scrape=60, evaluate=300)
        found = simulation.values(["slo:error_ratio:rate5m"], "20m")["slo:error_ratio:rate5m"]
        got = {labels["slo"].removeprefix("shop/"): value for labels, value in found}
        assert got == dict.fromkeys(indicators, pytest.approx(0.2))

    def test_may_change(self, tmp_path: Path) -> None:
        # A server that is upgraded to Prometheus 3 writes the other one from then on.
        paces = {'code="200",': {"1": (90, None), "1.0": (None, 80), INF: (100, 100)}}
        got = measured(tmp_path, {"quick": TIMES + "good below 1s"}, histogram("took_seconds", paces))
        assert got == {"quick": pytest.approx((0.2, 0.15), rel=0.1)}


def firing(simulation: Simulation, at: list[str]) -> list[list[str]]:
    """The alerts that fire at each time, as `name severity`."""
    names = ("SLOBurn", "SLOBudget", "SLONoData")
    found = simulation.alerts(names, at)
    return [[f"{name} {alert['labels']['severity']}" for name in names for alert in found[name, time]] for time in at]


@pytest.mark.usefixtures("prometheus_3")
class TestOutages:
    """Nothing good is all bad; nothing at all is neither."""

    @pytest.mark.parametrize("known", [True, False], ids=["good ones before", "no good ones ever"])
    def test_total_outage(self, tmp_path: Path, known: bool) -> None:
        # Every answer is an error, and a quick one.
        paces = {'code="500",': {"0.3": (0, 100), INF: (0, 100)}}
        if known:
            paces['code="200",'] = {"0.3": (100, 0), INF: (100, 0)}
        series = histogram("took_seconds", paces, ("2h", "10m")) | {UP: "1x140"}
        body = TIMES + 'good {code!~"5.."} below 300ms'
        simulation = simulate(tmp_path, service(body), series, scrape=60)
        assert firing(simulation, ["2h", "2h5m"]) == [[], ["SLOBurn page"]]
        ratio = simulation.values([RATIO], "2h10m")[RATIO]
        assert only(ratio) == pytest.approx(10 / 60 if known else 1, rel=0.02)

    def test_idle_minutes(self, tmp_path: Path) -> None:
        paces = {
            'code="200",': {"0.3": (95, 0, 90), INF: (98, 0, 98)},
            'code="500",': {"0.3": (2, 0, 2), INF: (2, 0, 2)},
        }
        series = histogram("took_seconds", paces, ("1h", "20m", "40m")) | {UP: "1x140"}
        simulation = simulate(tmp_path, service(TIMES + 'good {code!~"5.."} below 300ms'), series, scrape=60)
        every = simulation.timeline(['{__name__=~"slo:.+"}'], [f"{minute}m" for minute in range(2, 131, 4)])
        assert not [labels for samples in every.values() for labels, value in samples if isnan(value)]
        idle = dict.fromkeys(labels["__name__"] for labels, _ in every['{__name__=~"slo:.+"}', "78m"])
        assert "slo:errors:rate5m" in idle
        assert "slo:error_ratio:rate5m" not in idle
        (period,) = simulation.values([PERIOD], "2h10m").values()
        assert only(period) == pytest.approx((60 * 5 + 40 * 10) / (100 * 100), rel=0.01)

    def test_a_bound_that_is_no_bucket(self, tmp_path: Path) -> None:
        series = histogram("took_seconds", {'code="200",': {"0.25": (90, 90), "1": (99, 99), INF: (100, 100)}})
        series |= {UP: "1x130"}
        goods = ("good below 300ms", 'good {code="200"} below 300ms', 'good {code="200"} above 300ms')
        text = slos({f"s{number}": TIMES + good for number, good in enumerate(goods)})
        simulation = simulate(tmp_path, text, series, scrape=60)
        tickets = ["SLONoData ticket"] * len(goods)
        assert firing(simulation, ["5m", "18m", "1h", "2h"]) == [[], tickets, tickets, tickets]
        every = '{__name__=~"slo:.+"}'
        names = {labels["__name__"] for labels, _ in simulation.values([every], "1h")[every]}
        assert not [name for name in names if "error" in name or name == "slo:budget_remaining:ratio"]

    def test_a_roll_out_with_other_buckets(self, tmp_path: Path) -> None:
        # Pods of the new release have no bucket at the bound. They are as quick as the old ones, and nobody can tell.
        paces = {
            'pod="a",': {"0.3": (499, 499, 249), INF: (500, 500, 250)},
            'pod="b",': {"0.3": (499, 0, 0), INF: (500, 0, 0)},
            'pod="c",': {"0.5": (0, 499, 749), INF: (0, 500, 750)},
        }
        series = histogram("took_seconds", paces, ("2h", "2h", "1h")) | {UP: "1x310"}
        simulation = simulate(tmp_path, service(TIMES + "good below 300ms").replace("99.9%", "99%"), series, scrape=60)
        names, times = ("slo:error_ratio:rate5m", RATIO, PERIOD), ["2h10m", "3h", "4h", "4h50m"]
        for asked, found in simulation.timeline(names, times).items():
            assert only(found) < 0.005, asked
        times = ["2h30m", "2h55m", "3h8m", "4h7m", "4h30m"]
        ticket = ["SLONoData ticket"]
        assert firing(simulation, times) == [[], [], ticket, [], ticket], "half for an hour, three quarters for 15m"
        (alert,) = simulation.alerts(["SLONoData"], ["3h8m"])["SLONoData", "3h8m"]
        assert alert["annotations"]["summary"] == "shop: answers: 50% of the events are not judged"

    def test_an_outage_of_the_quick_ones_pages(self, tmp_path: Path) -> None:
        paces = {'code="200",': {"0.3": (100, 0), INF: (100, 0)}, 'code="500",': {"0.3": (0, 0), INF: (0, 100)}}
        series = histogram("took_seconds", paces, ("1h", "20m")) | {UP: "1x90"}
        simulation = simulate(tmp_path, service(TIMES + "good below 300ms"), series, scrape=60)
        assert firing(simulation, ["1h", "1h10m"]) == [[], ["SLOBurn page"]]

    def test_the_bucket_goes(self, tmp_path: Path) -> None:
        # A new release has other buckets: nobody knows how many are quick enough.
        paces = {'code="200",': {"0.3": (90, None), "0.5": (None, 95), INF: (100, 100)}}
        series = histogram("took_seconds", paces) | {UP: "1x130"}
        simulation = simulate(tmp_path, service(TIMES + "good below 300ms"), series, scrape=60)
        before, after = firing(simulation, ["1h10m", "1h18m"])
        assert ("SLONoData ticket" in before, "SLONoData ticket" in after) == (False, True)
