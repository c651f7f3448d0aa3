"""What Prometheus makes of made-up traffic: rules are back-filled in layers, each from what the one before recorded."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from bench.accuracy.scenarios import BEGIN, DAY, HOUR, Truth

from slocompiler import promql
from slocompiler.targets.shared import Options
from support import binaries
from support.compile import rules
from support.server import Prometheus

FIVE_MINUTES = 300
PERIOD = "slo:error_ratio:period"
AVERAGED = "averaged:error_ratio:rate5m"
LAYERS = (("slo:events:rate5m",), ("slo:errors:rate5m", AVERAGED), ("slo:events:increase5m", "slo:errors:increase5m"))
"""A rule reads what stands before it; the errors' one reads the events'."""
BLOCKS = "--max-block-duration=54h"
"""Hours of scrapes in one range query, which returns at most 11,000 points a series."""


class Errors(NamedTuple):
    """The worst relative error of the period's ratio at any time of reading, by how it is computed."""

    ours: float
    averaged: float
    raw: float


def measure(folder: Path, truths: Sequence[Truth], window: int, days: float) -> dict[str, Errors]:
    """By scenario: the recorded ratio, the average of five-minute ratios and raw `increase` against the truth."""
    server = Prometheus(folder)
    server.backfill("\n".join([*(line for truth in truths for line in truth.samples()), "# EOF\n"]))
    recorded = {truth.scenario.name: _rules(truth.scenario.name, window) for truth in truths}
    end = BEGIN + round(days * DAY)
    for names in LAYERS:
        _record(server, truths, recorded, names, end)
    _record(server, truths, recorded, LAYERS[-1], end, catching_up=True)
    times = range(BEGIN + window + 5 * HOUR + FIVE_MINUTES, end + 1, 5 * HOUR)
    with server:
        return {truth.scenario.name: _worst(server, truth, recorded, window, times) for truth in truths}


def _rules(name: str, window: int) -> dict[str, dict[str, Any]]:
    """Every recording rule of an SLO over the traffic, and the ratio that others average; by their names."""
    every, bad = (f'requests_total{{job="{name}"{code}}}' for code in ("", ',code="500"'))
    measured = f'events requests_total{{job="{name}"}}\n    bad {{code="500"}}\n    alerts none'
    objective = f"99.9% over {promql.duration(window)}"
    text = rules(
        f'service {name} {{\n  owner "team"\n  slo errors {objective} {{\n    {measured}\n  }}\n}}\n', Options()
    )
    found = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    other = f"(sum(rate({bad}[5m])) or 0 * sum(rate({every}[5m]))) / (sum(rate({every}[5m])) > 0)"
    return {rule["record"]: rule for rule in found} | {
        AVERAGED: {"record": AVERAGED, "expr": other, "labels": {"slo": f"{name}/errors"}}
    }


def _record(
    server: Prometheus,
    truths: Sequence[Truth],
    recorded: dict[str, dict[str, dict[str, Any]]],
    names: Sequence[str],
    end: int,
    catching_up: bool = False,
) -> None:
    """Evaluate these rules while Prometheus is up; `catching_up` is the one evaluation after each gap, which sees it."""
    interval = FIVE_MINUTES if names == LAYERS[-1] else 30
    with server:
        for truth in truths:
            name = truth.scenario.name
            group = {"name": name, "interval": f"{interval}s", "rules": [recorded[name][rule] for rule in names]}
            file = server.folder / f"{name}.yaml"
            file.write_text(yaml.safe_dump({"groups": [group]}), encoding="utf-8")
            for first, last in _up(truth, interval, end, catching_up):
                command = [str(binaries.promtool()), "tsdb", "create-blocks-from", BLOCKS, "rules"]
                command += [f"--start={first}", f"--end={last}", f"--url=http://{server.address}"]
                command += [f"--output-dir={server.data}", file.name]
                # when in an interval a group is evaluated hangs on its name and its file's: not on where it lies
                done = subprocess.run(command, cwd=server.folder, capture_output=True, text=True, check=False)
                assert done.returncode == 0, done.stdout + done.stderr


def _up(truth: Truth, interval: int, end: int, catching_up: bool) -> Iterator[tuple[int, int]]:
    """The spans of evaluations between the gaps; what catches up is left out there, and alone here."""
    late = interval == FIVE_MINUTES
    times = range(BEGIN + 2 * FIVE_MINUTES, end + 1, interval)
    up = [at for at in times if not truth.scenario.down((at - BEGIN) / HOUR)]
    firsts = [at for at, before in zip(up[1:], up, strict=False) if at - before > interval]
    if catching_up:
        yield from ((at, at + interval - 1) for at in firsts)
        return
    for first, nxt in zip([up[0], *firsts], [*firsts, end + interval], strict=True):
        begin = first + interval if late and first != up[0] else first
        yield begin, max(at for at in up if at < nxt)


def _worst(
    server: Prometheus,
    truth: Truth,
    recorded: dict[str, dict[str, dict[str, Any]]],
    window: int,
    times: Sequence[int],
) -> Errors:
    name, over = truth.scenario.name, promql.duration(window)
    job, mine = f'job="{name}"', f'slo="{name}/errors"'
    asked = (
        recorded[name][PERIOD]["expr"],
        f"sum_over_time({AVERAGED}{{{mine}}}[{over}]) / count_over_time({AVERAGED}{{{mine}}}[{over}])",
        f'sum(increase(requests_total{{{job},code="500"}}[{over}])) / sum(increase(requests_total{{{job}}}[{over}]))',
    )
    worst = [0.0, 0.0, 0.0]
    for at in times:
        right = truth.ratio(at, window)
        for number, expr in enumerate(asked):
            found = server.query(expr, at)
            assert len(found) == 1, f"{expr} at {at} returns {found}"
            worst[number] = max(worst[number], abs(found[0][1] - right) / right)
    return Errors(*worst)
