"""What bad events have in common: dashboards ask raw series for the same bad events that the rules record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from support.compile import compile_text
from support.grafana import chosen, dashboards, fill, panel
from support.histograms import INF, histogram
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


@pytest.mark.usefixtures("every_prometheus")
def test_dashboards_show_the_bad_events_that_are_recorded(tmp_path: Path) -> None:
    slos = " ".join(
        f'slo {name} 99% over 30d {{ because "" alerts none {body} per route }}' for name, body in SHAPES.items()
    )
    source = f'service shop {{ owner "shop" stakeholders "all" {slos} }}'
    made = dashboards(compile_text(source))
    asked = {name: panel(made[f"shop.{name}"], "Bad events per second").queries for name in SHAPES}
    shown = {
        name: [fill(query["expr"], chosen(made[f"shop.{name}"], by="route")) for query in queries]
        for name, queries in asked.items()
    }
    recorded = {name: f'slo:errors:rate5m{{slo="shop/{name}"}}' for name in SHAPES}
    simulation = simulate(tmp_path, source, series(), scrape=60)
    found = simulation.values([*recorded.values(), *(expr for exprs in shown.values() for expr in exprs)], "30m")

    def by_route(exprs: Iterable[str]) -> dict[str, float]:
        """What expressions return by route, added up."""
        total: dict[str, float] = {}
        for labels, value in (sample for expr in exprs for sample in found[expr]):
            total[labels["route"]] = total.get(labels["route"], 0) + value
        return total

    bad = {name: by_route([expr]) for name, expr in recorded.items()}
    assert [name for name, routes in bad.items() if routes.keys() != set(ROUTES)] == []
    assert {name: by_route(exprs) for name, exprs in shown.items()} == {
        name: pytest.approx(routes) for name, routes in bad.items()
    }
