"""`sloc test`: what the generated rules do, in promtool, against what was counted."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import click

from slocompiler.cli.messages import fail, note, quiet
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.cli.terminal import Progress
from slocompiler.compiler import instances
from slocompiler.explain.words import plural
from slocompiler.ir import Program, Service, Slo
from slocompiler.targets import render
from slocompiler.targets.promtest.render import untested
from slocompiler.targets.shared import Options

WHERE = """promtool runs the tests, and there is none: it comes with Prometheus.
  Debian, Ubuntu: apt-get install prometheus     macOS: brew install prometheus
  anywhere:       https://prometheus.io/download/
Put it on PATH, or name it with --promtool or in $PROMTOOL."""
GO = {"GOMAXPROCS": "1", "GOGC": "400"}
"""One processor for each of the processes, which run side by side, and memory for speed."""
WAITING = 2
"""So many more processes than there are processors: each waits for the disk now and then."""
FAILED = re.compile(r'^ +expr: "(?:[^"\\]|\\.)* # ((?:[^"\\]|\\.)*)", time: ', re.MULTILINE)
"""A comment of an expression says what its failure means; Go's escapes in quotes are Python's."""


class Result(NamedTuple):
    """What became of the cases of one SLO."""

    slo: Slo
    cases: int
    failures: list[str]
    printed: str
    """All that promtool said."""
    untested: str
    """Why there are no cases; "" where there are."""


@click.command("test", short_help="Test what the generated rules do.")
@paths_and_project
@quiet
@click.option(
    "--promtool", metavar="FILE", type=click.Path(), help="The promtool to run; else $PROMTOOL, else on PATH."
)
@click.option("-v", "--verbose", is_flag=True, help="Also show what promtool prints of a failure.")
def command(paths: tuple[str, ...], project_file: str | None, promtool: str | None, verbose: bool) -> None:
    """Test what the generated rules do: traffic is made up for each SLO, and promtool runs the rules over it.

    What has to happen is counted, event by event, apart from all that makes the rules: ratios, budgets, and when each
    alert fires and ends. Every deployment is tested. PATH is as for `sloc build`; nothing is written.
    """
    program = find(promtool)
    run = compile_paths(paths, project_file)
    results = []
    deployments = instances(run.program, "promtest", run.project.options())
    with Progress() as progress, tempfile.TemporaryDirectory(prefix="sloc-test-") as folder:
        for number, (deployed, options) in enumerate(deployments):
            for result in _run(deployed, options, program, Path(folder) / str(number)):
                results.append(result)
                progress.wipe()
                _tell(result, verbose)
                progress.say(f"{len(results)} of {len(run.program.slos) * len(deployments)}")
    failed = sum(bool(result.failures) for result in results)
    left_out = sum(bool(result.untested) for result in results)
    total = plural(sum(result.cases for result in results), "case")
    how = f"{failed} failed" if failed else "all as promised"
    left = f"; {plural(left_out, 'SLO')} not tested" if left_out else ""
    note(f"{plural(len(results) - left_out, 'SLO')}, {total}: {how}{left}")
    sys.exit(1 if failed else 0)


def find(given: str | None) -> str:
    """The promtool to run; without one the command ends."""
    for source, name in (("--promtool", given), ("$PROMTOOL", os.environ.get("PROMTOOL"))):
        if name:
            found = shutil.which(name)
            return os.path.abspath(found) if found else fail(f"{source} is {name}, which is no program")
    return shutil.which("promtool") or fail(WHERE)


def _run(program: Program, options: Options, promtool: str, folder: Path) -> Iterator[Result]:
    """Every SLO apart from the others, several at a time; in their order."""
    alone = [(replace(service, slos=(slo,)), slo) for service in program.services for slo in service.slos]
    with ThreadPoolExecutor((os.cpu_count() or 1) + WAITING) as pool:
        jobs = []
        for number, (service, slo) in enumerate(alone):
            jobs.append(pool.submit(_test, program, service, slo, options, promtool, folder / str(number)))
        for job in jobs:
            yield job.result()


def _test(program: Program, service: Service, slo: Slo, options: Options, promtool: str, folder: Path) -> Result:
    why = untested(slo)
    if why:
        return Result(slo, 0, [], "", why)
    files = render(replace(program, services=(service,)), "promtest", options)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    tests = [name for name in files if name.endswith(".test.yaml")]
    done = subprocess.run(
        [promtool, "test", "rules", *tests],
        cwd=folder,
        env=os.environ | GO,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    shutil.rmtree(folder)
    printed = (done.stdout + done.stderr).strip()
    cases = sum(files[name].count("\n- name: ") for name in tests)
    failures = list(dict.fromkeys(ast.literal_eval(f'"{text}"') for text in FAILED.findall(printed)))
    if done.returncode and not failures:
        failures = [f"{slo.id}: promtool did not run its tests:\n{printed}"]
    return Result(slo, cases, failures, printed, "")


def _tell(result: Result, verbose: bool) -> None:
    """One line for an SLO, and one for each promise that its rules break."""
    state = "FAIL" if result.failures else "-   " if result.untested else "ok  "
    what = f"not tested: {result.untested}" if result.untested else plural(result.cases, "case")
    place = f"{result.slo.deployment.name}: " if result.slo.deployment else ""
    (click.echo if result.failures else note)(f"{state}  {place}{result.slo.id}  {what}")
    for failure in result.failures:
        click.echo(f"      {failure}")
    if verbose and result.failures:
        click.echo(result.printed)
