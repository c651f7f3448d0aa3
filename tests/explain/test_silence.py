"""The sentence on burn rates that spend the whole budget without an alert, in `sloc explain` and the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from slocompiler.explain.promise import silence
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import answers, compile_text

EVENTS = 'events requests_total{job="shop"} bad {code=~"5.."}'
MINUTES = 'slices 1m good when max(queue{job="shop"}) < 5'
LEFT = "the whole budget can be spent, in"
EXHAUSTED = 'policy { exhausted "Releases wait."'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"{EVENTS} alerts {{ page at 2% of budget in 1h }}", f"less than 14.4% of requests are bad, nothing alerts: {LEFT} 2 days 2 hours or longer."),
        (f"{EVENTS} alerts {{ page at 2% of budget in 1h }} {EXHAUSTED} }}", "less than 14.4% of requests"),
        (f"{EVENTS} alerts {{ page at 2% of budget in 1h }} {EXHAUSTED} notify }}", ""),
        (f"{EVENTS} alerts {{ page at 2% of budget in 1h ticket when budget below 50% }}", ""),
        (f"{EVENTS} alerts {{ page when exhausted within 3d }}", ""),
        (f"{EVENTS} alerts {{ ticket when no data for 1h }}", "No alert depends on errors"),
        (f"{MINUTES} alerts {{ page at 2% of budget in 1h needs 30 bad events }}", f"less than 50% of minutes are bad, nothing alerts: {LEFT} 14 hours 24 minutes or longer."),
        (EVENTS, ""),
        (f"{EVENTS} alerts none", ""),
    ],
)  # fmt: skip  # a table
def test_it_is_said_where_there_is_a_gap(body: str, said: str) -> None:
    (slo,) = compile_text(answers(body)).slos
    assert said in silence(slo)
    assert bool(said) == bool(silence(slo))


def test_pages_and_the_command_print_it(tmp_path: Path) -> None:
    text = answers(f"{EVENTS} alerts {{ page at 2% of budget in 1h }}")
    (slo,) = (program := compile_text(text)).slos
    assert silence(slo)
    pages = render(program, "docs", Options())
    assert sum(silence(slo) in page for page in pages.values()) >= 1
    (tmp_path / "shop.slo").write_text(text, encoding="utf-8")
    for name in ("shop", "shop/answers"):
        assert silence(slo) in sloc(tmp_path, "explain", name).out


def test_a_ticket_is_silent_beside_a_page(tmp_path: Path) -> None:
    lines = "page at 2% of budget in 1h ticket at 10% of budget in 1d ticket when exhausted within 2d ticket when budget below 9%"
    for alerts, count in ((lines, 2), (lines.replace("page", "ticket"), 0), (lines.replace("page", "notify"), 0)):
        text = answers(f"{EVENTS} per route alerts {{ {alerts} }}")
        (tmp_path / "shop.slo").write_text(text, encoding="utf-8")
        assert (
            sloc(tmp_path, "explain", "shop/answers").out.count("    silent while the condition of a page holds\n")
            == count
        )
        page = render(compile_text(text), "docs", Options())["markdown/shop/answers.md"]
        assert page.count(" It is silent while the condition of a page holds.") == count
