"""Live commands and journeys: the past of a journey is what the rules of its steps have recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.accuracy.series import BEGIN

from support.command import sloc
from support.replayed import by_backtest, samples
from support.server import Prometheus

TEXT = """service shop {
  owner "shop" stakeholders "everyone" runbook "https://runbooks.example.org"
  slo cart 99.9% over 5d { events x_total{job="cart"} bad {code="500"} because "It is a test." }
  slo pay 99.9% over 5d { events x_total{job="pay"} bad {code="500"} because "It is a test." }
}
journey buying 99.5% over 5d {
  owner "shop" stakeholders "everyone" runbook "https://runbooks.example.org" review every 90d last 2026-10-01
  through shop/cart, shop/pay
  policy { exhausted "Feature work stops." }
  alerts { page at 10% of budget in 1h ticket when no data for 15m }
  because "It is a test."
}
"""
HOURS = 5
_LOST = [0] * 240 + [5 * number for number in range(1, 11)] + [50] * 18 + [5 * number for number in range(9, -1, -1)]
SERIES = {
    'slo:events:rate5m{slo="shop/cart"}': "200x599",
    'slo:errors:rate5m{slo="shop/cart"}': "0x599",
    'slo:events:rate5m{slo="shop/pay"}': "100x599",
    'slo:errors:rate5m{slo="shop/pay"}': " ".join(map(str, _LOST + [0] * (600 - len(_LOST)))),
}
"""Half of the payments fail for 14 minutes, after two hours."""


def test_a_backtest_replays_a_journey(tmp_path: Path) -> None:
    """Above 6% over an hour it pages: half of all fail for 7.2 minutes."""
    fired = by_backtest(tmp_path, TEXT, SERIES, HOURS)
    minutes = fired["buying/journey", "", "SLOBurn", "page"]
    assert 126 <= min(minutes) <= 131
    assert 134 <= max(minutes) <= 160
    assert fired.keys() & {("buying/journey", "", "SLONoData", "ticket")} == set()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, tuple[str, ...]]]:
    folder = tmp_path_factory.mktemp("live")
    server = Prometheus(folder / "server")
    lines = [
        f"{name} {value} {BEGIN + 30 * number}"
        for name, values in sorted(SERIES.items(), key=lambda one: one[0].partition("{")[0])
        for number, value in enumerate(samples(values))
    ]
    server.backfill("\n".join([*lines, "# EOF\n"]))
    (folder / "shop.slo").write_text(TEXT, encoding="utf-8")
    with server:
        yield folder, ("--url", f"http://{server.address}", "--now", f"{BEGIN + HOURS * 3600}")


def test_the_state_of_a_journey_from_its_steps(project: tuple[Path, tuple[str, ...]]) -> None:
    folder, live = project
    done = sloc(folder, "status", "--raw", *live, "--format", "json")
    assert done.code == 0, done
    (row,) = [one for one in json.loads(done.out)["slos"] if one["id"] == "buying/journey"]
    # 14 of 300 minutes with half of the payments; five hours are a part of the window of five days.
    assert 1 - row["values"][0]["kept"] == pytest.approx(0.5 * 14 / 300, rel=0.1)


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("report", "--period", "2d"),
        ("verify",),
        ("suggest", "--over", "5h"),
        ("backfill", "--output", "history"),
        ("gate", "buying"),
        ("review",),
        ("site", "--output", "pages"),
    ],
    ids=lambda one: one[0],
)
def test_no_command_fails_at_a_journey(project: tuple[Path, tuple[str, ...]], command: tuple[str, ...]) -> None:
    folder, live = project
    done = sloc(folder, *command, *live)
    assert "bug in sloc" not in done.out + done.err
    assert "Usage" not in done.err
    assert done.code in (0, 1, 2), done
