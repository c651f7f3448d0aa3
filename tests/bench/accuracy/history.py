"""What Prometheus makes of made-up traffic: rules are back-filled in layers, each from what the one before recorded."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from bench.accuracy.scenarios import COUNTERS, Scenario, Truth
from bench.accuracy.series import BEGIN, DAY, HOUR

from slocompiler import promql
from slocompiler.targets.prometheus import catch_up
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support import binaries
from support.compile import rules
from support.promtool import seconds
from support.samples import Written, write
from support.server import Prometheus

FIVE_MINUTES = 300
PERIOD, AGE, LEFT = "slo:error_ratio:period", "slo:age:seconds", "slo:budget_left:ratio"
BUDGET = 0.001
"""The share of events that may be bad, of all SLOs."""
MINUTE = 60
AVERAGED = "averaged:error_ratio:rate5m"
LAYERS = (("slo:events:rate5m",), ("slo:errors:rate5m", AVERAGED), ("slo:events:increase5m", "slo:errors:increase5m"))
"""A rule reads what stands before it; the errors' one reads the events'."""
SEEN = catch_up.LOOK_BACK // FIVE_MINUTES + 1
"""Counts after a gap that a rule may take from more than the last five minutes."""
BLOCKS = "--max-block-duration=54h"
"""Hours of scrapes in one range query, which returns at most 11,000 points a series."""


class Errors(NamedTuple):
    """The worst relative error of the period's ratio at any time of reading, by how it is computed.

    Only counters are computed in other ways.
    """

    ours: float
    averaged: float | None = None
    raw: float | None = None


def measure(folder: Path, truths: Sequence[Truth], window: int, days: float) -> dict[str, Errors]:
    """By scenario: the recorded ratio, the average of five-minute ratios and raw `increase` against the truth."""
    server = Prometheus(folder, out_of_order="10y")
    server.backfill("\n".join([*(line for truth in truths for line in truth.samples()), "# EOF\n"]))
    recorded = {truth.scenario.name: _rules(truth.scenario, window) for truth in truths}
    end = BEGIN + round(days * DAY)
    for names in LAYERS:
        with server:
            for truth in truths:
                _back_fill(server, truth, recorded[truth.scenario.name], names, end)
        for block in _blocks(server).iterdir():
            block.rename(server.data / block.name)
    with server:
        write(server.address, [Written("newest", {}, 1, end)])  # what is written below is older
        for truth in truths:
            _catch_up(server, truth, recorded[truth.scenario.name], end)
        return {truth.scenario.name: _worst(server, truth, recorded, window, end) for truth in truths}


def _blocks(server: Prometheus) -> Path:
    """Where a layer is kept until it is whole: a server that finds half of the counts finds a gap behind them."""
    folder = server.folder / "recorded"
    folder.mkdir(exist_ok=True)
    return folder


def _rules(scenario: Scenario, window: int) -> dict[str, dict[str, Any]]:
    """Every recording rule of an SLO over the traffic, and the ratio that others average; by their names."""
    name = scenario.name
    every, bad = (f'requests_total{{job="{name}"{code}}}' for code in ("", ',code="500"'))
    objective = f"99.9% over {promql.duration(window)}"
    measured = f"{scenario.measured.format(job=name)}\n    alerts none"
    options = Options(targets={"prometheus": PrometheusOptions(catch_up=scenario.catch_up)})
    text = rules(f'service {name} {{\n  owner "team"\n  slo errors {objective} {{\n    {measured}\n  }}\n}}\n', options)
    groups = yaml.safe_load(text)["groups"]
    found = [rule | {"every": round(seconds(group["interval"]))} for group in groups for rule in group["rules"]]
    other = f"(sum(rate({bad}[5m])) or 0 * sum(rate({every}[5m]))) / (sum(rate({every}[5m])) > 0)"
    return {rule["record"]: rule for rule in found} | {
        AVERAGED: {"record": AVERAGED, "expr": other, "labels": {"slo": f"{name}/errors"}, "every": 30}
    }


def _back_fill(
    server: Prometheus, truth: Truth, recorded: dict[str, dict[str, Any]], names: Sequence[str], end: int
) -> None:
    """Evaluate these rules while Prometheus is up, but for the counts after a gap: they read what they record."""
    name, counts = truth.scenario.name, names == LAYERS[-1]
    chosen = [dict(recorded[rule]) for rule in names]
    (interval,) = {rule.pop("every") for rule in chosen if rule["record"] != AVERAGED}
    chosen = [{key: value for key, value in rule.items() if key != "every"} for rule in chosen]
    group = {"name": name, "interval": f"{interval}s", "rules": chosen}
    (server.folder / f"{name}.yaml").write_text(yaml.safe_dump({"groups": [group]}), encoding="utf-8")
    for times in _up(truth, interval, end):
        calm = times[SEEN:] if counts and times[0] > BEGIN + DAY / 2 else times
        if not calm:
            continue
        command = [str(binaries.promtool()), "tsdb", "create-blocks-from", BLOCKS, "rules"]
        command += [f"--start={calm[0]}", f"--end={calm[-1] + interval - 1}", f"--url=http://{server.address}"]
        command += [f"--output-dir={_blocks(server)}", f"{name}.yaml"]
        # when in an interval a group is evaluated hangs on its name and its file's: not on where it lies
        done = subprocess.run(command, cwd=server.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def _catch_up(server: Prometheus, truth: Truth, recorded: dict[str, dict[str, Any]], end: int) -> None:
    """Evaluate the counts after each gap one after the other, as a server does, and when promtool would."""
    begun = f'timestamp({LAYERS[-1][0]}{{slo="{truth.scenario.name}/errors"}})'
    offset = server.query(f"max({begun})", BEGIN + HOUR)[0][1] % FIVE_MINUTES
    for times in _up(truth, FIVE_MINUTES, end)[1:]:
        for at in (time + offset for time in times[:SEEN]):
            for name in LAYERS[-1]:
                _record(server, recorded[name], at)


def _budget(server: Prometheus, recorded: dict[str, dict[str, Any]], begin: int, at: int) -> str:
    """Evaluate the rules of the budget once a minute, as far as they need it, and return what is spent at that time."""
    age, done = recorded[AGE], server.query(f"timestamp({AGE})", at)
    for minute in range(int(done[0][1]) + MINUTE if done else begin, at, MINUTE):
        _record(server, age, minute)
    for name in (PERIOD, "slo:coverage:ratio", AGE, "slo:age:ratio", LEFT):
        _record(server, recorded[name], at)
    return f"1 - {LEFT}"


def _record(server: Prometheus, rule: dict[str, Any], at: int) -> None:
    """Evaluate a rule and write what it records."""
    found = server.query(rule["expr"], at)
    write(server.address, [Written(rule["record"], labels | rule["labels"], value, at) for labels, value in found])


def _up(truth: Truth, interval: int, end: int) -> list[list[int]]:
    """The times of evaluations, a list for each time between two gaps."""
    found: list[list[int]] = [[]]
    for at in range(BEGIN + 2 * FIVE_MINUTES, end + 1, interval):
        if truth.scenario.down((at - BEGIN) / HOUR):
            if found[-1]:
                found.append([])
        else:
            found[-1].append(at)
    return [times for times in found if times]


def _worst(
    server: Prometheus, truth: Truth, recorded: dict[str, dict[str, dict[str, Any]]], window: int, end: int
) -> Errors:
    scenario, over = truth.scenario, promql.duration(window)
    job, mine = f'job="{scenario.name}"', f'slo="{scenario.name}/errors"'
    counts = [f"sum(sum_over_time(slo:{what}:increase5m{{{mine}}}[{over}]))" for what in ("errors", "events")]
    ours = " / ".join(counts) if " per " in scenario.measured else recorded[scenario.name][PERIOD]["expr"]
    asked = [
        ours,
        f"sum_over_time({AVERAGED}{{{mine}}}[{over}]) / count_over_time({AVERAGED}{{{mine}}}[{over}])",
        f'sum(increase(requests_total{{{job},code="500"}}[{over}])) / sum(increase(requests_total{{{job}}}[{over}]))',
    ]
    asked = asked if scenario.measured == COUNTERS and not scenario.budget else asked[:1]
    first, last, step = (6 * HOUR, DAY, HOUR) if scenario.young else (window + 5 * HOUR, end - BEGIN, 5 * HOUR)
    worst, begin = [0.0] * len(asked), BEGIN + 2 * FIVE_MINUTES  # the first evaluation is then
    for at in (*range(BEGIN + first + FIVE_MINUTES, BEGIN + last, step), BEGIN + last):
        right = truth.ratio(at, min(window, at - begin))
        if scenario.budget:
            right *= min(1, (at - begin) / window) / BUDGET
            asked = [_budget(server, recorded[scenario.name], begin, at)]
        for number, expr in enumerate(asked):
            found = server.query(expr, at)
            assert len(found) == 1, f"{expr} at {at} returns {found}"
            worst[number] = max(worst[number], abs(found[0][1] - right) / right)
    return Errors(*worst)
