"""When people are woken: the generated alerts in promtool, over traffic of which the right moment is known.

With an interval of one minute the SLO's age, what is left of its budget and the sums of bad events are exact here
too: those rules are evaluated every minute on any server.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import yaml

from support.compile import rules
from support.promtool import At, Simulation
from support.traffic import BAD, EVENTS, GOOD, UP, Phase, counter, counters, only, service, simulate

BOTH = pytest.mark.usefixtures("every_prometheus")
FIRING, ALERTS = 'ALERTS{alertstate="firing"}', ("SLOBurn", "SLOBudget", "SLONoData")
QUIET = Phase("2h", 60)
ONE_LINE = EVENTS + " alerts { page at 2% of budget in 1h }"


def firing(simulation: Simulation, at: Iterable[At]) -> list[list[str]]:
    """The alerts that fire at each time, as `name severity`."""
    found = simulation.timeline([FIRING], at)
    return [
        sorted(f"{labels['alertname']} {labels['severity']}" for labels, _ in alerts if labels["alertname"] in ALERTS)
        for alerts in found.values()
    ]


def pages(simulation: Simulation, at: Iterable[At]) -> list[int]:
    """How many pages fire at each time."""
    return [alerts.count("SLOBurn page") for alerts in firing(simulation, at)]


@BOTH
class TestPages:
    """A page is for what exhausts the budget soon, comes within minutes and goes soon after."""

    @pytest.mark.parametrize("born", [False, True], ids=["errors at zero", "no errors series"])
    def test_total_outage(self, tmp_path: Path, born: bool) -> None:
        series = counters([QUIET, Phase("10m", 60, 60)])
        if born:
            series[BAD] = counter(("2h", None), ("10m", 60), start=30)
        simulation = simulate(tmp_path, service(), series)
        before, after = pages(simulation, ["2h", "2h3m"])
        assert (before, after) == (0, 1)

    def test_total_outage_without_a_good_counter(self, tmp_path: Path) -> None:
        series = {
            'due_total{job="shop"}': counter(("2h10m", 60)),
            'sent_total{job="shop"}': counter(("2h", 60)) + " stale",
        }
        body = 'events due_total{job="shop"} good sent_total{job="shop"}'
        assert pages(simulate(tmp_path, service(body), series), ["2h", "2h3m"]) == [0, 1]

    def test_one_failure_among_ten_requests_an_hour(self, tmp_path: Path) -> None:
        # One request each six minutes; at two hours one fails.
        requests = " ".join(f"{count}x11" for count in range(30))
        series = {GOOD: requests, BAD: "0x240 1x120", UP: "1x360"}
        simulation = simulate(tmp_path, service(), series)
        paged, highest = 'ALERTS{alertname="SLOBurn",severity="page"}[1h]', "slo:error_ratio:rate1h[1h]"
        asked = [f"count_over_time({paged})", f"max_over_time({highest})"]
        found = simulation.values(asked, "178m")
        assert only(found[asked[1]]) > 0.08  # the line is at 0.0144
        assert found[asked[0]] == []
        naive = simulate(tmp_path, service(ONE_LINE.replace("in 1h", "in 1h needs 1 bad events")), series)
        assert pages(naive, ["2h2m"]) == [1]

    def test_time_until_the_page(self, tmp_path: Path) -> None:
        # 2 % in 1h is a burn rate of 14.4. At twice that, of which nothing came before, an hour's ratio is there
        # after half an hour.
        phases = [Phase("2h", 100_000), Phase("1h", 100_000, 2_880)]
        simulation = simulate(tmp_path, service(ONE_LINE), counters(phases))
        assert pages(simulation, ["2h29m", "2h32m"]) == [0, 1]

    def test_recovery(self, tmp_path: Path) -> None:
        series = counters([QUIET, Phase("2m", 60, 60), Phase("30m", 60)])
        simulation = simulate(tmp_path, service(ONE_LINE), series)
        # The condition ends after five minutes, and the page 15 minutes later.
        assert pages(simulation, ["2h2m", "2h4m", "2h20m", "2h24m"]) == [1, 1, 1, 0]
        # Without the short window it would last for an hour.
        ratio = simulation.values(["slo:error_ratio:rate1h"], "2h20m")["slo:error_ratio:rate1h"]
        assert only(ratio) > 0.0144

    def test_a_rate_around_the_threshold_pages_once(self, tmp_path: Path) -> None:
        # Every twelve minutes there are errors for two, which are over the line for seven.
        flapping = [Phase("2m", 60, 60), Phase("10m", 60)] * 4
        simulation = simulate(tmp_path, service(ONE_LINE), counters([QUIET, *flapping, Phase("30m", 60)]))
        minutes = range(2, 57)
        assert pages(simulation, [f"2h{minute}m" for minute in minutes]) == [1] * len(minutes)

    def test_one_incident_alerts_once(self, tmp_path: Path) -> None:
        # Half an hour of outage is over both lines: the ticket takes over when the page ends.
        phases = [QUIET, Phase("30m", 60, 60), Phase("1h", 60)]
        simulation = simulate(tmp_path, service(), counters(phases))
        found = firing(simulation, ["2h2m", "2h25m", "3h10m", "3h20m"])
        got = [[alert for alert in alerts if alert.startswith("SLOBurn")] for alerts in found]
        assert got == [["SLOBurn page"], ["SLOBurn page"], ["SLOBurn page"], ["SLOBurn ticket"]]

    def test_needs(self, tmp_path: Path) -> None:
        body = ONE_LINE.replace("in 1h", "in 1h needs 20 bad events")
        phases = [Phase("2h", 2), Phase("30m", 2, 2)]
        simulation = simulate(tmp_path, service(body), counters(phases, scrape=60), scrape=60)
        sums = simulation.timeline(["sum_over_time(slo:errors:rate5m[1h]) * 60"], ["2h5m", "2h30m"])
        # Each minute is in five of the rates that are summed, the newest ones not yet: two minutes are to come.
        assert [only(value) for value in sums.values()] == pytest.approx([6, 56])
        assert pages(simulation, ["2h5m", "2h10m", "2h12m"]) == [0, 0, 1]


class TestTickets:
    """A ticket is for what exhausts it before the window is over; a budget that lasts is left alone."""

    @pytest.mark.usefixtures("prometheus_3")  # a range of days holds a sample more or less
    def test_nine_tenths_of_the_budget_for_days(self, tmp_path: Path) -> None:
        simulation = simulate(tmp_path, service(), counters([Phase("4d", 20_000, 18)], 60), scrape=60, evaluate=300)
        assert firing(simulation, [f"{hours}h" for hours in range(1, 97, 5)]) == [[]] * 20

    @pytest.mark.usefixtures("prometheus_3")
    def test_a_slow_burn(self, tmp_path: Path) -> None:
        # 1.5 times the budget's rate over three days is the last line: at twice that it takes a day and a half.
        phases = [Phase("3d", 20_000), Phase("2d", 20_000, 60)]
        body = EVENTS + " alerts { ticket at 15% of budget in 3d }"
        simulation = simulate(tmp_path, service(body), counters(phases, 60), scrape=60, evaluate=300)
        # It is raised 15 minutes late, and a day's ratio lags by two steps.
        got = firing(simulation, ["107h", "109h"])
        assert got == [[], ["SLOBurn ticket"]]

    @BOTH
    def test_budget_below(self, tmp_path: Path) -> None:
        # The budget of six hours at 1.5 times its rate: three quarters are spent after three hours, all after four.
        body = EVENTS + " alerts { ticket when budget below 25% ticket when budget below 0% }"
        series = counters([Phase("5h", 2_000, 30)], scrape=60)
        simulation = simulate(tmp_path, service(body, objective="99% over 6h"), series, scrape=60)
        times = ["3h10m", "3h20m", "4h10m", *(f"4h{minute}m" for minute in range(11, 21))]
        found = simulation.alerts(["SLOBudget"], times)
        got = [sorted(alert["labels"]["below"] for alert in alerts) for alerts in found.values()]
        assert got[:3] == [[], ["25%"], ["25%"]]
        assert got[-1] == ["0%"]  # the lower line replaces the higher one, in the same minute
        assert all(got[2:])

    @BOTH
    def test_budget_below_hides_what_is_no_more_urgent(self, tmp_path: Path) -> None:
        # Three quarters are spent after three hours, all after four.
        lines = "ticket when budget below 25% notify when budget below 50% notify when budget below 10%"
        body = EVENTS + f" alerts {{ {lines} }}"
        series = counters([Phase("5h", 2_000, 30)], scrape=60)
        simulation = simulate(tmp_path, service(body, objective="99% over 6h"), series, scrape=60)
        found = simulation.alerts(["SLOBudget"], ["2h30m", "3h10m", "3h30m", "3h50m"])
        got = [sorted(alert["labels"]["below"] for alert in alerts) for alerts in found.values()]
        assert got == [["50%"], ["50%"], ["25%"], ["10%", "25%"]]


@BOTH
class TestExhaustion:
    """`when exhausted within` knows what is left, and how young the SLO is."""

    BURN = EVENTS + " alerts { page at 80% of budget in 1h }"
    BOTH = EVENTS + " alerts { page at 80% of budget in 1h page when exhausted within 1h }"

    def simulation(self, folder: Path, body: str, phases: list[Phase]) -> Simulation:
        text = service(body, objective="99% over 6h")
        return simulate(folder, text, counters(phases, scrape=60), scrape=60)

    def test_earlier_where_little_is_left(self, tmp_path: Path) -> None:
        # Three of six hours at 1.2 times the rate of the budget spend 60 % of it. Then, at 3 times, t hours later
        # 40 % - t/2 are left, gone in an hour at a rate of 2.4 - 3t. The last hour's rate is 1.2 + 1.8t: equal at
        # 15 min. The burn line, at 4.8, never fires.
        phases = [Phase("3h", 10_000, 120), Phase("1h", 10_000, 300)]
        assert pages(self.simulation(tmp_path, self.BOTH, phases), ["3h14m", "3h18m"]) == [0, 1]
        assert pages(self.simulation(tmp_path, self.BURN, phases), ["3h18m", "3h30m", "4h"]) == [0, 0, 0]

    def test_not_for_the_young(self, tmp_path: Path) -> None:
        # Three times the rate in an SLO's first half hour is a quarter of the budget, not three times all of it.
        simulation = self.simulation(tmp_path, self.BOTH, [Phase("30m", 10_000, 300)])
        assert pages(simulation, ["10m", "30m"]) == [0, 0]
        names = ["slo:budget_left:ratio", "slo:budget_remaining:ratio"]
        left, remaining = (only(found) for found in simulation.values(names, "30m").values())
        assert left == pytest.approx(1 - 3 * 31 / 360, rel=0.01)
        assert remaining == pytest.approx(-2)

    def test_after_it_is_exhausted(self, tmp_path: Path) -> None:
        # Nothing is left; but at or below the budget's own rate nothing gets worse, and nobody is woken again.
        spent = [Phase("2h", 10_000, 1_000), Phase("2h", 10_000, 90)]
        assert pages(self.simulation(tmp_path, self.BOTH, spent), ["2h", "4h"]) == [1, 0]
        spent = [Phase("2h", 10_000, 1_000), Phase("2h", 10_000, 110)]
        assert pages(self.simulation(tmp_path, self.BOTH, spent), ["4h"]) == [1]


@BOTH
class TestSilence:
    """What shall not alert has no alerting rule at all."""

    @pytest.mark.parametrize("how", ["draft", "alerts none"])
    def test_drafts_and_none(self, tmp_path: Path, how: str) -> None:
        text = service(
            EVENTS + (" alerts none" if how == "alerts none" else ""), more='policy { exhausted "x" notify }'
        )
        text = text.replace("slo answers", "draft slo answers") if how == "draft" else text
        series = counters([Phase("1h", 60, 60)])
        simulation = simulate(tmp_path, text, series)
        assert firing(simulation, ["30m", "1h"]) == [[], []]
        assert only(simulation.values(["slo:error_ratio:rate1h"], "1h")["slo:error_ratio:rate1h"]) == 1
        groups: list[Mapping[str, list[Mapping[str, str]]]] = yaml.safe_load(rules(text))["groups"]
        assert not [rule for group in groups for rule in group["rules"] if "alert" in rule]

    def test_a_notice_of_the_policy(self, tmp_path: Path) -> None:
        text = service(
            EVENTS + " alerts { ticket when no data for 15m }", "99% over 6h", 'policy { exhausted "x" notify }'
        )
        simulation = simulate(tmp_path, text, counters([Phase("4h", 100, 2)], scrape=60), scrape=60)
        # At twice the rate the budget of six hours is exhausted after three.
        assert firing(simulation, ["2h50m", "3h10m"]) == [[], ["SLOBudget notify"]]
