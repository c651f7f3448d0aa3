"""Conditions of slices: which slices are good, counted here by hand."""

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from slocompiler import ir
from slocompiler.record import replace
from support.judged import ERRORS, EVENTS, MISSING, judged, said, series
from support.shapes import JOB, both, condition, gauge, quotient, recorded, simulate, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")


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

    def test_until(self, tmp_path: Path) -> None:
        # A certificate ends in 5 minutes, and is renewed after 3; that of another host ends later. At 8 both are unknown.
        given = series(a="300 300 300 900 900 900 stale", b="800 800 800 800 800 800 stale")
        slices = {missing: gauge("until", ">", "240", missing) for missing in MISSING}
        slices["soon"] = gauge("until", "<=", "619", "ignored")
        expected = {one: said("gbbggggg-", one) for one in MISSING} | {"soon": "gggbgggg-"}
        assert judged(tmp_path, slices, given, 9) == expected

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


class TestQuotients:
    """Quotients of series with the same labels. At the fourth minute the room of a is 0, and a has no quotient."""

    GIVEN = (
        series("free", a="1 5 5 5 5 stale _ _ 5", b="9 9 1 9 9 stale _ _ 9", c="0 0 0 0 0 0 0 0 0")
        | series("room", a="10 10 10 0 10 10 10 10 10", b="10 10 10 10 10 10 10 10 10")
    )  # fmt: skip  # a table
    CASES = (
        (quotient("min", ">", "0.1"), "bgbgggg-g"),
        (quotient("max", "<", "0.6"), "bbgbbbb-b"),
        (quotient("avg", "<", "0.65"), "gbgbbbb-b"),
        (quotient("sum", ">", "0.95"), "ggbbggg-g"),
        (quotient("sum", "<=", "0.95"), "bbggbbb-b"),
    )

    def test_against_counted_truth(self, tmp_path: Path) -> None:
        slices, expected = {}, {}
        for number, ((case, word), missing) in enumerate(product(self.CASES, MISSING)):
            slices[f"s{number}"] = replace(case, missing=missing)
            expected[f"s{number}"] = said(word, missing)
        assert judged(tmp_path, slices, self.GIVEN, 9) == expected

    def test_labels_that_only_one_selector_fixes(self, tmp_path: Path) -> None:
        # `state` differs by what the selectors say. `disk` is absent in the divisor of a, and is the same in that of b.
        state, disk = (lambda value: ir.Matcher("state", "=", value)), ir.Matcher("disk", "=", "x.y")
        dividend = ir.Stream(metric="memory", all=(JOB, state("used"), disk))
        divisor = ir.Stream(metric="memory", all=(JOB, state("all")))
        used = quotient("max", "<", "0.5")
        slices = {
            "used": replace(used, good_when=replace(used.gauges[0], stream=dividend, divisor=divisor)),
            "free": replace(
                used, good_when=ir.Gauge(fold="min", stream=divisor, divisor=dividend, cmp=">", value=Decimal(2))
            ),
        }
        given = {
            'memory{job="shop",state="used",disk="x.y",instance="a"}': "9 1 1",
            'memory{job="shop",state="used",disk="z",instance="a"}': "9 9 9",
            'memory{job="shop",state="all",instance="a"}': "10 10 10",
            'memory{job="shop",state="all",disk="z",instance="a"}': "1 1 1",
            'memory{job="shop",state="all",disk="xzy",instance="a"}': "1 1 1",
            'memory{job="shop",state="used",disk="x.y",instance="b"}': "1 1 9",
            'memory{job="shop",state="all",disk="x.y",instance="b"}': "10 10 10",
        }
        assert judged(tmp_path, slices, given, 3) == {"used": "bgb", "free": "bgb"}


class TestSeveral:
    """Conditions that must all hold; a slice without data for one of them has no data."""

    GIVEN = (
        series(a="2 8 2 8 2 2 stale _ _ 2")
        | series("ready", a="1 1 0 0 1 stale _ _ 1 1")
        | {'errors_total{job="shop"}': "0x6 120 240 360 360"}
    )  # fmt: skip  # a table
    WORD = "gbbbggg--g"

    def test_against_counted_truth(self, tmp_path: Path) -> None:
        slices = {}
        for missing in MISSING:
            few = gauge("max", "<", "5", missing)
            slices[f"{missing}-min"] = both(few, gauge("min", "==", "1", metric="ready"))
            slices[f"{missing}-each"] = both(few, gauge("each", "==", "1", metric="ready"))
            slices[f"{missing}-first"] = both(gauge("each", "==", "1", missing, metric="ready"), few)
            slices[f"{missing}-thrice"] = both(few, gauge("min", "==", "1", metric="ready"), gauge("count", ">", "0"))
        expected = {name: said(self.WORD, name.partition("-")[0]) for name in slices}  # type: ignore[arg-type]  # a name
        assert judged(tmp_path, slices, self.GIVEN, 10) == expected

    def test_with_a_rate(self, tmp_path: Path) -> None:
        slices = {"both": both(gauge("max", "<", "5"), gauge("sum", "<", "1", metric="errors_total", rate=True))}
        # The first slice has no rate yet, which counts only once the server has run for a while. Errors begin at 7.
        assert judged(tmp_path, slices, self.GIVEN, 10) == {"both": "gbgbgggbbb"}

    def test_each_value_needs_data_for_all(self, tmp_path: Path) -> None:
        shape = slo(both(gauge("max", "<", "5", "ignored"), gauge("min", "==", "1", metric="ready")), per=("instance",))
        given = series(a="2x9", b="2x9", c="8x9") | series("ready", a="1x9", c="1x9", d="1x9")
        simulation = simulate(tmp_path, [shape], given)
        found = simulation.timeline([ERRORS, EVENTS], ["5m"])
        values = {name: {labels["instance"]: value for labels, value in found[name, "5m"]} for name in (ERRORS, EVENTS)}
        assert values == {ERRORS: {"a": 0, "c": 1}, EVENTS: {"a": 1, "c": 1}}


class TestEvaluations:
    """Slices of five minutes that are judged by ten evaluations each."""

    def test_against_counted_truth(self, tmp_path: Path) -> None:
        # The number of bad evaluations in each slice; the last one is good but where all are bad.
        bad = tuple(range(11))
        values = " ".join(["1", *("9" if number < count else "1" for count in bad for number in range(10))])
        shares = ("1", "0.9", "0.8", "0.7", "0.6", "0.5", "0.4", "0.3", "0.2", "0.1", "0.05")
        shapes = [
            slo(replace(gauge("max", "<", "5", every=300), at_least=Decimal(share)), name=f"s{share}")
            for share in shares
        ]
        simulation = simulate(tmp_path, shapes, {'queue{job="shop"}': values}, scrape=30, evaluate=30)
        found = recorded(simulation, ERRORS, [f"{5 * number}m" for number in range(1, 12)])
        assert found == {f"s{share}": [float(10 - n < Decimal(share) * 10) for n in bad] for share in shares}

    def test_evaluations_without_data(self, tmp_path: Path) -> None:
        # 2 bad, 3 good and 5 without data in the third slice, whose last sample counts for two scrapes; then only those.
        values = "1x20 9 9 1 stale" + " _" * 17 + " 1x10"
        shapes = [
            slo(replace(gauge("max", "<", "5", one, every=300), at_least=Decimal("0.7")), name=one) for one in MISSING
        ]
        simulation = simulate(tmp_path, shapes, {'queue{job="shop"}': values}, scrape=30, evaluate=30)
        at = ["10m", "15m", "20m", "25m"]
        assert recorded(simulation, ERRORS, at) == {
            "bad": [0, 1, 1, 0],
            "good": [0, 0, 0, 0],
            "ignored": [0, 1, None, 0],
        }
        assert recorded(simulation, EVENTS, at) == {"bad": [1] * 4, "good": [1] * 4, "ignored": [1, 1, None, 1]}

    def test_a_condition_in_promql(self, tmp_path: Path) -> None:
        # No result is bad once the server has run for a while; so the first slice is good.
        values = " ".join([*["1"] * 11, *["9"] * 3, *["1"] * 7, *["9"] * 2, *["1"] * 8])
        shape = slo(replace(condition("max(queue) < 5", 300), at_least=Decimal("0.8")))
        simulation = simulate(tmp_path, [shape], {"queue": values}, scrape=30, evaluate=30)
        assert recorded(simulation, ERRORS, ["5m", "10m", "15m"]) == {"answers": [0, 1, 0]}


class TestRates:
    """Rates over a slice and the scrape before it, at an interval of 20 seconds and slices of a minute."""

    CASES = (
        (("sum", "<", "1.51"), "gb"),
        (("sum", ">", "2.49"), "bg"),
        (("max", "<=", "1.01"), "gb"),
        (("min", ">", "0.49"), "gg"),
        (("min", ">", "0.51"), "bb"),
        (("avg", "<", "0.76"), "gb"),
    )

    def test_against_counted_truth(self, tmp_path: Path) -> None:
        shapes = [
            slo(gauge(fold, cmp, value, metric="retries_total", rate=True), name=f"s{number}")  # type: ignore[arg-type]  # a table
            for number, ((fold, cmp, value), _) in enumerate(self.CASES)
        ]
        # 1 and 0.5 a second for 20 minutes, then 0.5 and 2.
        given = series("retries_total", a="0+20x60 1210+10x60", b="0+10x60 640+40x60")
        simulation = simulate(tmp_path, shapes, given, scrape=20)
        found = recorded(simulation, ERRORS, ["10m", "19m", "22m", "39m"])
        words = {name: "".join("gb"[int(one or 0)] for one in values) for name, values in found.items()}
        assert words == {f"s{number}": word[0] * 2 + word[1] * 2 for number, (_, word) in enumerate(self.CASES)}

    def test_a_slice_and_the_scrape_before_it(self, tmp_path: Path) -> None:
        # In one slice of a minute, 30 events happen at once; those of no other slice are seen.
        given = {'retries_total{job="shop"}': "5x30 35x60"}
        shape = slo(gauge("sum", ">", "0", metric="retries_total", rate=True))
        simulation = simulate(tmp_path, [shape], given, scrape=20)
        found = recorded(simulation, ERRORS, [f"{minute}m" for minute in range(8, 14)])
        assert found == {"answers": [1, 1, 1, 0, 1, 1]}

    def test_without_the_counter(self, tmp_path: Path) -> None:
        given = {'retries_total{job="shop"}': "0+20x30 stale"}
        shapes = [slo(gauge("sum", "<", "5", one, metric="retries_total", rate=True), name=one) for one in MISSING]
        simulation = simulate(tmp_path, shapes, given, scrape=20)
        found = recorded(simulation, ERRORS, ["9m", "15m"])
        assert found == {"bad": [0, 1], "good": [0, 0], "ignored": [0, None]}
