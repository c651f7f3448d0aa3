"""The rules of every shape: promtool and an independent parser accept them, and each is recorded in the same way."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from slocompiler import burn, ir
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.promtool import check_rules
from support.shapes import NO_DATA, PAGE, SHAPES, excepted, rules, slo

ALERTS = (
    PAGE,
    ir.Burn(severity="page", share=PAGE.share, window=6 * 3600, needs=5),
    ir.Burn(severity="ticket", share=PAGE.share, window=86_400),
    ir.Exhausted(severity="page", within=4 * 3600),
    ir.Remaining(severity="ticket", below=PAGE.share),
    NO_DATA,
)
RECORDED = ["events:rate5m", "errors:rate5m", "error_ratio:rate5m", "error_ratio:rate1h", "events:increase5m", "errors:increase5m",
            "error_ratio:rate6h", "error_ratio:rate1d", "error_ratio:period", "coverage:ratio", "age:seconds",
            "age:ratio", "budget_left:ratio", "budget_remaining:ratio", "burn_rate:ratio", "target:ratio", "info"]  # fmt: skip  # a table
EXCLUDED = ((None, 0), ("sum(maintenance) > 0", 1), (None, 2))
"""A condition of `exclude when`, and a short exception, given in units of ten minutes."""
OPTIONS = (
    Options(),
    Options(targets={"prometheus": PrometheusOptions(profile="economy", catch_up=False)}),
    Options(scrape_interval=15, evaluation_interval=15, targets={"prometheus": PrometheusOptions(late_series=True)}),
)


def groups_of(shape: ir.Slo, options: Options | None = None) -> list[dict[str, Any]]:
    """The groups of an SLO."""
    groups: list[dict[str, Any]] = yaml.safe_load(rules([shape], options))["groups"]
    return groups


@pytest.mark.parametrize("name", SHAPES)
def test_rules_are_accepted(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]
    pers = ((),) if isinstance(shape, ir.Slices) and shape.missing != "ignored" else ((), ("route", "method"))
    for number, (options, (excluded, few), per) in enumerate(product(OPTIONS, EXCLUDED, pers)):
        some = (excepted(lasting=600 * few, filter=(ir.Matcher("route", "=", "a$1"),) if per else ()),) if few else ()
        one = slo(shape, name=f"s{number}", alerts=ALERTS, per=per, exclude_when=excluded, exceptions=some)
        (tmp_path / f"{number}.yaml").write_text(rules([one], options), encoding="utf-8")
        for rule in (rule for group in groups_of(one, options) for rule in group["rules"]):
            promql_parser.parse(rule["expr"])
    check_rules(*tmp_path.iterdir())


@pytest.mark.parametrize("name", SHAPES)
def test_all_are_recorded_alike(name: str) -> None:
    groups = groups_of(slo(SHAPES[name], alerts=ALERTS))
    assert [group["name"] for group in groups] == [f"shop/answers {kind}" for kind in ("sli", "rollup", "budget")]
    found = [rule for group in groups for rule in group["rules"]]
    names = [rule["record"].removeprefix("slo:") for rule in found if "record" in rule]
    assert set(RECORDED) <= set(names)
    assert len(names) == len(set(names))
    identity = {"slo": "shop/answers", "service": "shop"}
    for rule in found:
        edited = rule.get("record") in (None, "slo:info")
        assert identity.items() <= rule["labels"].items() if edited else rule["labels"] == identity
        read = re.findall(r"\bslo:\w+(?::\w+)?(.{0,100})", rule["expr"])
        assert all(selected.startswith('{slo="shop/answers"') for selected in read)


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_recorded_is_read_where_it_is_fresh(name: str) -> None:
    """An instant vector reads what its own group has just written, or what is at most a minute old."""
    groups = groups_of(slo(SHAPES[name], alerts=ALERTS))
    written = {rule.get("record"): group for group in groups for rule in group["rules"]}
    seconds = {"15s": 15, "30s": 30, "1m": 60, "5m": 300, "15m": 900, "20m": 1200}
    for group in groups:
        for rule in group["rules"]:
            for record in re.findall(r"(slo:[\w:]+)\{[^}]*\}(?! offset|\[)", rule["expr"]):
                source = written[record]
                assert source is group or seconds[source["interval"]] <= 60, f"{rule} reads {record}"


def test_a_window_holds_a_slice() -> None:
    assert [burn.short_window(window, 30, 900) for window in (3600, 6 * 3600, 86_400)] == [900, 1800, 7200]
