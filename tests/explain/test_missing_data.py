"""When the alert for missing data fires, in words, in `sloc explain`, `sloc show` and the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from slocompiler.explain.phrases import plain
from slocompiler.ir import NoData
from slocompiler.targets import render
from slocompiler.targets.prometheus import nodata
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import answers, compile_text

LINE = "alerts { ticket when no data for 15m }"
UNLESS = "alerts { ticket when no data for 15m unless ready{} >= 1 }"
NEVER = "fires if no event was seen for a day or since the rules were loaded"
BUSY = "fires if the events are gone and the day before was never idle"
DOWN = "fires if the events are gone and no target of shop is up"
UNSORTED = "fires if events come and nothing tells which of them are bad"
LATER = "fires a day later if the events are gone in another way, because "
GAUGE = 'slices 1m good when max(queue{job="shop"}) < 5'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('events requests_total{job="shop"} bad {code="500"}', [UNSORTED, NEVER, DOWN, BUSY, LATER + "a target that is up may have no events"]),
        ("events requests_total{} bad errors_total{} per route", [UNSORTED, "fires if bad events lack a label of per (route)", NEVER, BUSY, LATER + "without a fixed `job`, no events may mean no users"]),
        ('events requests_total{} bad {code="500"} per route', [UNSORTED, NEVER, BUSY, LATER + "without a fixed `job`, no events may mean no users"]),
        (GAUGE, ['fires if queue{job="shop"} is absent']),
        (f"{GAUGE} no data is good", [DOWN.replace("events are", "data is"), "does not fire while a target is up, because the SLO says no data is good"]),
        ("slices 1m good when max(queue{}) < 5 no data is good", ["never fires, because the SLO says no data is good"]),
        ("slices 1m good when `max(a) < min(b)`", ["fires if a is absent", "fires if b is absent"]),
        (f"{GAUGE} {UNLESS}", ['fires if queue{job="shop"} is absent and no series has ready >= 1']),
        (f"{GAUGE} no data is good {UNLESS}", ["fires if the data is gone and no series has ready >= 1", "does not fire while ready >= 1"]),
        (f"events requests_total{{job=\"shop\"}} bad errors_total{{}} {UNLESS}", [UNSORTED, NEVER, "fires if the events are gone and no series has ready >= 1", "fires a day later if the events are gone while ready >= 1"]),
        ('events requests_total{} bad {code="500"} per route alerts { page when no data of one route for 15m }', ["fires if a value of route has no data and was never idle the day before", "does not fire for a value that is new or was idle, nor for more than a day"]),
        ("slices 1m good when `a < 5 or absent(a)`", ["never fires, because the condition decides what absent data means"]),
    ],
)  # fmt: skip  # a table
def test_it_is_said_what_the_rule_does(body: str, said: list[str], tmp_path: Path) -> None:
    body = body if "alerts" in body else f"{body} {LINE}"
    program = compile_text(answers(body))
    (slo,) = program.slos
    (line,) = slo.alerts
    assert isinstance(line, NoData)
    assert [plain(phrase) for phrase in nodata.in_words(slo, line)] == said
    assert len(nodata.branches(slo, line)) == sum(text.startswith("fires if") for text in said)
    (tmp_path / "shop.slo").write_text(answers(body), encoding="utf-8")
    explained = sloc(tmp_path, "explain", "shop/answers").out
    assert all(f"    {text}\n" in explained for text in said)
    late = [text for text in said if not text.startswith("fires if")]
    shown = sloc(tmp_path, "show", "shop/answers").out
    assert all(f"the alert {text}" in shown for text in late)
    assert late or "the alert " not in shown


def test_nothing_is_said_without_a_line() -> None:
    program = compile_text(answers(f"{GAUGE} no data is good alerts {{ page at 2% of budget in 1h }}"))
    assert not any("The alert for missing data" in page for page in render(program, "docs", Options()).values())
