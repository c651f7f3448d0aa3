"""`sloc test` of `when down` and of the forms of `when no data`: each way to break a rule fails a case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from slocompiler.cli.clicked import group
from slocompiler.targets.promtest import render as promtest
from support import binaries

DOWN = """service shop {
  owner "x"
  slo a 99.9% over 30d { events x_total{job="a"} bad {code="5"} alerts { page when down for 5m } }
}
"""


GONE = """service shop {
  owner "x"
  slo a 99.9% over 30d {
    events x_total{} bad {code="5"} per route
    alerts {
      ticket when no data for 15m unless up{} > 0.5
      ticket when no data of one route for 10m
    }
  }
}
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong", "said"),
    [
        (DOWN, "<= 0.2", "<= 0", "page when down, a crash loop: it should page; it did not"),
        (DOWN, "[4m]", "[14m]", "page when down, gone while in use: it should page; it did not"),
        (DOWN, " and on() max(last_over_time", " or on() max(last_over_time", "page when down, gone while idle: it should not page; it did"),
        (DOWN, "for: 1m", "for: 5m", "page when down, every scrape fails: it should page; it did not"),
        (DOWN, "sum_over_time(up", "0 * sum_over_time(up", "page when down, a restart: it should not page; it did"),
        (DOWN, "", "", ""),
        (GONE, "(up > 0.5)", "(up > 5)", "ticket when no data for 15m, proved to be no outage: without data for 15m it should not alert; it did"),
        (GONE, "unless on() (up > 0.5)", "and on() (up > 0.5)", "ticket when no data for 15m, unproved: without data for 15m it should alert; it did not"),
        (GONE, "unless on(route)", "and on(route)", "ticket when no data of one route: the value that is gone should alert, and no other; this was not so"),
        (GONE, "", "", ""),
    ],
)  # fmt: skip  # a table
def test_a_broken_rule_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, right: str, wrong: str, said: str
) -> None:
    real = promtest.render_service

    def broken(*arguments: object) -> Iterator[tuple[str, str]]:
        made = dict(real(*arguments))  # type: ignore[arg-type]  # as given
        assert any(right in text for text in made.values())
        return ((name, text.replace(right, wrong) if right else text) for name, text in made.items())

    monkeypatch.setattr(promtest, "render_service", broken)
    path = tmp_path / "shop.slo"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(group, ["test", "--promtool", str(binaries.promtool()), str(path)])
    assert done.exit_code == (1 if said else 0), done.output
    assert (f": {said}\n" in done.output) == bool(said), done.output
