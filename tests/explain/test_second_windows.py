"""`sloc explain` and the documentation name the windows that the rules read, for slices of time too."""

from __future__ import annotations

import re

import pytest

from slocompiler.explain.slo import meaning
from slocompiler.targets import render
from slocompiler.targets.prometheus.render import groups_of
from slocompiler.targets.shared import Options
from support.compile import compile_text

SHAPES = {
    "events": 'events requests_total{job="shop"}\n bad {code=~"5.."}',
    "short slices": 'slices 1m\n good when max(queue{job="shop"}) < 5\n no data is bad',
    "long slices": 'slices 30m\n good when max(queue{job="shop"}) < 5\n no data is bad',
    "slices of events": 'slices 20m with 90% good\n events requests_total{job="shop"}\n bad {code=~"5.."}',
}


@pytest.mark.parametrize("name", SHAPES)
def test_are_those_of_the_rules(name: str) -> None:
    alerts = "alerts { page at 2% of budget in 2h }"
    program = compile_text(f'service shop {{ owner "team" slo x 90% over 30d {{ {SHAPES[name]}\n {alerts} }} }}')
    (service,) = program.services
    (slo,) = service.slos
    rules = [rule for group in groups_of(slo, service, Options()) for rule in group.rules]
    (alert,) = (rule for rule in rules if rule.name == "SLOBurn")
    short = re.findall(r"slo:error_ratio:rate(\w+)", alert.expr)[1]
    explained = "\n".join(meaning(slo, service, rules, Options()))
    assert f"bad over 2h and over {short}, " in explained
    assert f"ends within {short} of recovery" in explained
    assert f"are bad over 2h and over {short}" in render(program, "docs", Options())["markdown/shop/x.md"]
