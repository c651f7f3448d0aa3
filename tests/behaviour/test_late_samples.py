"""A sample has the time at which its evaluation was due, and can be read once that is done: no count may miss it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from slocompiler.targets.shared import Options
from support.compile import rules
from support.promtool import Simulation
from support.traffic import EVENTS, Phase, counters

MEASURED = {
    "counters": EVENTS,
    "excluded": f"{EVENTS} exclude when `max(maintenance) == 1`",
    "raw": 'events `sum(rate(requests_total{job="shop"}[$window]))` '
    'bad `sum(rate(requests_total{job="shop",code="500"}[$window]))`',
    "slices": 'slices 1m good when `sum(rate(requests_total{job="shop",code="500"}[2m])) < 0.1`',
    "slices-of-counters": f"slices 1m with 80% good {EVENTS}",
}
TRAFFIC = [Phase("20m", 60, 3), Phase("20m", 60, 30), Phase("50m", 0)]
ORDERS = [("events", "errors", "rollup"), ("events", "rollup", "errors"), ("rollup", "events", "errors")]
"""What is evaluated at a time before what. In servers, groups are evaluated side by side."""


def simulation(folder: Path, order: tuple[str, ...]) -> Simulation:
    """The SLOs, each with one group for its events and one for its errors."""
    slos = "".join(f"slo {name} 99% over 30d {{ alerts none {measured} }}\n" for name, measured in MEASURED.items())
    text = rules(f'service shop {{ owner "o"\n{slos} }}', Options(scrape_interval=60, evaluation_interval=60))
    groups = {group["name"]: group for group in yaml.safe_load(text)["groups"]}
    for name in MEASURED:
        both = groups.pop(f"shop/{name} sli")
        events, *others = both["rules"]
        groups[f"shop/{name} events"] = {"name": f"shop/{name} events", "rules": [events]}
        groups[f"shop/{name} errors"] = {"name": f"shop/{name} errors", "rules": others}
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": [*groups.values()]}), "utf-8")
    ordered = [f"shop/{name} {group}" for name in MEASURED for group in (*order, "budget")]
    return Simulation([folder / "rules.yaml"], counters(TRAFFIC, 60), interval="1m", group_eval_order=ordered)


@pytest.mark.usefixtures("every_prometheus")
@pytest.mark.parametrize("order", ORDERS, ids=", ".join)
def test_every_sample_is_counted_once(tmp_path: Path, order: tuple[str, ...]) -> None:
    exprs = [
        query
        for what in ("events", "errors")
        for query in (
            f"sum_over_time(slo:{what}:increase5m[80m:5m])",
            f"sum_over_time(slo:{what}:rate5m[80m] offset 1m)",
        )
    ]
    found = {
        expr: {labels["slo"]: value for labels, value in samples}
        for expr, samples in simulation(tmp_path, order).values(exprs, "80m").items()
    }
    for counts, samples in (exprs[:2], exprs[2:]):
        assert found[counts].keys() == {f"shop/{name}" for name in MEASURED}
        for slo, counted in found[counts].items():
            assert counted > 0
            assert counted == pytest.approx(found[samples][slo] * (1 if "slices" in slo else 60)), slo
