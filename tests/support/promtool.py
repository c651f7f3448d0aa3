"""Runs promtool: checks rule files, runs unit tests, reads actual values and alerts out of their failures."""

import ast
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import yaml

from support import binaries

At = int | str
Sample = tuple[dict[str, str], float]
T = TypeVar("T")

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}

QUOTED = r'"(?:[^"\\]|\\.)*"'
LABEL = re.compile(rf"({QUOTED}|[^\s=,{{]+)=({QUOTED})")
SAMPLE = re.compile(rf'(\{{(?:[^"{{}}]|{QUOTED})*\}}) ([^,{{]+)(?:, |$)')
ALERT = re.compile(r"Labels:(\{.*\})\n\s+Annotations:(\{.*\}),?$", re.M)
GOT_SAMPLES = re.compile(
    rf"^    expr: ({QUOTED}), time: ([^\s,]+),(?: err: (.*)|\n        exp: .*\n        got: (.*))$", re.M
)
GOT_ALERTS = re.compile(
    r"^    alertname: (.+), time: ([^\s,]+), *\n        exp:\[\n(?: {12}.*\n)* {12}\], *\n"
    r"        got:\[((?:\n {12}.*)*)\]$",
    re.M,
)

GO = {"GOGC": "400"}
"""A quarter of promtool's time goes to collecting garbage otherwise."""

# No rule can produce these, so every test that expects them fails and prints what it got instead.
NO_SAMPLE = {"labels": "sloc_test_sentinel", "value": 0.125}
NO_ALERT = {"exp_labels": {"sloc_test": "sentinel"}}


class Alert(TypedDict):
    """A firing alert as promtool prints it."""

    labels: dict[str, str]
    annotations: dict[str, str]


@dataclass(frozen=True)
class Simulation:
    """Rules over made-up series; a call is one run of promtool, with any number of expressions and times.

    `series` maps a series to values in promtool's notation (`0+10x60`, `_x5`, `stale`), one each `interval`.
    All groups are evaluated every `evaluation_interval` (by default `interval`), whatever their own says, in
    the order of `group_eval_order`, by default the order in which they stand in the files.
    """

    rules: Sequence[Path]
    series: Mapping[str, str]
    interval: str = "1m"
    evaluation_interval: str | None = None
    group_eval_order: Sequence[str] | None = None

    def values(self, exprs: Iterable[str], at: At) -> dict[str, list[Sample]]:
        """What each expression returns at one time."""
        return {expr: samples for (expr, _), samples in self.timeline(exprs, [at]).items()}

    def timeline(self, exprs: Iterable[str], at: Iterable[At]) -> dict[tuple[str, At], list[Sample]]:
        """What each expression returns at each time."""
        wanted = list(dict.fromkeys(product(exprs, at)))
        tests = [{"expr": e, "eval_time": _duration(t), "exp_samples": [NO_SAMPLE]} for e, t in wanted]
        printed = self._fail({"promql_expr_test": tests}) if tests else ""
        got = {}
        for expr, time, problem, samples in GOT_SAMPLES.findall(printed):
            assert not problem, f"{ast.literal_eval(expr)} at {time}: {problem}"
            got[ast.literal_eval(expr), seconds(time)] = _samples(samples)
        return {(expr, time): _found(got, (expr, seconds(time)), printed) for expr, time in wanted}

    def alerts(self, names: Iterable[str], at: Iterable[At]) -> dict[tuple[str, At], list[Alert]]:
        """Which alerts of each name are firing (not pending) at each time."""
        wanted = list(dict.fromkeys(product(names, at)))
        tests = [{"alertname": n, "eval_time": _duration(t), "exp_alerts": [NO_ALERT]} for n, t in wanted]
        printed = self._fail({"alert_rule_test": tests}) if tests else ""
        got = {(name, seconds(time)): _alerts(block) for name, time, block in GOT_ALERTS.findall(printed)}
        return {(name, time): _found(got, (name, seconds(time)), printed) for name, time in wanted}

    def _fail(self, tests: dict[str, Any]) -> str:
        """Run tests that must fail and return what promtool printed."""
        series = [{"series": name, "values": values} for name, values in self.series.items()]
        order = _groups(self.rules) if self.group_eval_order is None else list(self.group_eval_order)
        document = {
            "rule_files": [str(path.absolute()) for path in self.rules],
            "evaluation_interval": self.evaluation_interval or self.interval,
            "group_eval_order": order,
            "tests": [{"interval": self.interval, "input_series": series, **tests}],
        }
        with tempfile.TemporaryDirectory() as folder:
            return run_tests(document, Path(folder)).stderr


def check_rules(*files: Path) -> None:
    """Assert that promtool accepts the rule files and finds no rule twice in one."""
    command = [str(binaries.promtool()), "check", "rules", "--lint=all", "--lint-fatal", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"promtool check rules fails:\n{done.stdout}{done.stderr}"


def run_tests(document: Mapping[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a unit-test document of promtool; its `rule_files` are relative to the folder."""
    path = folder / "promtool-tests.yml"
    path.write_text(yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True), encoding="utf-8")
    command = [str(binaries.promtool()), "test", "rules", path.name]
    return subprocess.run(command, cwd=folder, env=os.environ | GO, capture_output=True, text=True, check=False)


def failures(files: Mapping[str, str], folder: Path, bundle: binaries.Bundle = binaries.PROMETHEUS) -> str:
    """What promtool prints if the tests that `sloc build --target promtest` wrote fail; "" if they pass."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    tests = [name for name in files if name.endswith(".test.yaml")]
    command = [str(binaries.promtool(bundle)), "test", "rules", *tests]
    done = subprocess.run(command, cwd=folder, env=os.environ | GO, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def seconds(time: At) -> float:
    """A time as a number: 90, "90s" and "1m30s" are the same."""
    if isinstance(time, int):
        return float(time)
    parts = re.findall(r"(\d+)(ms|[smhdwy])", time)
    if time != "0" and (not parts or "".join(number + unit for number, unit in parts) != time):
        raise ValueError(f"{time!r} is no duration")
    return float(sum(int(number) * UNITS[unit] for number, unit in parts))


def _duration(time: At) -> str:
    return f"{time}s" if isinstance(time, int) else time


def _found(got: Mapping[tuple[str, float], T], key: tuple[str, float], printed: str) -> T:
    assert key in got, f"promtool says nothing of {key[0]} at {key[1]:g} s:\n{printed}"
    return got[key]


def _groups(rules: Iterable[Path]) -> list[str]:
    documents = [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in rules]
    groups = [group for document in documents for group in document.get("groups") or ()]
    return list(dict.fromkeys(group["name"] for group in groups))


def _labels(text: str) -> dict[str, str]:
    """Labels as Go prints them; its escapes in quotes are Python's."""
    pairs = LABEL.findall(text)
    return {ast.literal_eval(k) if k.startswith('"') else k: ast.literal_eval(v) for k, v in pairs}


def _samples(text: str) -> list[Sample]:
    if text == "nil":
        return []
    found = list(SAMPLE.finditer(text))
    assert "".join(match[0] for match in found) == text, f"these are no samples: {text}"
    return [(_labels(match[1]), float(match[2])) for match in found]


def _alerts(block: str) -> list[Alert]:
    return [Alert(labels=_labels(a), annotations=_labels(b)) for a, b in ALERT.findall(block)]
