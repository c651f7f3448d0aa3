"""`SLONoData`: gone is not idle, and nothing tells a mistyped name from a first event that is yet to come; in promtool."""

from pathlib import Path

import pytest
import yaml

from support.compile import rules
from support.promtool import At, Simulation
from support.traffic import BAD, EVENTS, GOOD, UP, counter, service, simulate

BOTH = pytest.mark.usefixtures("every_prometheus")
NO_DATA = " alerts { ticket when no data for 15m }"
ONE_LINE = EVENTS + NO_DATA
NO_JOB = 'events requests_total{} bad {code="500"}' + NO_DATA


def tickets(simulation: Simulation, at: list[At]) -> list[int]:
    """How many no-data tickets fire at each time."""
    return [len(alerts) for alerts in simulation.alerts(["SLONoData"], at).values()]


def causes(simulation: Simulation, at: At) -> list[str]:
    """The sentence of each ticket that names the cause, the second one of its line."""
    found = simulation.alerts(["SLONoData"], [at])["SLONoData", at]
    descriptions = (alert["annotations"]["description"].partition("There has been no data")[2] for alert in found)
    return [description.split(". ")[1] for description in descriptions]


@BOTH
class TestGone:
    """The events are gone together with what exposes them."""

    SERVED = counter(("2h", 60))

    def test_target_down(self, tmp_path: Path) -> None:
        series = {GOOD: f"{self.SERVED} stale", BAD: f"{counter(('2h', 0))} stale", UP: "1x240 0x120"}
        assert tickets(simulate(tmp_path, service(), series), ["2h", "2h14m", "2h16m", "3h"]) == [0, 0, 1, 1]

    def test_target_no_longer_known(self, tmp_path: Path) -> None:
        series = {GOOD: f"{self.SERVED} stale", BAD: f"{counter(('2h', 0))} stale", UP: "1x240 stale"}
        assert tickets(simulate(tmp_path, service(), series), ["2h14m", "2h16m"]) == [0, 1]

    def test_back_again(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("2h", 60), ("1h", None), ("1h", 60)), UP: "1x240 0x119 1x120"}
        assert tickets(simulate(tmp_path, service(), series), ["2h50m", "3h3m"]) == [1, 0]

    def test_one_of_two_instances(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("4h", 60)), GOOD.replace("}", ',instance="b"}'): f"{self.SERVED} stale"}
        series |= {UP: "1x480", UP.replace("}", ',instance="b"}'): "1x240 0x240"}
        assert tickets(simulate(tmp_path, service(), series), ["2h30m", "4h"]) == [0, 0]

    def test_renamed(self, tmp_path: Path) -> None:
        # The target is up and nobody knows whether it is idle: a day later somebody shall look.
        series = {GOOD: f"{self.SERVED} stale", BAD: f"{counter(('2h', 0))} stale", UP: "1x3840"}
        simulation = simulate(tmp_path, service(ONE_LINE), series, evaluate=300)
        assert tickets(simulation, ["10h", "23h", "31h"]) == [0, 0, 1]

    @pytest.mark.parametrize("body", [ONE_LINE, NO_JOB], ids=["a job", "no job"])
    def test_renamed_after_a_busy_day(self, tmp_path: Path, body: str) -> None:
        # Fifteen minutes later, and still when the busy day is long ago.
        simulation = simulate(
            tmp_path, service(body), {GOOD: counter(("2d", 60)) + " stale", UP: "1x9000"}, evaluate=300
        )
        assert tickets(simulation, ["48h10m", "48h20m", "72h", "73h", "74h"]) == [0, 1, 1, 1, 1]
        assert causes(simulation, "49h") == ["The events are gone and the day before was never idle"]

    def test_the_cause(self, tmp_path: Path) -> None:
        series = {GOOD: f"{self.SERVED} stale", UP: "1x240 0x120"}
        assert causes(simulate(tmp_path, service(), series), "3h") == [
            "The events are gone and no target of shop is up"
        ]


ALL, FAILED = (f'sum(rate(requests_total{{job="shop"{more}}}[$window]))' for more in ("", ',code="500"'))
OR_NONE = " or vector(0)"


@pytest.mark.usefixtures("prometheus_3")
@pytest.mark.parametrize(
    ("total", "bad", "sliced"),
    [
        (ALL, FAILED + OR_NONE, ""),
        (ALL + OR_NONE, FAILED + OR_NONE, ""),
        (ALL + OR_NONE, FAILED, "slices 1m with 95% good "),
    ],
    ids=["bad or none", "both or none", "slices"],
)
class TestOrNone:
    """Events in PromQL: `or vector(0)` counts none while the counters are gone, and hides nothing."""

    def opened(self, folder: Path, queries: tuple[str, str, str], given: dict[str, str], at: list[At]) -> list[int]:
        total, bad, sliced = queries
        text = service(f"events `{total}` bad `{bad}` {sliced}" + NO_DATA)
        return tickets(simulate(folder, text, given, scrape=60, evaluate=300), at)

    def test_gone_after_a_busy_day(self, tmp_path: Path, total: str, bad: str, sliced: str) -> None:
        given = {GOOD: counter(("49h", 600), scrape=60) + " stale", UP: "1x3120"}
        at: list[At] = ["40h", "49h10m", "49h25m", "51h"]
        assert self.opened(tmp_path, (total, bad, sliced), given, at) == [0, 0, 1, 1]

    def test_never_seen(self, tmp_path: Path, total: str, bad: str, sliced: str) -> None:
        given = {GOOD.replace("requests", "request"): counter(("3h", 600), scrape=60), UP: "1x180"}
        assert self.opened(tmp_path, (total, bad, sliced), given, ["10m", "30m", "2h"]) == [0, 1, 1]

    def test_idle(self, tmp_path: Path, total: str, bad: str, sliced: str) -> None:
        given = {GOOD: counter(("3h", 0), scrape=60), UP: "1x180"}
        assert self.opened(tmp_path, (total, bad, sliced), given, ["10m", "30m", "2h"]) == [0, 0, 0]


@BOTH
class TestNeverSeen:
    """No first event: a name is wrong, or nothing has happened yet."""

    @pytest.mark.parametrize("body", [ONE_LINE, NO_JOB], ids=["a job", "no job"])
    def test_until_the_first_event(self, tmp_path: Path, body: str) -> None:
        simulation = simulate(tmp_path, service(body), {GOOD: counter(("1h", None), ("1h", 60)), UP: "1x240"})
        assert tickets(simulation, ["14m", "16m", "59m", "1h3m", "2h"]) == [0, 1, 1, 0, 0]
        assert causes(simulation, "59m") == ["No event was seen for a day or since the rules were loaded"]

    def test_bad_events_without_the_label(self, tmp_path: Path) -> None:
        body = 'events requests_total{job="shop"} bad errors_total{job="shop"} per route' + NO_DATA
        total, bad = 'requests_total{job="shop",route="/a"}', 'errors_total{job="shop"}'
        given = {total: counter(("1h", 60)), UP: "1x120"}
        simulation = simulate(tmp_path, service(body), given | {bad: counter(("1h", 0))})
        assert tickets(simulation, ["14m", "16m"]) == [0, 1]
        assert causes(simulation, "30m") == ["Bad events lack a label of per (route)"]
        # The counter has the label and values that the other one does not have yet.
        other = bad.replace("}", ',route="/b"}')
        assert tickets(simulate(tmp_path, service(body), given | {other: counter(("1h", 0))}), ["30m"]) == [0]


@pytest.mark.usefixtures("prometheus_3")
class TestIdle:
    """Nothing to count is no reason to look."""

    def test_a_counter_that_stands_still(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("1h", 60), ("3h", 0)), UP: "1x480"}
        assert tickets(simulate(tmp_path, service(), series), ["1h30m", "2h", "4h"]) == [0, 0, 0]

    def test_no_errors_yet(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("3h", 60)), UP: "1x360"}
        assert tickets(simulate(tmp_path, service(), series), ["30m", "3h"]) == [0, 0]

    def quiet(self, folder: Path, *phases: tuple[str, int | None]) -> None:
        """No ticket opens at any half hour, where no job is fixed."""
        simulation = simulate(folder, service(NO_JOB), {GOOD: counter(*phases)}, evaluate=300)
        hours = round(sum(float(lasts.removesuffix("h")) for lasts, _ in phases))
        assert not any(tickets(simulation, [f"{half * 30}m" for half in range(1, 2 * hours)]))

    def test_a_nightly_job(self, tmp_path: Path) -> None:
        # Without a job in its selector nothing tells that the target is gone; within a day it may be idle.
        self.quiet(tmp_path, ("1h", 60), ("22h", None), ("1h", 60), ("20h", None))

    def test_scaled_to_zero_at_night(self, tmp_path: Path) -> None:
        self.quiet(tmp_path, *(("16h", 60), ("8h", None)) * 4)

    def test_idle_at_night_and_then_gone(self, tmp_path: Path) -> None:
        self.quiet(tmp_path, *(("16h", 60), ("8h", 0)) * 3, ("20h", None))

    def test_one_hour_and_a_half_of_idleness_is_enough(self, tmp_path: Path) -> None:
        self.quiet(tmp_path, ("32h", 60), ("2h", None), ("22h", 60), ("20h", None))

    def test_little_traffic(self, tmp_path: Path) -> None:
        self.quiet(tmp_path, *(("1h", 0), ("1h", 2)) * 26, ("20h", None))

    def test_a_roll_out(self, tmp_path: Path) -> None:
        given = {GOOD: counter(("2d", 60), ("10m", None), ("1h", 60)), UP: "1x5760 0x20 1x120"}
        simulation = simulate(tmp_path, service(ONE_LINE), given, evaluate=150)
        assert tickets(simulation, [f"{2880 + minute}m" for minute in range(0, 60, 5)]) == [0] * 12

    def test_a_restart_of_prometheus(self) -> None:
        # A rate needs two scrapes, so even the shortest line waits after the first evaluation.
        loaded = yaml.safe_load(rules(service(EVENTS + " alerts { ticket when no data for 5m }")))
        (lasting,) = (rule["for"] for group in loaded["groups"] for rule in group["rules"] if "alert" in rule)
        assert lasting == "2m"


@BOTH
class TestSelectors:
    """Conditions of slices that read several selectors, or say themselves what absent data means."""

    def opened(self, folder: Path, condition: str, given: dict[str, str]) -> list[int]:
        text = service(f"slices 1m good when `{condition}`" + NO_DATA)
        return tickets(simulate(folder, text, given, scrape=60), ["50m", "1h14m", "1h17m"])

    @pytest.mark.parametrize("label", ["service", "slo", "severity", "job"])
    def test_both_gone_at_once(self, tmp_path: Path, label: str) -> None:
        given = {f'{name}{{{label}="{name}"}}': "1x60 stale" for name in "ab"}
        both = f'max(a{{{label}="a"}}) == max(b{{{label}="b"}})'
        assert self.opened(tmp_path, both, given) == [0, 0, 1]

    def test_one_of_two(self, tmp_path: Path) -> None:
        assert self.opened(tmp_path, "max(a) <= max(b)", {"a": "1x60 stale", "b": "1x120"}) == [0, 0, 1]

    def test_a_range_is_as_long_as_it_says(self, tmp_path: Path) -> None:
        given = {"a": "1 _x58 1 _x20"}  # a sample an hour
        assert self.opened(tmp_path, "last_over_time(a[1h]) == 1", given) == [0, 0, 0]

    @pytest.mark.parametrize("condition", ["absent(a)", "(sum(a) or vector(0)) < 5", "a unless b"])
    def test_conditions_on_absent_data(self, tmp_path: Path, condition: str) -> None:
        assert self.opened(tmp_path, condition, {"c": "1x120"}) == [0, 0, 0]


@pytest.mark.usefixtures("prometheus_3")
class TestGauges:
    """Slices by a gauge without a job: absent is bad, or good, or as idle as absent events."""

    def opened(self, folder: Path, values: str, at: list[str]) -> dict[str, list[int]]:
        found = {}
        for verdict in ("bad", "good", "ignored"):
            text = service(f"slices 1m good when max(queue{{}}) < 5 no data is {verdict}" + NO_DATA)
            found[verdict] = tickets(simulate(folder, text, {"queue": values}, scrape=300), at)
        return found

    def test_gone_after_a_busy_day(self, tmp_path: Path) -> None:
        found = self.opened(tmp_path, "1x575 stale _x40", ["47h50m", "48h40m"])
        assert found == {"bad": [0, 1], "good": [0, 0], "ignored": [0, 1]}

    def test_gone_where_it_is_absent_at_times(self, tmp_path: Path) -> None:
        found = self.opened(tmp_path, "1x287 stale _x17 1x269 stale _x40", ["47h50m", "48h40m"])
        assert found == {"bad": [0, 1], "good": [0, 0], "ignored": [0, 0]}

    def test_never_seen(self, tmp_path: Path) -> None:
        assert self.opened(tmp_path, "_x20", ["10m", "25m"]) == {"bad": [0, 1], "good": [0, 0], "ignored": [0, 1]}
