"""What rules cost by the model, against the samples that a real Prometheus counts as it evaluates them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from slocompiler.cli.costs import ESTIMATED, costed
from slocompiler.cli.sides import compiled
from slocompiler.diff.change import Comparison
from slocompiler.diff.compare import compare, kept
from slocompiler.diff.project import project
from slocompiler.live.cost import costs
from slocompiler.live.questions import Answers, Question, answered
from slocompiler.promql.node import Node
from slocompiler.targets.prometheus.cost import RAW, VALUES, Cost, cost
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import ROOT, answers, compile_text
from support.server import Prometheus

SERIES = 20
"""Raw series of each metric; a tenth of the requests has the code 500."""
PROFILES = ("standard", "economy")


def bench() -> Any:
    """The measurement of `python tests/bench/cost`, which has its data and its kinds of SLOs."""
    spec = importlib.util.spec_from_file_location("bench_cost", ROOT / "tests" / "bench" / "cost" / "__main__.py")
    assert spec
    assert spec.loader
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def raw(node: Node) -> float:
    """The series that a selector finds in these data."""
    return SERIES / 10 if any(matcher.value == "500" for matcher in node.matchers) else SERIES


def modelled(body: str, profile: str = "standard", of: Any = raw) -> Cost:
    (service,) = compile_text(f'service shop {{ owner "team" slo one 99.9% over 30d {{ {body} }} }}').services
    options = Options(targets={"prometheus": PrometheusOptions(profile=profile)})  # type: ignore[arg-type]  # a word of PROFILES
    return cost(service.slos[0], service, options, of)


def test_the_model_agrees_with_the_server(tmp_path: Path) -> None:
    """For each kind of SLO and each profile."""
    measured = bench()
    measured.RUNS = 1
    server = Prometheus(tmp_path)
    server.backfill("\n".join(chain(measured.others(SERIES), measured.samples(SERIES, 3 * measured.HOUR))))
    with server:
        for name, kind in measured.KINDS.items():
            for profile in PROFILES:
                read = measured.cost(server, measured.ours(profile, name)).samples
                assert modelled(kind.body, profile).samples == pytest.approx(read, rel=0.05), (name, profile)


def test_raw_series_and_values_multiply() -> None:
    body = 'events requests_total{job="shop"} bad {code="500"}'
    few, many = (modelled(body, of=lambda _, n=n: n).samples for n in (RAW, 2 * RAW))
    base = modelled(body, of=lambda _: 0).samples
    assert many - base == pytest.approx(2 * (few - base))
    (one,) = compile_text(answers(body)).services
    assert modelled(f"{body} per route").series == VALUES * cost(one.slos[0], one, Options()).series


def test_series_that_are_counted() -> None:
    """A journey reads what its steps recorded, and no raw series."""
    text = """service shop { owner "team" slo one 99% over 30d { events e_total{job="shop"} bad {code="500"} } }
    journey buying 98% over 30d { owner "team" through shop/one }"""
    slos = [(slo, service) for service in compile_text(text).services for slo in service.slos]

    def answer(asked: Sequence[Question]) -> Answers:
        three = {"resultType": "vector", "result": [{"metric": {}, "value": [0, "3"]}]}
        return Answers(dict.fromkeys(asked, three))

    found = answered(costs(slos, Options(), 0), answer)
    assert found == [cost(slo, service, Options(), lambda _: 3) for slo, service in slos]


def changed(folder: Path, before: int, after: int, settings: str = "") -> Comparison:
    """A service with these numbers of SLOs before and after, the second time with these lines in sloc.yaml."""
    for name, count, text in (("base", before, ""), ("head", after, settings)):
        (folder / name).mkdir()
        (folder / name / "sloc.yaml").write_text(f'sources: ["*.slo"]\n{text}', encoding="utf-8")
        slos = "".join(
            f'slo s{n} 99% over 30d {{ events e_total{{job="{n}"}} bad {{code="500"}} }}\n' for n in range(count)
        )
        (folder / name / "shop.slo").write_text(f'service shop {{ owner "web"\n{slos}}}\n', encoding="utf-8")
    base, head = (compiled(str(folder / name)) for name in ("base", "head"))
    assert base.program
    assert head.program
    settings_of = project(base.settings, head.settings, "sloc.yaml", kept(base.program, head.program))
    return costed(compare(base.program, head.program, settings_of), base, head)


def test_a_diff_has_the_cost_of_changed_slos_alone(tmp_path: Path) -> None:
    found = changed(tmp_path, 3, 4).cost
    assert found
    assert found.series[0] == 0 < found.series[1]


def test_a_setting_changes_the_cost_of_all(tmp_path: Path) -> None:
    economy = "targets: {prometheus: {profile: economy}}\n"
    found = changed(tmp_path, 3, 3, economy).cost
    assert found
    assert found.samples[0] > found.samples[1] > 0


def test_the_cost_of_too_many_is_not_estimated(tmp_path: Path) -> None:
    assert changed(tmp_path, 0, ESTIMATED + 1).cost is None
