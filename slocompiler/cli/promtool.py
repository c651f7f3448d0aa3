"""Finds promtool and runs unit tests of rules in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from slocompiler.cli import declared
from slocompiler.cli.messages import fail
from slocompiler.ir import Slo, Threshold

WHERE = """
  Debian, Ubuntu: apt-get install prometheus     macOS: brew install prometheus
  anywhere:       https://prometheus.io/download/
Put it on PATH, or set --promtool or $PROMTOOL to its path."""
GO = {"GOMAXPROCS": "1", "GOGC": "400"}
"""One processor for each process, because several run in parallel; fewer collections of garbage."""
FAILED = 1
"""The exit code of promtool for tests that fail."""
VERSION = re.compile(r"\bversion ((\d+)\.\S+)")

promtool_option = declared.option(
    "--promtool",
    metavar="FILE",
    type=declared.PATH,
    help="The promtool to run. Defaults to $PROMTOOL, then to the one on PATH.",
)


def find(given: str | None) -> str:
    """The path of the promtool to run. Without one the command fails."""
    for source, name in (("--promtool", given), ("$PROMTOOL", os.environ.get("PROMTOOL"))):
        if name:
            found = shutil.which(name)
            return os.path.abspath(found) if found else fail(f"{source} is {name}, which is not a program")
    return shutil.which("promtool") or fail("the tests need promtool, which is a part of Prometheus:", more=WHERE)


def run(promtool: str, files: Mapping[str, str], folder: Path) -> tuple[bool, str]:
    """Whether the tests among the files pass, and the output of promtool. The folder is removed at the end.

    Tests that fail run once more: a query of promtool misses samples that its storage moves to a block at that moment
    (https://github.com/prometheus/prometheus/pull/15103).
    """
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    command = [promtool, "test", "rules", *tests(files)]
    done = _done(command, folder)
    if done.returncode == FAILED:
        done = _done(command, folder)
    shutil.rmtree(folder)
    return not done.returncode, (done.stdout + done.stderr).strip()


def _done(command: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | GO
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
    )


def tests(files: Mapping[str, str]) -> list[str]:
    """The names of the files with tests; the others have rules."""
    return [name for name in files if name.endswith(".test.yaml")]


def too_old(slo: Slo, promtool: str) -> str:
    """Why this promtool cannot test the SLO; "" if it can, or does not print its version."""
    if not (isinstance(slo.counting, Threshold) and slo.counting.native):
        return ""
    found = VERSION.search(_version(promtool))
    if found is None or int(found[2]) >= 3:
        return ""
    return f"native histograms need promtool 3, and {promtool} is {found[1]}"


@cache
def _version(promtool: str) -> str:
    done = _done([promtool, "--version"])
    return done.stdout + done.stderr
