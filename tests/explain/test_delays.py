"""What scraping, evaluation and slices of time add to the times that `sloc explain` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from slocompiler.explain.words import delays
from support.command import sloc
from support.compile import compile_text

EVENTS = 'events requests_total{job="shop"} bad {code=~"5.."}'
QUEUE = 'good when max(queue{job="shop"}) < 5'
ALERTS = "alerts { page at 2% of budget in 2h }"


def source(**bodies: str) -> str:
    slos = "\n".join(f"slo {name} 90% over 30d {{\n {body}\n {ALERTS}\n}}" for name, body in bodies.items())
    return f'service shop {{\n owner "team" stakeholders "all" runbook "https://r.example.org"\n {slos}\n}}'


@pytest.mark.parametrize(
    ("scrape", "evaluation", "added"),
    [
        (30, 30, "1.5 minutes"),
        (15, 15, "45 seconds"),
        (60, 60, "3 minutes"),
        (60, 30, "2 minutes"),
        (20, 20, "1 minute"),
    ],
)
def test_follow_the_intervals(scrape: int, evaluation: int, added: str) -> None:
    found = delays(compile_text(source(x=EVENTS)).slos, scrape, evaluation)
    assert found == (
        f"Times start at the first bad event. Scraping and evaluation add about {added}; a ticket waits 15 minutes more."
    )


def test_a_slice_is_judged_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text(source(x=EVENTS, y=f"slices 30m\n {QUEUE}", z=f"slices 1m\n {QUEUE}"))

    def said(what: str) -> str:
        (line,) = (line for line in sloc(tmp_path, "explain", what).out.splitlines() if line.startswith("Times "))
        return line.partition(" add about ")[2].partition(";")[0]

    assert said("shop/x") == "1.5 minutes"
    assert said("shop/y") == "1.5 minutes, a slice of time up to 30 minutes"
    assert said("shop/z") == "1.5 minutes, a slice of time up to 1 minute"
    assert said("shop") == "1.5 minutes, a slice of time up to 30 minutes"
    (tmp_path / "sloc.yaml").write_text("{scrape_interval: 10s, evaluation_interval: 10s}")
    assert said("shop/x") == "30 seconds"
