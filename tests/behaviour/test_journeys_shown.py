"""What dashboards show of a journey, and journeys in deployments."""

from __future__ import annotations

from pathlib import Path

import pytest

from slocompiler import ir
from slocompiler.deployments import deployed
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import compile_text
from support.grafana import dashboards, panels
from support.journeys import OFF, SCRAPE, SERIES, SHOP, counters
from support.promtool import Simulation
from support.traffic import only, simulate

pytestmark = pytest.mark.usefixtures("every_prometheus")


def test_the_dashboard_shows_at_which_step_journeys_fail(tmp_path: Path) -> None:
    journey = """journey buying 20% over 1d { owner "shop" through shop/search, shop/cart 2 times, shop/card or shop/invoice
      alerts none }"""
    program = compile_text(SHOP + journey)
    (panel,) = [
        one
        for data in dashboards(program, "classic", scrape_interval=SCRAPE, evaluation_interval=SCRAPE).values()
        for one in panels(data)
        if one.title == "Journeys that fail, by step"
    ]
    asked = [query["expr"] for query in panel.queries]
    failed = 'slo:error_ratio:rate5m{slo="buying/journey"}'
    found = simulate(tmp_path, SHOP + journey, SERIES, SCRAPE).values([*asked, failed], "40m")
    shares = [only(found[expr]) for expr in asked]
    assert shares == pytest.approx([0.1, 0.9 * (1 - 0.95**2), 0.9 * 0.95**2 * 0.4 * 0.25], rel=OFF)
    assert sum(shares) == pytest.approx(only(found[failed]), rel=OFF)


def test_each_deployment_has_a_journey_of_its_own(tmp_path: Path) -> None:
    """The regions of the search are deployments now, with other shares of failures."""
    regions = ("eu", "us")
    steps = """service shop { owner "shop"
      slo search 99% over 1d { events requests_total{job="search"} bad {code="500"} alerts none }
      slo cart 99% over 1d { events requests_total{job="cart"} bad {code="500"} alerts none } }
      journey buying 20% over 1d { owner "shop" through shop/search, shop/cart alerts none }"""
    series = {
        **counters("search", 900, 100, ',region="eu"'),
        **counters("cart", 950, 50, ',region="eu"'),
        **counters("search", 800, 200, ',region="us"'),
        **counters("cart", 500, 500, ',region="us"'),
    }
    rules = []
    for region in regions:
        label = ir.Label(name="region", value=region)
        here = ir.Deployment(name=region, where=(ir.Matcher("region", "=", region),), labels=(label,))
        options = Options(scrape_interval=SCRAPE, evaluation_interval=SCRAPE, folder=f"{region}-")
        for name, text in render(deployed(compile_text(steps), here), "prometheus", options).items():
            rules.append(tmp_path / name)
            rules[-1].write_text(text, encoding="utf-8")
    simulation = Simulation(rules, series, interval=f"{SCRAPE}s", evaluation_interval=f"{SCRAPE}s")
    found = simulation.values(['slo:error_ratio:rate5m{slo="buying/journey"}'], "40m")
    ((_, samples),) = found.items()
    ratios = {labels["region"]: value for labels, value in samples}
    assert ratios == pytest.approx({"eu": 1 - 0.9 * 0.95, "us": 1 - 0.8 * 0.5}, rel=OFF)
