"""Burn lines of young SLOs: a window that is longer than the SLO is old counts what is not there yet as good."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from support.promtool import Simulation
from support.traffic import EVENTS, Phase, counter, counters, service, simulate

JOB = 'job="shop"'
MANY = 100_000
"""Requests a minute: at 99.9%, 100 may fail."""
BURNS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "a bad first hour": (("1h", 2.4), ("47h", 0.5)),
    "a bad half hour": (("30m", 5), ("47h30m", 0.5)),
    "a bad morning": (("6h", 1.7), ("42h", 0.1)),
    "a roll-out": (("10m", 10), ("47h50m", 0.3)),
    "a bad half day": (("12h", 1.6), ("36h", 0.2)),
    "nearly all of the budget": (("2d", 0.9),),
    "after two hours": (("2h", 0.2), ("30m", 8), ("45h30m", 0.2)),
    "a little too much": (("20h", 1.2), ("28h", 0.5)),
}
"""Burn rates of young SLOs that are healthy: after their first two days, each has spent less than a tenth of its budget."""


def healthy() -> tuple[str, dict[str, str]]:
    """A service with an SLO for each of BURNS, and the counters of all."""
    slos, given = [], {}
    for number, burns in enumerate(BURNS.values()):
        job = f'job="j{number}"'
        body = f'because "It is a test." {EVENTS.replace(JOB, job)}'
        slos.append(f"slo s{number} 99.9% over 30d {{ {body} }}")
        phases = [Phase(lasts, MANY, round(100 * burn)) for lasts, burn in burns]
        given |= {name.replace(JOB, job): values for name, values in counters(phases, 60).items()}
    head = 'owner "shop" stakeholders "everyone" runbook "https://runbooks.example.org"'
    return f"service shop {{ {head} {' '.join(slos)} }}", given


def burning(simulation: Simulation, minutes: range) -> Iterator[int]:
    """The minutes at which `SLOBurn` fires."""
    found = simulation.alerts(["SLOBurn"], [f"{minute}m" for minute in minutes])
    return (minute for minute, alerts in zip(minutes, found.values(), strict=True) if alerts)


class TestHealthy:
    """Too few bad events to spend the budget: a burn rate over the short past of a young SLO alerts nobody."""

    @pytest.mark.usefixtures("prometheus_3")
    def test_no_alert_in_two_days(self, tmp_path: Path) -> None:
        text, given = healthy()
        simulation = simulate(
            tmp_path, text, given, scrape=60, evaluate=300
        )  # an alert lasts longer than four of these
        fired, left = 'count_over_time(ALERTS{alertstate="firing"}[2d])', "slo:budget_left:ratio"
        found = simulation.values([fired, left], "2d")
        assert found[fired] == []
        assert len(found[left]) == len(BURNS)
        assert all(0.9 < value < 1 for _, value in found[left])

    @pytest.mark.usefixtures("every_prometheus")
    def test_a_new_value(self, tmp_path: Path) -> None:
        # The ticket's line is a burn rate of 3. Both values burn at 4: one for the whole day, one for its first hour.
        phases = {"/old": [("1d", 1000)], "/new": [("23h", None), ("1h", 1000)]}
        given = {
            f'requests_total{{{JOB},route="{route}",code="{code}"}}': counter(
                *((lasts, pace and pace * share // 100) for lasts, pace in paces), scrape=60
            )
            for route, paces in phases.items()
            for code, share in (("200", 96), ("500", 4))
        }
        body = f"{EVENTS} per route alerts {{ ticket at 10% of budget in 1d }}"
        simulation = simulate(tmp_path, service(body, "99% over 30d"), given, scrape=60, evaluate=300)
        (found,) = simulation.alerts(["SLOBurn"], ["1d"]).values()
        assert [alert["labels"]["route"] for alert in found] == ["/old"]


@pytest.mark.usefixtures("prometheus_3")
class TestOutage:
    """Every request fails: a young SLO alerts when an old one does."""

    @pytest.mark.parametrize(
        ("alerts", "old", "apart"),
        [
            ("", 7, 0),
            ("alerts { page at 5% of budget in 6h }", 7, 1),
            ("alerts { page at 10% of budget in 1d }", 26, 1),
        ],
        ids=["standard", "6h", "1d"],
    )
    def test_pages_at_the_same_time(self, tmp_path: Path, alerts: str, old: int, apart: int) -> None:
        """An SLO of `old` hours is older than the windows of its pages."""
        body = f"{EVENTS} {alerts}"
        first = {}
        for age in (20, old * 60):
            given = counters([Phase(f"{age}m", 1000), Phase("20m", 1000, 1000)], 60)
            simulation = simulate(tmp_path, service(body), given, scrape=60)
            first[age] = next(burning(simulation, range(age, age + 20))) - age
        assert 0 <= first[old * 60] - first[20] <= apart, first
