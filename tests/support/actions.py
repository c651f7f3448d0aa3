"""Runs the steps of action.yml as GitHub's runner does: each script as it stands, by bash, fed by its environment only."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from support.compile import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What the runner runs for `shell: bash`."""


class Ran(NamedTuple):
    """What became of a step."""

    code: int
    out: str
    err: str


class Job:
    """A job in a checkout, on a machine of its own: what one step leaves the next ones find."""

    def __init__(self, checkout: Path, temporary: Path, event: Mapping[str, str], path: str) -> None:
        self.checkout, self.temporary, self.event, self.path = checkout, temporary, dict(event), path
        temporary.mkdir(exist_ok=True)
        self.summary, self.added = temporary / "summary.md", temporary / "path.txt"
        self.outputs = temporary / "outputs.txt"
        for file in (self.added, self.outputs):
            file.touch()

    def run(self, name: str, environment: Mapping[str, str] | None = None, **inputs: str) -> Ran:
        """The step `name` with these inputs; `_` stands for `-` in their names."""
        (step,) = (step for step in STEPS if step["name"] == name)
        given = {key.replace("_", "-"): value for key, value in inputs.items()}
        script = self.temporary / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        own = {key: self.value(str(text), given) for key, text in step["env"].items()}
        added = [line for line in reversed(self.added.read_text(encoding="utf-8").splitlines()) if line]
        base = {
            "PATH": os.pathsep.join([*added, self.path]),
            "HOME": str(self.temporary),
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_PATH": str(self.added),
            "GITHUB_OUTPUT": str(self.outputs),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_REPOSITORY": self.event["github.repository"],
            "GITHUB_EVENT_NAME": self.event["github.event_name"],
            "GITHUB_SHA": self.event["github.sha"],
            "GITHUB_SERVER_URL": "https://github.example.org",
        }
        kept = {key: value for key, value in os.environ.items() if key.startswith("PIP_") or key.endswith("_proxy")}
        environment = kept | base | own | dict(environment or {})
        done = subprocess.run(
            [*BASH, script], cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def value(self, text: str, inputs: Mapping[str, str]) -> str:
        """A text with its expressions replaced, as far as this action has such."""
        return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda match: self._named(match[1], inputs), text)

    def _named(self, name: str, inputs: Mapping[str, str]) -> str:
        if name.startswith("inputs."):
            key = name.removeprefix("inputs.")
            return inputs.get(key, self.value(ACTION["inputs"][key]["default"], inputs))
        if name.startswith("steps."):  # names of outputs are unique here
            outputs = dict(line.split("=", 1) for line in self.outputs.read_text(encoding="utf-8").splitlines())
            return outputs.get(name.rpartition(".")[2], "")
        return self.event[name]


def wanted(step: Mapping[str, Any], outcome: str = "success", changed: str = "", **inputs: str) -> bool:
    """Whether the step would run after `check` ended so and `compare` found `changed`, and nothing was cancelled."""
    given = {key: entry["default"] for key, entry in ACTION["inputs"].items()}
    given |= {key.replace("_", "-"): value for key, value in inputs.items()}
    text = step.get("if", "${{ success() }}").removeprefix("${{").removesuffix("}}").strip()
    if "()" not in text:  # without a word on how the steps before ended, they have to have succeeded
        text = f"success() && ({text})"
    condition = re.sub(r"inputs\.([\w-]+)", lambda match: repr(given[match[1]]), text)
    condition = condition.replace("steps.compare.outputs.changed", repr(changed))
    condition = condition.replace("steps.check.outcome", repr(outcome)).replace("!cancelled()", "True")
    condition = condition.replace("success()", str(outcome == "success")).replace("&&", "and").replace("||", "or")
    return bool(eval(condition))
