"""`no data of one LABEL`, an alert for each value; and `unless`, which says what proves that nobody asks; in promtool."""

from pathlib import Path

import pytest

from support.promtool import At, Simulation
from support.traffic import EVENTS, GOOD, UP, counter, service, simulate

pytestmark = pytest.mark.usefixtures("prometheus_3")


def tickets(simulation: Simulation, at: list[At]) -> list[int]:
    """How many no-data tickets fire at each time."""
    return [len(alerts) for alerts in simulation.alerts(["SLONoData"], at).values()]


class TestOfOne:
    """`no data of one LABEL`: each value that was never idle the day before, in an alert of its own."""

    @staticmethod
    def opened(folder: Path, of_one: str, ends: str = "2d") -> dict[At, list[str]]:
        """The values with a ticket at each time. The second route ends, the third did before, the fourth is idle at times."""
        body = (
            'events requests_total{} bad {code="500"} per route, zone alerts { ticket when no data of one X for 15m }'
        )
        shown = 'requests_total{code="200",route="X",zone="Y"}'.replace
        given = {
            shown("X", "/a").replace("Y", "1"): counter(("3d", 60)),
            shown("X", "/b").replace("Y", "1"): counter((ends, 60)) + " stale",
            shown("X", "/b").replace("Y", "2"): counter((ends, 60)) + " stale",
            shown("X", "/c").replace("Y", "1"): counter(("12h", 60)) + " stale",
            shown("X", "/d").replace("Y", "1"): counter(("20h", 60), ("1h", 0), ("11h", 60), ("1h", 0), ("15h", 60))
            + " stale",
        }
        simulation = simulate(folder, service(body.replace("one X", f"one {of_one}")), given, evaluate=300)
        found = simulation.alerts(["SLONoData"], ["47h", "48h10m", "48h20m", "60h", "71h"])
        return {at: [alert["labels"][of_one] for alert in alerts] for (_, at), alerts in found.items()}

    def test_a_value_alone(self, tmp_path: Path) -> None:
        expected = {"47h": [], "48h10m": [], "48h20m": ["/b"], "60h": ["/b"], "71h": ["/b"]}
        assert self.opened(tmp_path, "route") == expected

    def test_another_label(self, tmp_path: Path) -> None:
        # Zone 1 has the other routes; zone 2 had /b alone.
        assert self.opened(tmp_path, "zone")["60h"] == ["2"]

    @pytest.mark.parametrize(
        "good", ["when probe_success{} == 1", "when `probe_success == 1` of `probe_success`", "share(probe_success{})"]
    )
    def test_slices(self, tmp_path: Path, good: str) -> None:
        # As probes are, where a target that is gone from discovery takes its series along.
        body = f"slices 1m good {good} per url alerts {{ ticket when no data of one url for 15m }}"
        given = {'probe_success{url="a"}': "1x720", 'probe_success{url="b"}': "1x576 stale"}
        simulation = simulate(tmp_path, service(body), given, scrape=300)
        found = simulation.alerts(["SLONoData"], ["48h10m", "48h40m", "60h"])
        assert [[alert["labels"].get("url") for alert in alerts] for alerts in found.values()] == [[], ["b"], ["b"]]
        (alert,) = found["SLONoData", "60h"]
        assert alert["annotations"]["summary"] == "shop: answers, url b: no data"
        assert "There has been no data of url b for at least 15m. A value" in alert["annotations"]["description"]


class TestUnless:
    """`unless SELECTOR` says what proves that nobody asks, instead of the job and the day before."""

    BODY = EVENTS + ' alerts { ticket when no data for 15m unless kube_ready{namespace="shop"} >= 1 }'

    @pytest.mark.parametrize(
        ("ready", "expected"),
        [("2x360", [0, 0, 0]), ("2x240 0x120", [0, 1, 1]), ("_x360", [0, 1, 1]), ("2x240 0x20 2x100", [0, 0, 0])],
        ids=["still ready", "not any more", "not known", "for a moment"],
    )
    def test_gone(self, tmp_path: Path, ready: str, expected: list[int]) -> None:
        series = {GOOD: f"{counter(('2h', 60))} stale", UP: "1x360", 'kube_ready{namespace="shop"}': ready}
        simulation = simulate(tmp_path, service(self.BODY), series)
        assert tickets(simulation, ["2h13m", "2h17m", "3h"]) == expected

    def test_it_replaces_the_day_before_and_the_job(self, tmp_path: Path) -> None:
        series = {GOOD: counter(("2d", 60)) + " stale", UP: "1x5760 0x600", 'kube_ready{namespace="shop"}': "1x6500"}
        simulation = simulate(tmp_path, service(self.BODY), series, evaluate=300)
        assert tickets(simulation, ["48h20m", "50h"]) == [0, 0]

    def test_a_gauge(self, tmp_path: Path) -> None:
        text = service(
            "slices 1m good when max(queue{}) < 5 alerts { ticket when no data for 15m unless kube_ready{} == 1 }"
        )
        for ready, expected in (("1x120", [0, 0]), ("1x60 0x60", [0, 1])):
            given = {"queue": "1x60 stale", "kube_ready": ready}
            assert tickets(simulate(tmp_path, text, given, scrape=60), ["1h10m", "1h17m"]) == expected
