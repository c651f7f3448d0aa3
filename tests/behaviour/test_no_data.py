"""`SLONoData`: gone is not idle, and what never was is not gone; the generated alert in promtool."""

from pathlib import Path

from support.promtool import At, Simulation
from support.traffic import BAD, EVENTS, GOOD, UP, counter, service, simulate

ONE_LINE = EVENTS + " alerts { ticket when no data for 15m }"


def tickets(simulation: Simulation, at: list[At]) -> list[int]:
    """How many no-data tickets fire at each time."""
    return [len(alerts) for alerts in simulation.alerts(["SLONoData"], at).values()]


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


class TestIdle:
    """Nothing to count is no reason to look."""

    def test_a_counter_that_stands_still(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("1h", 60), ("3h", 0)), UP: "1x480"}
        assert tickets(simulate(tmp_path, service(), series), ["1h30m", "2h", "4h"]) == [0, 0, 0]

    def test_no_first_event_yet(self, tmp_path: Path) -> None:
        simulation = simulate(tmp_path, service(ONE_LINE), {UP: "1x3000"}, evaluate=300)
        # For a whole day there was none: perhaps there never will be, because a name or a label is wrong.
        assert tickets(simulation, ["1h", "12h", "23h50m", "24h30m"]) == [0, 0, 0, 1]

    def test_no_errors_yet(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("3h", 60)), UP: "1x360"}
        assert tickets(simulate(tmp_path, service(), series), ["30m", "3h"]) == [0, 0]

    def test_a_nightly_job(self, tmp_path: Path) -> None:
        # Without a job in its selector nothing tells that the target is gone; within a day it may be idle.
        series = {'jobs_total{code="200"}': counter(("1h", 60), ("22h", None), ("1h", 60))}
        body = 'events jobs_total{} bad {code="500"} alerts { ticket when no data for 15m }'
        simulation = simulate(tmp_path, service(body), series, evaluate=300)
        assert tickets(simulation, ["2h", "22h", "23h30m"]) == [0, 0, 0]
