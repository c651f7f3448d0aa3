"""Documents of OpenSLO: a schema of ours and the SDK for Go accept them, and their queries return what the rules record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from slocompiler import ir
from slocompiler.targets import TARGETS
from slocompiler.targets.shared import Options
from support import native, shapes
from support.compile import answers, compile_text
from support.exported import every, every_shape, files, of, read

SCHEMA = json.loads((Path(__file__).parent / "v1.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def documents(program: ir.Program) -> list[dict[str, Any]]:
    return [document for text in files(program).values() for document in yaml.safe_load_all(text)]


def test_the_schema_and_the_sdk_accept_every_document(
    tmp_path: Path, openslo_problems: Callable[[Path], list[str]]
) -> None:
    for name, program in every().items():
        for document in documents(program):
            assert [error.message for error in VALIDATOR.iter_errors(document)] == []
        for path, text in files(program).items():
            (tmp_path / f"{name}-{path}").write_text(text, "utf-8")
    assert openslo_problems(tmp_path) == []


DOCUMENT = files(compile_text(answers('events x_total{job="y"} bad {code="500"}')))["shop.yaml"]
SLICES = files(compile_text(answers('slices 1m good when max(g{job="y"}) < 5')))["shop.yaml"]
FAULTS = {
    "a name in capitals": (DOCUMENT, "name: shop-answers", "name: Shop"),
    "an unknown key": (DOCUMENT, "isRolling:", "rolling:"),
    "a target of 100%": (DOCUMENT, "target: 0.99", "target: 1"),
    "a target as a percentage too": (DOCUMENT, "target: 0.99", "target: 0.99\n    targetPercent: 99"),
    "a comparison of a ratio": (DOCUMENT, "target: 0.99", "target: 0.99\n    op: lt"),
    "no comparison of a value": (SLICES, "    op: lt\n", ""),
    "no slices": (SLICES, re.findall(r" +timeSliceWindow: .*\n", SLICES)[0], ""),
    "a window of seconds": (DOCUMENT, '"30d"', '"30s"'),
    "another method": (DOCUMENT, "Occurrences", "occurrences"),
    "a condition without a window": (DOCUMENT, '            lookbackWindow: "1h"\n', ""),
    "no total": (DOCUMENT, "        total:", "        good:"),
    "a key of a label with a slash": (DOCUMENT, "    owner:", "    a/b:"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory, openslo_problems: Callable[[Path], list[str]]) -> set[str]:
    """The faults that the SDK finds."""
    folder = tmp_path_factory.mktemp("faults")
    for name, (text, before, after) in FAULTS.items():
        assert before in text
        (folder / f"{name}.yaml").write_text(text.replace(before, after), "utf-8")
    return {line.partition(".yaml:")[0] for line in openslo_problems(folder)}


@pytest.mark.parametrize("name", FAULTS)
def test_both_refuse_a_fault(name: str, refused: set[str]) -> None:
    text, before, after = FAULTS[name]
    changed = yaml.safe_load_all(text.replace(before, after))
    assert any(not VALIDATOR.is_valid(document) for document in changed)
    assert name in refused


# What the queries return

SERIES = {
    'requests_total{job="shop",code="200"}': "0+80x60",
    'requests_total{job="shop",code="503"}': "0+20x60",
    'due_total{job="shop"}': "0+100x60",
    'sent_total{job="shop"}': "0+75x60",
    'took_seconds_bucket{job="shop",code="200",le="0.3"}': "0+60x60",
    'took_seconds_bucket{job="shop",code="200",le="+Inf"}': "0+80x60",
    'took_seconds_count{job="shop",code="200"}': "0+80x60",
    'took_seconds_count{job="shop",code="404"}': "0+20x60",
    'took_seconds_bucket{job="shop",code="404",le="0.3"}': "0+20x60",
    'took_seconds{job="shop",code="200"}': native.histogram(("60m", (50, 20, 10))),
    'queue{job="shop"}': "9x60",
    'queue{job="shop",env="test"}': "1x60",
    "room": "1x60",
    "size": "100x60",
    'retries_total{job="shop"}': "0+30x60",
    'free{job="shop"}': "5x60",
    'room{job="shop"}': "100x60",
    'ready{job="shop"}': "0.75x60",
    'up{job="shop"}': "1x60",
}
SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def error_ratio(document: Mapping[str, Any]) -> str:
    """The share of bad events over five minutes, as a reader of OpenSLO would ask for it, who knows no annotation."""
    spec = document["spec"]
    measured, (objective,) = spec["indicator"]["spec"], spec["objectives"]
    if "thresholdMetric" in measured:
        return f"1 - (({query(measured['thresholdMetric'])}) {SIGNS[objective['op']]} bool {objective['value']})"
    metric = measured["ratioMetric"]
    side = "bad" if "bad" in metric else "good"
    share = f"({query(metric[side])}) / ({query(metric['total'])})"
    bad = share if side == "bad" else f"1 - {share}"
    is_sliced = spec["budgetingMethod"] == "Timeslices"
    return f"({bad}) > bool (1 - {objective['timeSliceTarget']})" if is_sliced else bad


def query(metric: Mapping[str, Any]) -> str:
    text: str = metric["metricSource"]["spec"]["query"]
    return text.replace("{{.window}}", "5m")


@pytest.mark.usefixtures("prometheus_3")
def test_the_queries_return_what_the_rules_record(tmp_path: Path) -> None:
    simulation = shapes.simulate(tmp_path, every_shape(), SERIES)
    found = documents(of(*every_shape()))[1:]
    asked = {one["metadata"]["name"].removeprefix("shop-"): error_ratio(one) for one in found}
    name = "slo:error_ratio:rate5m"
    answered = simulation.values([*asked.values(), name], "50m")
    recorded = {labels["slo"].removeprefix("shop/"): value for labels, value in answered[name]}
    assert recorded.keys() == asked.keys()
    for one, expr in asked.items():
        ((labels, value),) = answered[expr]
        assert value == pytest.approx(recorded[one], abs=1e-9), one
        assert labels == {}
    assert 0 < recorded["s0"] < 1
    assert len(set(recorded.values())) > 4


def test_without_a_bad_event_all_are_good(tmp_path: Path) -> None:
    program = compile_text(answers('events requests_total{job="shop"} bad {code="500"}'))
    series = {'requests_total{job="shop",code="200"}': "0+80x60"}
    simulation = shapes.simulate(tmp_path, program.slos, series)
    expr = error_ratio(documents(program)[1])
    assert simulation.values([expr], "50m")[expr] == [({}, 0.0)]


# What OpenSLO cannot say


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            answers('slices 90s good when max(g{job="y"}) < 5'),
            "shop/answers: OpenSLO has durations of whole minutes only",
        ),
        (
            'service a { owner "x" slo b-c 99% over 30d { events x_total{job="y"} bad {c="d"} } }\n'
            'service a-b { owner "x" slo c 99% over 30d { events x_total{job="y"} bad {c="d"} } }',
            "a/b-c and a-b/c: both have the name a-b-c in OpenSLO",
        ),
    ],
)
def test_what_is_no_document_is_an_error(text: str, message: str) -> None:
    assert TARGETS["openslo"].unfit(compile_text(text), Options()) == [message]


def test_a_line_more_above_an_slo_changes_nothing() -> None:
    text = answers('events x_total{job="y"} bad {code="500"}')
    assert files(compile_text(text)) == files(compile_text(f"\n\n{text}"))


JOURNEY = """
service shop {
  owner "a"
  slo pay 99.9% over 30d { events x_total{job="pay"} bad {c="1"} }
  slo card 99% over 30d { events y_total{job="pay"} bad {c="1"} }
}
journey buying "Buying" 98% over 30d { owner "a" through shop/pay, shop/card }
"""


def test_a_journey_is_read_from_what_its_rules_record(
    tmp_path: Path, openslo_problems: Callable[[Path], list[str]]
) -> None:
    made = files(compile_text(JOURNEY))
    (_, document) = yaml.safe_load_all(made["buying.yaml"])
    metric = document["spec"]["indicator"]["spec"]["ratioMetric"]
    asked = [query(metric[part]) for part in ("bad", "total")]
    assert asked == [f'sum_over_time(slo:{what}:rate5m{{slo="buying/journey"}}[5m])' for what in ("errors", "events")]
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    (tmp_path / "buying.yaml").write_text(made["buying.yaml"], "utf-8")
    assert openslo_problems(tmp_path) == []
    found, program = read(made)
    assert program is not None
    assert "W665" in {problem.code for problem in found.problems}
    assert {slo.id for slo in program.slos} == {"buying/buying-journey", "shop/pay", "shop/card"}
