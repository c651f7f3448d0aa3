"""The pages for people who come from other tools have rules that record the old names, with the values of the events."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from slocompiler.compiler import render
from slocompiler.project import load
from slocompiler.source import Source
from support.compile import ROOT
from support.pages import page
from support.promtool import Simulation
from support.traffic import counter

PAGES = {"sloth": "shop", "pyrra": "checkout", "rules": "checkout"}
"""The job of the events on each page."""
BAD, ALL = 6, 60
"""Bad requests and all requests a minute."""
RATIO = BAD / ALL
TARGET, LASTS = 0.999, 3 * 60
LEFT = 'slo:budget_left:ratio{slo="shop/requests-availability"}'
EXPECTED = {
    "pyrra_objective": TARGET,
    "slo:objective:ratio": TARGET,
    "pyrra_availability": 1 - RATIO,
    "pyrra_requests:rate5m": ALL / 60,
    "pyrra_errors:rate5m": BAD / 60,
    "slo:current_burn_rate:ratio": RATIO / (1 - TARGET),
}
"""By the old name; every other one is the share of bad events, or what is left of the budget."""


def labels(of: str) -> dict[str, str]:
    """Those by which each tool tells its series apart."""
    if of == "sloth":
        ours = "requests-availability"
        return {"sloth_id": f"shop-{ours}", "sloth_service": "shop", "sloth_slo": ours}
    return {"slo": "checkout-errors"} if of == "pyrra" else {}


@pytest.mark.parametrize("tool", PAGES)
def test_old_names_have_the_values_of_the_events(tool: str, tmp_path: Path) -> None:
    on = page(ROOT / "docs" / f"coming-from-{tool}.md")
    (old,) = (block.text for block in on.blocks if block.file == "old-names.rules.yaml")
    program, problems = on.compile(next(block for block in on.blocks if block.kind == "slo"))
    assert program, problems
    settings = "scrape_interval: 1m\nevaluation_interval: 1m\ntargets: {prometheus: {catch_up: false}}\n"
    project = load(Source("sloc.yaml", settings))[0]
    (text,) = render(program, "prometheus", project.options()).values()
    for name, content in (("new", text), ("old", old)):
        (tmp_path / f"{name}.rules.yaml").write_text(content, "utf-8")
    names = [rule["record"] for group in yaml.safe_load(old)["groups"] for rule in group["rules"]]
    shown = set(
        re.findall(
            r"`([a-z_:0-9]+)`",
            "".join(line for line in on.text.splitlines() if line.startswith("| `") or line.startswith("| a")),
        )
    )
    assert set(names) <= shown, "the table of the page has them"
    series = {
        f'http_requests_total{{job="{PAGES[tool]}",route="/",code="{code}"}}': counter((f"{LASTS}m", many), scrape=60)
        for code, many in (("200", ALL - BAD), ("500", BAD))
    }
    files = [tmp_path / f"{name}.rules.yaml" for name in ("new", "old")]
    found = Simulation(files, series).values([*names, LEFT], LASTS * 60)
    for name in names:
        own = [(one, value) for one, value in found[name] if labels(tool).items() <= one.items()]
        assert len(own) == 1, (name, found[name])
        expected = found[LEFT][0][1] if "remaining" in name else EXPECTED.get(name, RATIO)
        assert own[0][1] == pytest.approx(expected, rel=0.02), name
