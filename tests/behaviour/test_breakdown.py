"""What bad events have in common: dashboards ask raw series for the same bad events that the rules record."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from support.compile import compile_text
from support.grafana import chosen, dashboards, fill, panel
from support.histograms import INF, histogram
from support.promtool import Simulation
from support.traffic import counter, simulate

SHAPES = {
    "bad": 'events requests_total{job="shop"} exclude {route="/health"} bad {code=~"5.."}',
    "bad-of-two": 'events requests_total{job="shop"} bad {code="500"} or {code="503", route="/pay"}',
    "good-counter": 'events requests_total{job="shop"} good served_total{job="shop"}',
    "below": 'events took_seconds{job="shop"} good {code!~"5.."} below 300ms',
    "above": 'events took_seconds{job="shop"} good above 300ms',
    "above-of-some": 'events took_seconds{job="shop"} good {code!~"5.."} above 300ms',
}
"""One counter or histogram each, of which rules record the bad events."""
ROUTES = ("/pay", "/search")


def series() -> dict[str, str]:
    """Half an hour of two routes; on one of them a counter that is not a number, as some clients have it."""
    made = {}
    for number, route in enumerate(ROUTES, 1):
        for code, pace in (("200", 600), ("500", 20 * number), ("503", 10)):
            labels = f'job="shop",route="{route}",code="{code}"'
            made[f"requests_total{{{labels}}}"] = counter(("30m", pace), scrape=60)
            made[f"served_total{{{labels}}}"] = counter(("30m", pace if code == "200" else 0), scrape=60)
            slow = {"0.1": (pace // 2,), "0.3": (pace * 3 // 4,), INF: (pace,)}
            made |= histogram("took_seconds", {f'route="{route}",code="{code}",': slow}, ("30m",))
    made['requests_total{job="shop",route="/search",code="500",instance="odd"}'] = "NaN " * 31
    made['served_total{job="shop",route="/search",code="200",instance="odd"}'] = "NaN " * 31
    return made


@pytest.fixture(scope="module")
def source() -> str:
    slos = " ".join(f'slo {name} 99% over 30d {{ because "" {body} per route }}' for name, body in SHAPES.items())
    return f'service shop {{ owner "shop" stakeholders "all" runbook "" {slos} }}'


@pytest.fixture(scope="module")
def simulation(source: str, tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("breakdown"), source, series(), scrape=60)


def by_route(simulation: Simulation, exprs: Iterable[str]) -> dict[str, float]:
    """What expressions return by route, added up."""
    found: dict[str, float] = {}
    for samples in simulation.values(exprs, "30m").values():
        for labels, value in samples:
            found[labels["route"]] = found.get(labels["route"], 0) + value
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_dashboards_show_the_bad_events_that_are_recorded(name: str, source: str, simulation: Simulation) -> None:
    data = dashboards(compile_text(source))[f"shop.{name}"]
    shown = panel(data, "Bad events per second")
    asked = [fill(query["expr"], chosen(data, by="route")) for query in shown.queries]
    recorded = by_route(simulation, [f'slo:errors:rate5m{{slo="shop/{name}"}}'])
    assert recorded.keys() == set(ROUTES)
    assert by_route(simulation, asked) == pytest.approx(recorded)
