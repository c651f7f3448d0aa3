"""`sloc test` of `when down`: each way to break the rule fails a case."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from slocompiler.cli import main
from slocompiler.targets.promtest import render as promtest
from support import binaries

DOWN = """service shop {
  owner "x"
  slo a 99.9% over 30d { events x_total{job="a"} bad {code="5"} alerts { page when down for 5m } }
}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("<= 0.2", "<= 0", "a crash loop: it should page; it did not"),
        ("[4m]", "[14m]", "gone while in use: it should page; it did not"),
        (" and on() max(last_over_time", " or on() max(last_over_time", "gone while idle: it should not page; it did"),
        ("for: 1m", "for: 5m", "every scrape fails: it should page; it did not"),
        ("sum_over_time(up", "0 * sum_over_time(up", "a restart: it should not page; it did"),
        ("", "", ""),
    ],
)
def test_a_broken_rule_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str, said: str
) -> None:
    real = promtest.render_service

    def broken(*arguments: object) -> dict[str, str]:
        made = real(*arguments)  # type: ignore[arg-type]  # as given
        assert any(right in text for text in made.values())
        return {name: text.replace(right, wrong) if right else text for name, text in made.items()}

    monkeypatch.setattr(promtest, "render_service", broken)
    path = tmp_path / "shop.slo"
    path.write_text(DOWN, encoding="utf-8")
    done = CliRunner().invoke(main, ["test", "--promtool", str(binaries.promtool()), str(path)])
    assert done.exit_code == (1 if said else 0)
    assert (f"shop/a: page when down, {said}\n" in done.output) == bool(said)
