"""The map of errors by their share and length, at some of its points: the first page and the first ticket in promtool."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from slocompiler import burn
from slocompiler.ir import Severity
from support.compile import compile_text
from support.traffic import EVENTS, Phase, counters, service, simulate

SLO = service(EVENTS, "99% over 1d")
QUIET = 7 * 60
"""Minutes without errors, so that the longest window is full."""
DELAY = 3
"""Minutes for scraping, evaluation and whole minutes."""


def alerts(share: Fraction, after: list[int], folder: Path) -> list[set[str]]:
    """The severities of the alerts that fire this number of minutes after this share of events became bad."""
    phases = [Phase(f"{QUIET}m", 1000), Phase(f"{max(after) + 1}m", 1000, int(1000 * share))]
    simulation = simulate(folder, SLO, counters(phases))
    found = simulation.timeline(['ALERTS{alertname="SLOBurn",alertstate="firing"}'], [f"{QUIET + at}m" for at in after])
    return [{labels["severity"] for labels, _ in one} for one in found.values()]


def soonest(severity: Severity, share: Fraction) -> int | None:
    """After how many minutes the map says that an alert fires."""
    (slo,) = compile_text(SLO).slos
    lines = [line for line in slo.alerts if line.severity == severity]
    time = burn.soonest(lines, slo.target, slo.window, share)
    return None if time is None else int(time) // burn.MINUTE


def test_a_page_fires_where_the_map_says(tmp_path: Path) -> None:
    share = Fraction(1, 10)
    at = soonest("page", share)
    assert at == 28
    assert alerts(share, [at - 1, at + DELAY], tmp_path) == [set(), {"page"}]


def test_a_ticket_fires_where_the_map_has_no_page(tmp_path: Path) -> None:
    share = Fraction(1, 25)
    assert soonest("page", share) is None
    at = soonest("ticket", share)
    assert at == 180
    waits = burn.TICKET_WAITS // burn.MINUTE
    assert alerts(share, [at + waits - 1, at + waits + DELAY], tmp_path) == [set(), {"ticket"}]
