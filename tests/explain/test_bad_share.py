"""`when more than P bad over W`: the same alert as a share of the budget, and read as it was written."""

from __future__ import annotations

from slocompiler.explain.slo import meaning
from slocompiler.ir import Program
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import compile_text

BUDGET, BAD = (
    "page at 2% of budget in 1h needs 5 bad events",
    "page when more than 1.44% bad over 1h needs 5 bad events",
)


def program(line: str, body: str = "") -> Program:
    """An SLO with one alert line; its budget is 0.1% in 30d."""
    events = 'events requests_total{job="shop"} bad {code=~"5.."}'
    return compile_text(f'service shop {{ owner "a" slo x 99.9% over 30d {{ {events} {body} alerts {{ {line} }} }} }}')


def test_rules_are_those_of_the_share_of_the_budget() -> None:
    by_budget, by_bad = (render(program(line), "prometheus", Options()) for line in (BUDGET, BAD))
    assert by_budget == by_bad
    assert "> 14.4\n" in "".join(by_bad.values())


def test_it_is_the_same_for_every_target() -> None:
    of_values = program(BAD, 'per route target {route="/slow"} 99%')
    rules = "".join(render(of_values, "prometheus", Options()).values())
    assert "/ 0.001 > 14.4\n" in rules
    assert 'slo:error_ratio:rate1h{slo="shop/x",route="/slow"} / 0.01 > 1.44\n' in rules


def test_explain_says_both_shares() -> None:
    (service,) = program(BAD).services
    (slo,) = service.slos
    text = "\n".join(meaning(slo, service, [], Options()))
    assert f"  {BAD}\n    fires above 1.44% bad over 1h and over 5m, a burn rate of 14.4\n" in text
    assert "    at that rate, 2% of the budget is gone in 1h\n" in text


def test_pages_and_charts_name_it() -> None:
    pages = render(program(BAD), "docs", Options())
    assert f"| `{BAD}` | after 52s, 2% gone |" in pages["markdown/shop/x.md"]
    assert "page: 1.44% bad in 1h" in pages["site/shop/x.html"]
