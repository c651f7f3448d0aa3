"""Events in PromQL that people wrote: what is recorded of it, against events that are counted here."""

from collections.abc import Mapping
from itertools import product
from math import isnan
from pathlib import Path
from typing import Literal

import pytest
import yaml

from slocompiler import ir
from slocompiler.record import replace
from support.promtool import check_rules
from support.shapes import NO_DATA, PAGE, RAW, recorded, rules, simulate, slo
from support.traffic import BAD, GOOD, UP, counter

pytestmark = pytest.mark.usefixtures("every_prometheus")

RATIO, PERIOD = "slo:error_ratio:rate1h", "slo:error_ratio:period"
REQUESTS = 'requests_total{job="shop"}'


def raw(total: str, part: str, side: Literal["bad", "good"] = "bad") -> ir.Raw:
    """Such events, of expressions that hold `$window`."""
    return ir.Raw(total=total, side=side, part=part)


def requests(bad: tuple[int | None, int | None], good: tuple[int | None, int | None] = (90, 90)) -> dict[str, str]:
    """So many a minute in the first and in the second hour; then nothing for ten minutes."""
    hours = {GOOD: good, BAD: bad}
    return {
        name: counter(("1h", first), ("1h", second), ("10m", None if second is None else 0), scrape=60)
        for name, (first, second) in hours.items()
    }


def measured(folder: Path, shapes: Mapping[str, ir.Raw], given: dict[str, str]) -> dict[str, tuple[float | None, ...]]:
    """The error ratio of the second hour, and of both once the last event has passed the five-minute rate."""
    simulation = simulate(folder, [slo(one, name=name) for name, one in shapes.items()], given)
    second, both = recorded(simulation, RATIO, ["2h"]), recorded(simulation, PERIOD, ["2h10m"])
    return {name: (*second.get(name, [None]), *both.get(name, [None])) for name in shapes}


def near(second: float, both: float) -> object:
    """The truth; `rate` sees a minute more or less of a series that comes or goes."""
    return pytest.approx((second, both), rel=0.02)


class TestTruth:
    """The two numbers are the same in every way to write the expressions."""

    def test_both_sides(self, tmp_path: Path) -> None:
        shapes = {
            "series": RAW,
            "summed": raw(f"sum(rate({REQUESTS}[$window]))", f"sum(rate({BAD}[$window]))"),
            "good": raw(f"sum(rate({REQUESTS}[$window]))", f"sum(rate({GOOD}[$window]))", "good"),
            "lines": raw(
                f"\n  rate({GOOD}[$window]) # good ones\n  or rate({BAD}[$window])\n", f"rate({BAD}[$window]) # bad"
            ),
        }
        found = measured(tmp_path, shapes, requests((10, 30)))
        assert found == dict.fromkeys(shapes, near(30 / 120, 40 / 220))

    def test_nothing_bad(self, tmp_path: Path) -> None:
        # Absent bad events are none; absent good ones are none too, so that all are bad.
        good = raw(f"rate({REQUESTS}[$window])", 'rate(gone_total{job="shop"}[$window])', "good")
        bad = replace(good, side="bad")
        assert measured(tmp_path, {"bad": bad, "good": good}, requests((None, None))) == {"bad": (0, 0), "good": (1, 1)}

    def test_bad_ones_are_born_late(self, tmp_path: Path) -> None:
        found = measured(tmp_path, {"late": RAW}, requests((None, 10)))
        assert found == {"late": near(10 / 100, 10 / 190)}

    def test_idle(self, tmp_path: Path) -> None:
        # Division by nothing, infinities and negative numbers spoil no sum.
        odd = raw(
            f"rate({REQUESTS}[$window]) or label_replace(0 * up / 0, 'x', '1', '', '') or label_replace(up / 0, 'x', '2', '', '')",
            f"rate({BAD}[$window]) or label_replace(-1 * up, 'x', '1', '', '')",
        )
        given = requests((10, 0), (90, 0)) | {UP: "1x130"}
        simulation = simulate(tmp_path, [slo(odd)], given)
        every = simulation.timeline(
            ['{__name__=~"slo:(events|errors|error_ratio):.+"}'], [f"{m}m" for m in range(2, 131, 8)]
        )
        assert not [labels for samples in every.values() for labels, value in samples if isnan(value) or value < 0]
        assert recorded(simulation, "slo:error_ratio:rate5m", ["50m", "1h30m"])["answers"] == [pytest.approx(0.1), None]
        assert recorded(simulation, PERIOD, ["2h10m"])["answers"] == [pytest.approx(0.1, rel=0.01)]

    def test_each_value(self, tmp_path: Path) -> None:
        given = {}
        for route, bad in {"buy": 10, "list": 0}.items():
            given |= {name.replace("}", f',route="{route}"}}'): values for name, values in requests((bad, bad)).items()}
        shape = slo(RAW, per=("route",), alerts=(PAGE,))
        simulation = simulate(tmp_path, [shape], given)
        found = {labels["route"]: value for labels, value in simulation.values([RATIO], "2h")[RATIO]}
        assert found == {"buy": pytest.approx(0.1), "list": 0}


class TestAlerts:
    """As of any events."""

    SUMMED = raw(f"sum(rate({REQUESTS}[$window]))", f"sum(rate({BAD}[$window]))")

    def test_page(self, tmp_path: Path) -> None:
        simulation = simulate(tmp_path, [slo(self.SUMMED, alerts=(PAGE,))], requests((0, 90), (90, 10)))
        found = simulation.alerts(["SLOBurn"], ["59m", "1h20m"])
        assert [len(alerts) for alerts in found.values()] == [0, 1]
        (page,) = found["SLOBurn", "1h20m"]
        text = 'Measured: sum(rate(requests_total{job="shop"}[$window]))'
        assert text in page["annotations"]["description"]

    def test_no_data(self, tmp_path: Path) -> None:
        # Nobody knows the target of an expression: what is gone for a day is gone.
        given = {name: f"{values} stale" for name, values in requests((0, 0)).items()} | {UP: "1x130 0x3000"}
        simulation = simulate(tmp_path, [slo(self.SUMMED, alerts=(NO_DATA,))], given, evaluate=300)
        found = simulation.alerts(["SLONoData"], ["2h", "4h", "26h", "27h"])
        assert [len(alerts) for alerts in found.values()] == [0, 0, 0, 1]


class TestText:
    """What people write arrives as they wrote it."""

    ODD = 'rate(x_total{a=~"\t\\ttab: # no comment",b="é\u2028\u202e🚨",c=\'{{ $value }} "quoted"\'}[$window])'

    def test_windows_are_filled_in(self) -> None:
        text = rules([slo(RAW)])
        assert "$window" not in text
        expressions = [rule["expr"] for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
        assert 'sum((rate(requests_total{job="shop"}[5m])) >= 0 < Inf)' in expressions
        assert any('(rate(requests_total{job="shop"}[1h])) >= 0 < Inf) > 0)' in one for one in expressions)
        assert not any("increase(" in one for one in expressions), "no catch-up"

    def test_survives_yaml(self, tmp_path: Path) -> None:
        # Signs that hide text are escaped for who reads the file, and are there for Prometheus.
        for number, (sign, end) in enumerate(
            product(("", " ", "\n", "\t", "\r\n", "# a\n"), ("", "\n", "# a comment"))
        ):
            total = f"sum(rate(x_total[$window])){sign}* 2{end}"
            text = rules([slo(raw(total, self.ODD), name=f"s{number}", alerts=(PAGE, NO_DATA))])
            sli, *_ = yaml.safe_load(text)["groups"]
            events, errors = (rule["expr"] for rule in sli["rules"][:2])
            assert total.strip().replace("$window", "5m") in events
            assert self.ODD.replace("$window", "5m") in errors
            assert not set(text) & {"\t", "\r", "\u2028", "\u202e"}
            (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
        check_rules(*tmp_path.iterdir())
