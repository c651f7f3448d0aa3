"""`per`: every value has a budget, alerts and texts of its own; `target {…}`: another target for some."""

from collections.abc import Iterable, Mapping
from math import isnan
from pathlib import Path

import pytest

from support.compile import rules
from support.promtool import At, Sample, Simulation
from support.rendering import render_alerts
from support.traffic import UP, Phase, counter, service, simulate

pytestmark = pytest.mark.usefixtures("every_prometheus")
EVENTS = 'events requests_total{job="shop"} bad {code="500"} per route '
PAGE = "alerts { page at 2% of budget in 1h } "
RATIO, PERIOD, LEFT = "slo:error_ratio:rate5m", "slo:error_ratio:period", "slo:budget_remaining:ratio"


def series_of(routes: Mapping[str, Iterable[Phase | None]], lasts: str = "1h") -> dict[str, str]:
    """Counters of each route's good and bad requests, by phases; None is absent, for `lasts`."""
    series = {UP: "1x300"}
    for route, phases in routes.items():
        phases = list(phases)
        for code, pick in (("200", lambda phase: phase.requests - phase.errors), ("500", lambda phase: phase.errors)):
            paces = [(phase.lasts, pick(phase)) if phase else (lasts, None) for phase in phases]
            series[f'requests_total{{job="shop",{route},code="{code}"}}'] = counter(*paces, scrape=60)
    return series


def simulated(folder: Path, body: str, series: Mapping[str, str], objective: str = "99% over 30d") -> Simulation:
    return simulate(folder, service(body, objective), series, scrape=60)


def by_route(samples: Iterable[Sample], label: str = "route") -> dict[str, float]:
    """Values by the label, with identity and nothing else on them."""
    samples = list(samples)
    assert all(labels.keys() - {"__name__", "below"} == {"slo", "service", label} for labels, _ in samples)
    return {labels[label]: value for labels, value in samples}


def pages(simulation: Simulation, at: Iterable[At]) -> list[list[str]]:
    """The routes for which a page fires, at each time."""
    found = simulation.alerts(["SLOBurn"], at)
    return [
        sorted(a["labels"]["route"] for a in alerts if a["labels"]["severity"] == "page") for alerts in found.values()
    ]


class TestBudgets:
    """What one value spends is no other's."""

    def test_one_route_burns(self, tmp_path: Path) -> None:
        series = series_of(
            {
                'route="/buy"': [Phase("1h", 100), Phase("30m", 100, 40)],
                'route="/list"': [Phase("1h", 10_000), Phase("30m", 10_000, 10)],
                'route="/about"': [Phase("1h", 10), Phase("30m", 10)],
            }
        )
        simulation = simulated(tmp_path, EVENTS, series)
        assert pages(simulation, ["1h", "1h30m"]) == [[], ["/buy"]]
        got = {name: by_route(found) for name, found in simulation.values([RATIO, PERIOD, LEFT], "1h30m").items()}
        assert got[RATIO] == pytest.approx({"/buy": 0.4, "/list": 0.001, "/about": 0})
        assert got[LEFT] == {route: pytest.approx(1 - ratio / 0.01) for route, ratio in got[PERIOD].items()}
        assert got[PERIOD]["/buy"] == pytest.approx(
            30 * 40 / 9000, rel=0.15
        )  # half of the newest minutes are not counted yet
        assert (got[PERIOD]["/about"], got[LEFT]["/about"]) == (0, 1)

    def test_budget_below(self, tmp_path: Path) -> None:
        series = series_of({'route="/buy"': [Phase("5h", 1000, 15)], 'route="/list"': [Phase("5h", 1000, 2)]})
        body = EVENTS + "alerts { ticket when budget below 25% }"
        simulation = simulated(tmp_path, body, series, "99% over 6h")
        found = simulation.alerts(["SLOBudget"], ["2h30m", "3h30m"])
        assert [[a["labels"]["route"] for a in alerts] for alerts in found.values()] == [[], ["/buy"]]

    def test_exhaustion(self, tmp_path: Path) -> None:
        # At six times the rate a budget of six hours is gone in one.
        series = series_of({'route="/buy"': [Phase("2h", 1000, 100)], 'route="/list"': [Phase("2h", 1000, 5)]})
        body = EVENTS + "alerts { page at 80% of budget in 1h page when exhausted within 1h }"
        assert pages(simulated(tmp_path, body, series, "99% over 6h"), ["1h50m"]) == [["/buy"]]

    def test_two_labels(self, tmp_path: Path) -> None:
        series = series_of(
            {
                'route="/buy",method="GET"': [Phase("1h", 100, 1)],
                'route="/buy",method="PUT"': [Phase("1h", 50, 25)],
                'route="/list",method="GET"': [Phase("1h", 60)],
            }
        )
        simulation = simulated(tmp_path, EVENTS.replace("per route", "per route, method") + PAGE, series)
        found = simulation.values([RATIO], "1h")[RATIO]
        assert {(labels["route"], labels["method"]): value for labels, value in found} == {
            ("/buy", "GET"): pytest.approx(0.01),
            ("/buy", "PUT"): pytest.approx(0.5),
            ("/list", "GET"): 0,
        }
        ((page,),) = simulation.alerts(["SLOBurn"], ["1h"]).values()
        assert (page["labels"]["route"], page["labels"]["method"]) == ("/buy", "PUT")

    def test_a_threshold(self, tmp_path: Path) -> None:
        paces = {"/buy": {"0.3": 60, "+Inf": 80}, "/list": {"0.3": 100, "+Inf": 100}}
        series = {}
        for route, buckets in paces.items():
            for le, pace in buckets.items():
                values = counter(("1h", pace), scrape=60)
                series[f'took_seconds_bucket{{job="shop",code="200",route="{route}",le="{le}"}}'] = values
            series[f'took_seconds_count{{job="shop",code="200",route="{route}"}}'] = values
            errors = counter(("1h", 20 if route == "/buy" else 0), scrape=60)
            series[f'took_seconds_bucket{{job="shop",code="500",route="{route}",le="0.3"}}'] = errors
            series[f'took_seconds_count{{job="shop",code="500",route="{route}"}}'] = errors
        body = 'events took_seconds{job="shop"} good {code!~"5.."} below 300ms per route ' + PAGE
        simulation = simulated(tmp_path, body, series)
        assert by_route(simulation.values([RATIO], "1h")[RATIO]) == pytest.approx({"/buy": 0.4, "/list": 0})
        assert pages(simulation, ["1h"]) == [["/buy"]]


class TestTargets:
    """Each value is judged by the first target that it matches."""

    TARGETS = EVENTS + 'target {route="/search"} 95% target {route=~"/s.*"} 90% '

    def test_thresholds(self, tmp_path: Path) -> None:
        # 2 % in 1h of 30d is 14.4 times the budget: 14.4 % of 1 %, 72 % of 5 %, more than all of 10 %.
        body = self.TARGETS.replace("90%", "94%") + PAGE
        burning = {"/buy": 20, "/search": 20, "/sitemap": 80, "/seek": 90, "/list": 10}
        series = series_of(
            {f'route="{route}"': [Phase("1h", 1000), Phase("1h", 1000, 10 * bad)] for route, bad in burning.items()}
        )
        simulation = simulated(tmp_path, body, series)
        # /seek is over the 86.4 % of its own target, /sitemap is not; /search would be over the line of 99 %.
        assert pages(simulation, ["1h", "1h58m"]) == [[], ["/buy", "/seek"]]
        got = {
            name: by_route(found)
            for name, found in simulation.values(
                [PERIOD, LEFT, "slo:target:ratio", "slo:burn_rate:ratio"], "2h"
            ).items()
        }
        targets = {"/buy": 0.99, "/search": 0.95, "/sitemap": 0.94, "/seek": 0.94, "/list": 0.99}
        assert got["slo:target:ratio"] == pytest.approx(targets)
        for route, target in targets.items():
            assert got[LEFT][route] == pytest.approx(1 - got[PERIOD][route] / (1 - target))
            assert got["slo:burn_rate:ratio"][route] == pytest.approx(burning[route] / 100 / (1 - target), rel=0.02)

    def test_a_target_without_burn_lines(self, tmp_path: Path) -> None:
        # Of half of all events and less the standard policy has only the tickets that hold for every target.
        body = EVENTS + 'target {route="/search"} 50% '
        phases = [Phase("1h", 1000), Phase("1h", 1000, 1000)]
        series = series_of({'route="/buy"': phases, 'route="/search"': phases})
        simulation = simulated(tmp_path, body, series)
        found = simulation.alerts(["SLOBurn"], ["1h58m"])["SLOBurn", "1h58m"]
        assert {(alert["labels"]["route"], alert["labels"]["severity"]) for alert in found} == {("/buy", "page")}
        # The other way round: only what matches burns at all.
        other = EVENTS + 'target {route="/search"} 95% '
        assert pages(simulated(tmp_path, other, series, "50% over 30d"), ["1h58m"]) == [["/search"]]


class TestComingAndGoing:
    """Values that are new, that never fail, that vanish."""

    def test_a_value_vanishes(self, tmp_path: Path) -> None:
        series = series_of(
            {
                'route="/old"': [Phase("1h", 1000), Phase("10m", 1000, 1000), None],
                'route="/buy"': [Phase("2h10m", 1000, 1)],
            }
        )
        simulation = simulated(tmp_path, EVENTS + PAGE, series)
        assert pages(simulation, ["1h10m", "1h30m", "2h"]) == [["/old"], [], []]
        found = simulation.timeline([PERIOD, LEFT, RATIO], ["1h20m", "2h10m"])
        early, late = by_route(found[PERIOD, "1h20m"]), by_route(found[PERIOD, "2h10m"])
        assert late["/old"] == early["/old"] == pytest.approx(10_000 / 70_000, rel=0.05)
        assert by_route(found[LEFT, "2h10m"])["/old"] == pytest.approx(1 - late["/old"] / 0.01)
        assert by_route(found[RATIO, "2h10m"]).keys() == {"/buy"}
        every = simulation.timeline(['{__name__=~"slo:.+"}'], [f"{minute}m" for minute in range(1, 131, 8)])
        assert not [labels for samples in every.values() for labels, value in samples if isnan(value)]

    def test_a_value_is_new(self, tmp_path: Path) -> None:
        series = series_of({'route="/buy"': [Phase("2h", 1000)], 'route="/new"': [None, Phase("1h", 100, 5)]})
        simulation = simulated(tmp_path, EVENTS, series)
        found = simulation.timeline([PERIOD, RATIO], ["59m", "1h10m", "2h"])
        assert by_route(found[PERIOD, "59m"]).keys() == by_route(found[RATIO, "59m"]).keys() == {"/buy"}
        for time in ("1h10m", "2h"):
            assert by_route(found[PERIOD, time]) == pytest.approx({"/buy": 0, "/new": 0.05}, rel=0.02)

    def test_a_value_without_errors(self, tmp_path: Path) -> None:
        series = series_of({'route="/buy"': [Phase("1h", 1000, 5)], 'route="/list"': [Phase("1h", 1000)]})
        del series['requests_total{job="shop",route="/list",code="500"}']
        got = simulated(tmp_path, EVENTS, series).values([RATIO, PERIOD, LEFT, "slo:target:ratio"], "1h")
        assert [by_route(samples)["/list"] for samples in got.values()] == [0, 0, 1, 0.99]

    def test_data(self, tmp_path: Path) -> None:
        # One value without data may have no users; all of them without is nothing to judge by.
        phases = [Phase("1h", 100), None]
        gone = series_of({'route="/buy"': phases, 'route="/old"': phases}) | {UP: "1x60 0x60"}
        one = series_of({'route="/buy"': [Phase("2h", 100)], 'route="/old"': phases}) | {UP: "1x60 0x60"}
        for series, firing in ((gone, 1), (one, 0)):
            simulation = simulated(tmp_path, EVENTS + "alerts { ticket when no data for 15m }", series)
            found = simulation.alerts(["SLONoData"], ["1h10m", "1h18m"])
            assert [len(alerts) for alerts in found.values()] == [0, firing]
            assert all("route" not in alert["labels"] for alerts in found.values() for alert in alerts)


ODD = ('a "quoted" one', "back\\slash\\n", "{{ $value }} {{ end }} {", "`tick` 100% %s %q", "two\nlines", "🚨 <b>")


class TestTexts:
    """A page names the value that burns, and its numbers are that value's."""

    BURNING = {  # noqa: RUF012  # read only
        "error_ratio:rate5m": 0.32,
        "error_ratio:rate30m": 0.32,
        "error_ratio:rate1h": 0.25,
        "error_ratio:rate6h": 0.125,
        "errors:rate5m": 2.0,
        "budget_left:ratio": 0.75,
        "target:ratio": 0.99,
    }

    def test_name_the_value(self, tmp_path: Path) -> None:
        text = service(EVENTS + 'target {route="/search"} 95% ' + PAGE, "99% over 30d")
        series = {}
        for route in (*ODD, "/search", "/calm"):
            value = route.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            own = dict(self.BURNING)
            if route == "/search":
                own |= {"error_ratio:rate5m": 0.8, "error_ratio:rate1h": 0.9, "target:ratio": 0.95}
            if route == "/calm":
                own |= {"error_ratio:rate5m": 0.01, "error_ratio:rate1h": 0.01}
            series |= {f'slo:{name}{{slo="shop/answers",service="shop",route="{value}"}}': x for name, x in own.items()}
        found = {alert["labels"]["route"]: alert for alert in render_alerts(rules(text), series, tmp_path)}
        assert found.keys() == {*ODD, "/search"}
        for route, alert in found.items():
            summary, description = alert["annotations"]["summary"], alert["annotations"]["description"]
            burn = "18.0" if route == "/search" else "25.0"
            now, hour, budget = ("80%", "90%", "5%") if route == "/search" else ("32%", "25%", "1%")
            assert summary.startswith(f"shop: answers, route {route}: {now} of requests fail ({burn}x, budget gone in ")
            rest = description.split("\n")[1:]
            assert rest[0] == (
                f"{now} of requests fail now, {hour} over the last 1h. The promise allows {budget} over 30d."
            )
            assert rest[1].startswith("75% of the error budget is left. At this rate, it is exhausted in ")
