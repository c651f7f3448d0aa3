"""The age of an SLO and the budget that it leaves: what is not there yet counts as good, on Prometheus 2 and 3."""

import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from support.compile import rules
from support.promtool import Sample
from support.server import Prometheus
from support.traffic import Phase, counter, counters, only, service, simulate

pytestmark = pytest.mark.usefixtures("every_prometheus")
AGE, LEFT, COVERAGE = "slo:age:seconds", "slo:budget_left:ratio", "slo:coverage:ratio"
EVENTS = 'events requests_total{job="shop"} bad {code="500"} '
QUIET = EVENTS + "alerts none "
SPENT = EVENTS + "alerts { ticket when budget below 0% page when exhausted within 1h ticket at 60% of budget in 3h } "
DAY = 86_400
WAIT = 30
OURS = '{slo="shop/answers",service="shop"}'


def routes(phases: Mapping[str, Iterable[tuple[str, int | None]]], bad: int) -> dict[str, str]:
    """Counters by route, whose requests a minute are given; of them a hundredth times `bad` fail."""
    return {
        f'requests_total{{job="shop",route="{route}",code="{code}"}}': counter(
            *((lasts, pace and pace * share // 100) for lasts, pace in paces), scrape=60
        )
        for route, paces in phases.items()
        for code, share in (("200", 100 - bad), ("500", bad))
    }


def by_route(samples: Iterable[Sample]) -> dict[str, float]:
    return {labels["route"]: value for labels, value in samples}


class TestAge:
    """It grows by itself, each value of `per` has its own, and values that are gone are forgotten."""

    def test_grows(self, tmp_path: Path) -> None:
        simulation = simulate(tmp_path, service(), counters([Phase("3h", 60)], 60), scrape=60)
        found = simulation.timeline([AGE], ["0m", "10m", "3h"])
        assert [only(samples) for samples in found.values()] == [60, 11 * 60, 181 * 60]

    def test_goes_on_without_data(self, tmp_path: Path) -> None:
        phases: list[tuple[str, int | None]] = [("1h", 60), ("2h", None)]
        given = {'requests_total{job="shop",code="200"}': counter(*phases, scrape=60)}
        simulation = simulate(tmp_path, service(), given, scrape=60)
        assert only(simulation.values([AGE], "3h")[AGE]) == 181 * 60

    def test_of_a_new_value(self, tmp_path: Path) -> None:
        # At 5 times the budget's rate, an hour of six spends 5/6 of the budget, and six hours all of it and four more.
        given = routes({"/old": [("6h", 1000)], "/new": [("5h", None), ("1h", 1000)]}, 5)
        simulation = simulate(tmp_path, service(QUIET + "per route ", "99% over 6h"), given, scrape=60)
        found = simulation.values([AGE, LEFT], "6h")
        assert by_route(found[AGE]) == pytest.approx({"/old": 6 * 3600, "/new": 3600}, rel=0.02)
        # What is counted ended a minute ago.
        assert by_route(found[LEFT]) == pytest.approx({"/old": -4, "/new": 1 / 6}, rel=0.1)

    def test_of_another_target(self, tmp_path: Path) -> None:
        given = routes({"/old": [("2h", 1000)], "/search": [("2h", 1000)]}, 5)
        body = QUIET + 'per route target {route="/search"} 95% '
        found = simulate(tmp_path, service(body, "99% over 6h"), given, scrape=60).values([LEFT], "2h")[LEFT]
        assert by_route(found) == pytest.approx({"/old": 1 - 5 / 3, "/search": 1 - 1 / 3}, rel=0.03)

    def test_of_values_that_are_gone(self, tmp_path: Path) -> None:
        # One begins every five minutes, and each lives for half an hour.
        lives = {f"/{number}": [(f"{5 + 5 * number}m", None), ("30m", 100)] for number in range(120)}
        given = {name: f"{values} stale" for name, values in routes(lives, 1).items()}
        simulation = simulate(tmp_path, service(QUIET + "per route ", "99% over 2h"), given, scrape=60, evaluate=300)
        asked = [f"count({name})" for name in (AGE, COVERAGE, LEFT)]
        found = simulation.timeline(asked, ["1h", "5h", "10h"])
        counts = [only(samples) for samples in found.values()]
        ages, covered, left = counts[:3], counts[3:6], counts[6:]
        assert ages == covered == pytest.approx([11, 55, 55], abs=1)  # counted for 135 minutes after the last event
        # Prometheus 2 extrapolates the end of a series by half a scrape, which catch-up counts when the value is long gone.
        assert left[0] == pytest.approx(11, abs=1)
        assert all(29 <= count <= most for count, most in zip(left[1:], covered[1:], strict=True))


class TestFederation:
    """A server may see the age that another one recorded: no rule fails because of it."""

    @pytest.mark.parametrize("per", ["", "per route "])
    def test_a_second_age(self, tmp_path: Path, per: str) -> None:
        given = routes({"/old": [("2h", 1000)]}, 20)
        route = ',route="/old"' * bool(per)
        for name in ("age:seconds", "age:ratio"):
            given |= {f'slo:{name}{OURS[:-1]}{route},replica="{replica}"}}': "0.01x120" for replica in "bc"}
        simulation = simulate(tmp_path, service(SPENT + per, "99% over 6h"), given, scrape=60)
        assert only(simulation.values([LEFT], "2h")[LEFT]) == pytest.approx(1 - 20 / 3, rel=0.02)
        found = simulation.alerts(["SLOBurn", "SLOBudget"], ["2h"])
        assert [len(alerts) for alerts in found.values()] == [1, 1], "the page says what the ticket would"


class TestServers:
    """A server that has data from before its rules, and one whose SLO changes its window."""

    def counts(self, days: int, ratio: float) -> str:
        """Counts of five minutes that were recorded until now."""
        now = int(time.time())
        lines = [
            f"slo:{what}:increase5m{OURS} {count} {at}"
            for what, count in (("events", 1e6), ("errors", 1e6 * ratio))
            for at in range(now - days * DAY, now, 300)
        ]
        return "\n".join([*lines, "# EOF\n"])

    def server(self, folder: Path, over: str) -> Prometheus:
        """A server that evaluates the rules each second."""
        text = rules(service(EVENTS + "alerts { ticket when budget below 0% }", f"99.9% over {over}"))
        return Prometheus(folder, rules=[re.sub(r"(?m)^  interval: .*$", "  interval: 1s", text)], out_of_order="1h")

    def fresh(self, server: Prometheus, name: str) -> float:
        """The value of a series that is recorded from now on: the one before is of another server."""
        query = f"{name} and timestamp({name}) > {time.time()}"
        return only(server.wait_for(lambda: server.query(query), WAIT, f"fresh {name}"))

    def test_back_filled(self, tmp_path: Path) -> None:
        server = self.server(tmp_path, "30d")
        server.backfill(self.counts(30, 0.0015))
        with server:
            left = only(server.wait_for(lambda: server.query(LEFT), WAIT, "budget left"))
            alert = server.wait_for(lambda: server.alerts(), WAIT, "alert")
        assert left == pytest.approx(-0.5, abs=0.01)
        assert [(one["labels"]["alertname"], one["state"]) for one in alert] == [("SLOBudget", "pending")]  # for 15m

    def test_another_window(self, tmp_path: Path) -> None:
        self.server(tmp_path, "7d").backfill(self.counts(7, 0.0005))
        ages, left = [], []
        for over in ("7d", "90d", "7d"):
            with self.server(tmp_path, over) as server:
                ages.append(self.fresh(server, AGE))
                left.append(self.fresh(server, LEFT))
        assert ages == pytest.approx([7 * DAY] * 3, rel=0.01)
        assert left == pytest.approx([0.5, 1 - 0.5 * 7 / 90, 0.5], abs=0.01)
