"""`sloc test`: runs the generated rules in promtool, and compares them with counted events."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from slocompiler.cli import declared
from slocompiler.cli import promtool as promtool_tests
from slocompiler.cli.messages import note, quiet, say
from slocompiler.cli.promtool import promtool_option
from slocompiler.cli.scratch import scratch
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.cli.terminal import Progress
from slocompiler.compiler import instances
from slocompiler.explain.words import plural
from slocompiler.ir import Program, Service, Slo
from slocompiler.record import replace
from slocompiler.targets import render
from slocompiler.targets.promtest.render import untested
from slocompiler.targets.shared import Options

WAITING = 2
"""The number of processes beyond that of processors, because processes wait for the disk."""
FAILED = re.compile(r'^ +expr: "(?:[^"\\]|\\.)* # ((?:[^"\\]|\\.)*)", time: ', re.MULTILINE)
"""A comment in an expression explains its failure. Go quotes it with escapes that Python shares."""


class Result(NamedTuple):
    """The result of all cases of one SLO."""

    slo: Slo
    cases: int
    failures: list[str]
    printed: str
    """The output of promtool."""
    untested: str
    """The reason why there are no cases; "" if there are."""


@declared.command("test", short_help="Test the generated rules.")
@paths_and_project
@quiet
@promtool_option
@declared.option("-v", "--verbose", is_flag=True, help="Also print the output of promtool for failures.")
def command(paths: tuple[str, ...], project_file: str | None, promtool: str | None, verbose: bool) -> None:
    """Test the generated rules: promtool runs the rules of each SLO on made-up traffic.

    The expected ratios, budgets and times of alerts are counted event by event, without the code that generates the
    rules. Every deployment is tested. PATH is as in `sloc build`. No file is written.
    """
    program = promtool_tests.find(promtool)
    run = compile_paths(paths, project_file)
    results = []
    deployments = instances(run.program, "promtest", run.project.options())
    with Progress() as progress, scratch() as folder:
        for number, (deployed, options) in enumerate(deployments):
            for result in _run(deployed, options, program, folder / str(number)):
                results.append(result)
                progress.wipe()
                _print(result, verbose)
                progress.show(f"{len(results)} of {len(run.program.slos) * len(deployments)}")
    failed = sum(bool(result.failures) for result in results)
    skipped = sum(bool(result.untested) for result in results)
    total = plural(sum(result.cases for result in results), "case")
    how = f"{failed} failed" if failed else "all passed"
    left = f"; {plural(skipped, 'SLO')} not tested" if skipped else ""
    note(f"{plural(len(results) - skipped, 'SLO')}, {total}: {how}{left}")
    sys.exit(1 if failed else 0)


def _run(program: Program, options: Options, promtool: str, folder: Path) -> Iterator[Result]:
    """The results of the SLOs in their order. Each is tested without the others, several in parallel."""
    alone = [(replace(service, slos=(slo,)), slo) for service in program.services for slo in service.slos]
    pool = ThreadPoolExecutor((os.cpu_count() or 1) + WAITING)
    try:
        jobs = []
        for number, (service, slo) in enumerate(alone):
            jobs.append(pool.submit(_test, program, service, slo, options, promtool, folder / str(number)))
        for job in jobs:
            yield job.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _test(program: Program, service: Service, slo: Slo, options: Options, promtool: str, folder: Path) -> Result:
    why = untested(slo) or promtool_tests.too_old(slo, promtool)
    if why:
        return Result(slo, 0, [], "", why)
    files = render(replace(program, services=(service,)), "promtest", options)
    passed, printed = promtool_tests.run(promtool, files, folder)
    cases = sum(files[name].count("\n- name: ") for name in promtool_tests.tests(files))
    failures = list(dict.fromkeys(ast.literal_eval(f'"{text}"') for text in FAILED.findall(printed)))
    if not passed and not failures:
        failures = [f"{slo.id}: promtool did not run its tests:\n{printed}"]
    return Result(slo, cases, failures, printed, "")


def _print(result: Result, verbose: bool) -> None:
    """Print one line for an SLO, and one for each of its failures."""
    state = "FAIL" if result.failures else "-   " if result.untested else "ok  "
    what = f"not tested: {result.untested}" if result.untested else plural(result.cases, "case")
    deployment = f"{result.slo.deployment.name}: " if result.slo.deployment else ""
    (say if result.failures else note)(f"{state}  {deployment}{result.slo.id}  {what}")
    for failure in result.failures:
        say(f"      {failure}")
    if verbose and result.failures:
        say(result.printed)
