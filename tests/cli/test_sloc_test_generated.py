"""`sloc test` fails no correct program: it is right or says that it does not test an SLO."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support import binaries, generated
from support.command import sloc

ONCE_FAILED = {
    "less than all of a budget": """events x_total{job="a"} bad {code="500"} alerts { ticket when budget below 99% }""",
    "excluded events and a high limit": (
        """events x_total{job="a"} good {route="a"} exclude {zone="x"} or {code="eu"} "Nobody." """
        """alerts { notify when budget below 99% }"""
    ),
    "a carriage return": """events x_total{job="a"} bad {code="500"} per status target {status="\\u000d"} 90%""",
    "a line feed": """events x_total{job="a"} bad {code="500"} per status, region target {region="\\n"} 95%""",
    "few bad events, and a line of days": (
        """events x_total{job="a"} good {code="200"} """
        """alerts { page at 86.6% of budget in 6h notify at 53% of budget in 3d needs 10 bad events }"""
    ),
    "many bad events at coarse evaluations": (
        """events x_total{job="a"} bad {code="500"} alerts { page at 22.5% of budget in 6h needs 1000 bad events }"""
    ),
    "exhausted, with many bad events": (
        """events x_total{job="a"} bad {code="500"} alerts { notify when exhausted within 4h needs 1000 bad events }"""
    ),
    "a short line beside a long one": (
        """events x_seconds{} good below 300ms """
        """alerts { ticket at 0.8% of budget in 30m page at 3.2% of budget in 2h }"""
    ),
    "a proof that is the target": (
        """events x_total{job="a"} bad {code="500"} alerts { ticket when no data for 15m unless up{job="a"} > 0.5 }"""
    ),
    "a value that is always bad": (
        """events x_total{job="a"} bad {method="500"} or {code="200"} per method alerts { ticket when budget below 42% }"""
    ),
}


@pytest.mark.parametrize("text", ONCE_FAILED.values(), ids=ONCE_FAILED)
def test_was_failed_once(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text(f'service a {{ owner "o" slo x 99.99% over 30d {{ {text} }} }}\n', "utf-8")
    answer = sloc(tmp_path, "test", "--promtool", str(binaries.promtool()))
    assert re.fullmatch(r"ok    a/x  \d+ cases\n1 SLO, \d+ cases: all passed\n", answer.out), answer.out


def test_generated_programs(tmp_path: Path) -> None:
    for seed, text, _ in generated.programs(0, 14):
        (tmp_path / f"p{seed}.slo").write_text(text.replace("service a ", f"service p{seed} ", 1), "utf-8")
    answer = sloc(tmp_path, "test", "--promtool", str(binaries.promtool()))
    assert [line for line in answer.out.split("\n") if re.match("FAIL| {6}", line)] == []
    assert answer.code == 0
    assert len(re.findall(r"(?m)^ok ", answer.out)) > 6
