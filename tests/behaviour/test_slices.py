"""Slices of time: each is one event, good or bad by what a gauge says at its end, counted here by hand."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml

from slocompiler import ir
from slocompiler.record import replace
from support.promtool import Simulation
from support.shapes import NO_DATA, PAGE, Missing, condition, gauge, recorded, rules, simulate, slo
from support.traffic import UP

pytestmark = pytest.mark.usefixtures("every_prometheus")

EVENTS, ERRORS = "slo:events:rate5m", "slo:errors:rate5m"
MISSING: tuple[Missing, ...] = ("bad", "good", "ignored")
Verdicts = list[float | None]


def series(metric: str = "queue", **values: str) -> dict[str, str]:
    """Gauges of the shop's by instance, a value a minute."""
    return {f'{metric}{{job="shop",instance="{name}"}}': text for name, text in values.items()}


def verdicts(word: str, missing: Missing) -> tuple[Verdicts, Verdicts]:
    """The slices and the bad ones that a word stands for: `g` is a good slice, `b` a bad one, `-` one without data."""
    gone = {"bad": (1, 1), "good": (1, 0), "ignored": (None, None)}[missing]
    pairs = [{"g": (1, 0), "b": (1, 1), "-": gone}[letter] for letter in word]
    return [events for events, _ in pairs], [errors for _, errors in pairs]


def judged(folder: Path, slices: dict[str, ir.Slices], given: dict[str, str], count: int) -> dict[str, str]:
    """What is recorded of the first slices, which take a minute each, as such words; `?` is something else."""
    simulation = simulate(folder, [slo(one, name=name) for name, one in slices.items()], given)
    at = [f"{minute}m" for minute in range(count)]
    events, errors = (recorded(simulation, name, at) for name in (EVENTS, ERRORS))
    none: Verdicts = [None] * count
    letters = {(1, 0): "g", (1, 1): "b", (None, None): "-"}
    pairs = {name: zip(events.get(name, none), errors.get(name, none), strict=True) for name in slices}
    return {name: "".join(letters.get(pair, "?") for pair in found) for name, found in pairs.items()}


def said(word: str, missing: Missing) -> str:
    """The word with the verdict on slices without data."""
    return word.replace("-", {"bad": "b", "good": "g", "ignored": "-"}[missing])


def near(truth: float) -> object:
    """The truth; a range of an hour holds the slices of both its ends in Prometheus 2, 61 of a minute."""
    return pytest.approx(truth, rel=0.02)


class TestConditions:
    """Which slices are good, which are bad, and which have no data: one letter for each."""

    GAUGES = series(a="2 8 2 stale _ _ 4", b="6 2 stale _ _ _ 4")
    """The newest sample of the last two scrapes counts, so that a lost one is no missing data."""
    CASES = (
        (gauge("max", "<", "5"), "bbggg-g"),
        (gauge("max", "<=", "6"), "gbggg-g"),
        (gauge("min", ">", "3"), "bbbbb-g"),
        (gauge("avg", "<", "5"), "gbggg-g"),
        (gauge("sum", "<=", "8"), "gbggg-g"),
        (gauge("sum", "==", "8"), "gbbbb-g"),
        (gauge("sum", "!=", "10"), "gbggg-g"),
        (gauge("count", ">=", "2"), "ggggb-g"),
        (gauge("each", "<", "7"), "gbggg-g"),
        (gauge("each", "!=", "8"), "gbggg-g"),
        (gauge("each", "==", "4"), "bbbbb-g"),
        (gauge("max", ">", "-1.5"), "ggggg-g"),
    )

    def test_of_a_gauge(self, tmp_path: Path) -> None:
        slices, expected = {}, {}
        for number, ((case, word), missing) in enumerate(product(self.CASES, MISSING)):
            slices[f"s{number}"] = replace(case, missing=missing)
            expected[f"s{number}"] = said(word, missing)
        assert judged(tmp_path, slices, self.GAUGES, 7) == expected

    def test_age(self, tmp_path: Path) -> None:
        # Imports at 0 and at 4 minutes; at 10 it is not known any more. The older one of another host does not count.
        given = series(a="0 0 0 0 240 240 240 240 stale", b="0 0 0 0 0 0 0 0 stale")
        slices = {missing: gauge("age", "<", "180", missing) for missing in MISSING}
        assert judged(tmp_path, slices, given, 12) == {one: said("gggbgggbbb--", one) for one in MISSING}

    def test_no_number_is_no_good_one(self, tmp_path: Path) -> None:
        slices = {"max": gauge("max", "<", "5"), "each": gauge("each", "<", "5"), "sum": gauge("sum", ">", "5")}
        found = judged(tmp_path, slices, series(a="1 NaN NaN 9", b="1 1 NaN 9"), 4)
        assert found == {"max": "ggbb", "each": "gbbb", "sum": "bbbg"}

    def test_filters(self, tmp_path: Path) -> None:
        # Of two filters one has to match; what matches both matchers of an exclusion is left out, here instance a.
        job, a, b, c = (ir.Matcher(*m) for m in (("job", "=", "shop"), *(("instance", "=", x) for x in "abc")))
        parts = {
            "none": {"none": ((job, a),)},
            "any": {"any": ((b,), (c,))},
            "both": {"any": ((a,), (b,)), "none": ((job, a),)},
        }
        slices = {f"{fold}-{name}": gauge(fold, "<", "5", **part) for name, part in parts.items() for fold in ("max", "each")}  # type: ignore[arg-type]  # two folds  # fmt: skip  # one expression
        found = judged(tmp_path, slices, series(a="9 1 1 1", b="1 9 1 1", c="1 1 9 1"), 4)
        words = {"none": "gbbg", "any": "gbbg", "both": "gbgg"}
        assert found == {f"{fold}-{name}": words[name] for name in parts for fold in ("max", "each")}

    def test_a_condition(self, tmp_path: Path) -> None:
        # It holds while it returns something, whatever that is; nothing returned is bad.
        slices = {
            "some": condition("queue < 5"),
            "all": condition("max(queue) < 5 # a comment"),
            "lines": condition("\n  sum(queue)\n  # a comment\n    < 10\n"),
            "text": condition('queue{instance!="# \\"no\\" comment"} == 0'),
        }
        found = judged(tmp_path, slices, series(a="0 0 2 8 2 stale _ 0", b="0 0 6 9 stale _ _ 4"), 8)
        words = {"some": "gbgbbg", "all": "bbgbbg", "lines": "gbgbbg", "text": "bbbbbg"}
        assert found == {name: f"gg{word}" for name, word in words.items()}


class TestBudgets:
    """Bad slices over all slices: windows, what is left, when it pages."""

    BAD = "1x119 9x8 1x111"
    """Nine bad slices after two hours, in four hours."""

    def test_windows(self, tmp_path: Path) -> None:
        shapes = [slo(gauge("max", "<", "5"), name="all"), slo(gauge("max", "<", "5", "ignored"), name="seen")]
        # In the second of four hours no slice has data.
        given = series(a="1x59 stale _x59 1x59 9x8 1x51")
        simulation = simulate(tmp_path, shapes, given)
        hour, period = (
            recorded(simulation, f"slo:error_ratio:{name}", ["3h30m", "3h50m"]) for name in ("rate1h", "period")
        )
        assert hour["all"] == hour["seen"] == [near(9 / 60), near(9 / 60)]
        assert period["all"][1] == pytest.approx((60 + 9) / 230, rel=0.03)
        assert period["seen"][1] == pytest.approx(9 / 170, rel=0.03)
        left = recorded(simulation, "slo:budget_remaining:ratio", ["3h50m"])
        assert left == {name: [pytest.approx(1 - ratios[1] / 0.01)] for name, ratios in period.items()}

    def test_counts(self, tmp_path: Path) -> None:
        # Five slices of a minute, not multiplied by an interval.
        simulation = simulate(tmp_path, [slo(gauge("max", "<", "5"))], series(a="1x9 9x2 1x10"))
        found = [recorded(simulation, f"slo:{what}:increase5m", ["14m", "20m"]) for what in ("events", "errors")]
        assert found == [{"answers": [5, 5]}, {"answers": [3, 0]}]

    def pages(self, folder: Path, needs: int) -> list[int]:
        page = replace(PAGE, needs=needs)
        simulation = simulate(folder, [slo(gauge("max", "<", "5"), alerts=(page,))], series(a=self.BAD))
        found = simulation.alerts(["SLOBurn"], ["2h7m", "2h8m", "2h14m", "2h30m"])
        return [len(alerts) for alerts in found.values()]

    def test_pages(self, tmp_path: Path) -> None:
        # 14.4 % of an hour are more than eight slices; the ninth and last one is that of 2h8m, and soon forgotten.
        assert self.pages(tmp_path, 1) == [0, 1, 1, 0]

    def test_needs_are_exact(self, tmp_path: Path) -> None:
        # Slices are counted: of ten that are needed nine are not enough, as they are of events that are extrapolated.
        assert self.pages(tmp_path, 9) == [0, 1, 1, 0]
        assert self.pages(tmp_path, 10) == [0, 0, 0, 0]

    def test_texts(self, tmp_path: Path) -> None:
        shape = slo(gauge("max", "<", "5"), alerts=(PAGE, NO_DATA), title="The queue is short")
        given = {UP: "1x125 0x20", **series(a=self.BAD.replace("1x111", "1 stale"))}
        simulation = simulate(tmp_path, [shape], given)
        (page,) = simulation.alerts(["SLOBurn"], ["2h8m"])["SLOBurn", "2h8m"]
        description = page["annotations"]["description"].split("\n")
        assert re.sub(r"\b14\.75%", "15%", description[2]) == (  # of an hour that has a slice at both its ends
            "100% of minutes are bad now, 15% over the last 1h. The promise allows 1% over 30d."
        )
        assert description[0].startswith(
            "The largest value of queue is below 5 in 99 of 100 minutes, over any 30 days."
        )
        assert description[5] == 'Measured: 1m slices (good when max(queue{job="shop"}) < 5, no data is bad)'
        (ticket,) = simulation.alerts(["SLONoData"], ["2h26m"])["SLONoData", "2h26m"]
        description = ticket["annotations"]["description"].split("\n")
        assert description[1].startswith("There has been no data for at least 15m, or none that separates good")
        assert description[3] == 'Measured: queue{job="shop"}'


class TestNoData:
    """Gone with its target is gone; a gauge that is gone while its target is up is only missed if that is bad."""

    def tickets(self, folder: Path, given: dict[str, str], at: Sequence[str]) -> dict[str, list[bool]]:
        shapes = [slo(gauge("max", "<", "5", missing), name=missing, alerts=(NO_DATA,)) for missing in MISSING]
        found = simulate(folder, shapes, given).alerts(["SLONoData"], at)
        names = [{alert["labels"]["slo"].removeprefix("shop/") for alert in alerts} for alerts in found.values()]
        return {missing: [missing in some for some in names] for missing in MISSING}

    def test_target_down(self, tmp_path: Path) -> None:
        given = series(a="1x59 stale") | {UP: "1x59 0x60"}
        found = self.tickets(tmp_path, given, ["59m", "1h14m", "1h15m", "1h50m"])
        assert found == {missing: [False, False, True, True] for missing in MISSING}

    def test_target_up(self, tmp_path: Path) -> None:
        given = series(a="1x59 stale") | {UP: "1x120"}
        found = self.tickets(tmp_path, given, ["1h14m", "1h15m", "2h"])
        assert found == {"bad": [False, True, True], "good": [False] * 3, "ignored": [False] * 3}

    NOWHERE: Mapping[Missing, ir.Slices] = MappingProxyType(
        {
            one: ir.Slices(
                seconds=60,
                good_when=ir.Gauge(fold="max", stream=ir.Stream(metric="queue"), cmp="<", value=Decimal(5)),
                missing=one,
            )
            for one in MISSING
        }
    )
    """Slices without a job."""

    def test_there_is_no_rule_that_cannot_fire(self) -> None:
        shapes = {**self.NOWHERE, "condition": condition("queue < 5"), "absent": condition("absent(queue)")}
        groups = yaml.safe_load(rules([slo(one, name=name, alerts=(NO_DATA,)) for name, one in shapes.items()]))[
            "groups"
        ]
        named = [group["name"] for group in groups for rule in group["rules"] if "alert" in rule]
        assert named == [f"shop/{name} budget" for name in ("bad", "ignored", "condition")]


class TestPer:
    """Every value has slices of its own, as long as it is there."""

    def simulation(self, folder: Path, fold: str = "max", **more: object) -> Simulation:
        slices = gauge(fold, "<", "5", "ignored")  # type: ignore[arg-type]  # one of two
        given = series(a="1x59 9x9 stale", b="1x240", c="9x240") | series("other", a="1x240")
        return simulate(folder, [slo(slices, per=("instance",), **more)], given)

    @pytest.mark.parametrize("fold", ["max", "each"])
    def test_a_value_vanishes(self, tmp_path: Path, fold: str) -> None:
        simulation = self.simulation(tmp_path, fold)
        names = [EVENTS, "slo:error_ratio:rate1h", "slo:error_ratio:period", "slo:target:ratio"]
        found = simulation.timeline(names, ["1h5m", "4h"])
        got = {key: {labels["instance"]: value for labels, value in samples} for key, samples in found.items()}
        assert got[EVENTS, "1h5m"] == {"a": 1, "b": 1, "c": 1}
        assert got[EVENTS, "4h"] == {"b": 1, "c": 1}
        assert got["slo:error_ratio:rate1h", "1h5m"] == {"a": near(6 / 60), "b": 0, "c": 1}
        # What it spent is spent until it leaves the window; its last sample is seen for two more slices.
        expected = {"a": 12 / 72, "b": 0, "c": 1}
        assert got["slo:error_ratio:period", "4h"] == pytest.approx(expected, rel=0.05)
        assert got["slo:target:ratio", "4h"] == {"a": 0.99, "b": 0.99, "c": 0.99}

    def test_pages_and_no_data(self, tmp_path: Path) -> None:
        simulation = self.simulation(tmp_path, alerts=(PAGE, NO_DATA))
        found = simulation.alerts(["SLOBurn", "SLONoData"], ["1h", "1h9m", "2h"])
        burning = [[alert["labels"]["instance"] for alert in found["SLOBurn", time]] for time in ("1h", "1h9m", "2h")]
        assert [sorted(names) for names in burning] == [["c"], ["a", "c"], ["c"]]
        assert not [alert for time in ("1h", "1h9m", "2h") for alert in found["SLONoData", time]]
