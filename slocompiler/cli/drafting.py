"""`sloc init --url`: asks a server what it scrapes, and writes drafts for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import gcd
from pathlib import Path

import yaml

from slocompiler.cli.connection import Connection
from slocompiler.cli.messages import fail, say
from slocompiler.cli.sources import reader
from slocompiler.cli.writer import replace_or_fail
from slocompiler.compiler import analyse
from slocompiler.ir import SCHEMA, Program
from slocompiler.library import entries
from slocompiler.live.drafts.find import drafted, evidence, scrape_interval
from slocompiler.live.drafts.fits import MOST, jobs_of
from slocompiler.live.drafts.signatures import signatures
from slocompiler.live.drafts.write import Draft, written
from slocompiler.live.questions import Answers, Question, answered
from slocompiler.project import NAME, Project, load
from slocompiler.promql import duration
from slocompiler.source import Source
from slocompiler.suggest import one_of

_USUAL = 30
"""The seconds between two evaluations, unless scrapes are not a multiple of it."""


def draft(target: Path, connection: Connection, wanted: Sequence[str]) -> None:
    """Write drafts for these jobs, or for all, to a folder, and print their names. A project file that is there stays."""
    (server,) = connection.servers(Program(schema=SCHEMA, services=()), Project())
    jobs = _jobs(server.answer, wanted, connection.now)
    read = reader(target)
    found = answered(drafted(jobs, signatures(entries(), read), connection.now), server.answer)
    if not found:
        fail(f"nothing that {server.url} scrapes fits a template, or counts events with a label that tells bad ones")
    files = _with_evidence(found, server.url, server.answer, connection.now, target)
    there = [name for name in files if os.path.lexists(target / name) and name != NAME]
    if there:
        fail(f"{(target / there[0]).as_posix()} exists already; nothing was written")
    new = {name: text for name, text in files.items() if not os.path.lexists(target / name)}
    replace_or_fail(((target / name, text.encode()) for name, text in new.items()), str(target))
    say("\n".join((target / name).as_posix() for name in new))
    for job, template, among in dict.fromkeys(
        (fit.job, fit.signature.template, fit.among) for one in found for fit in one.fits
    ):
        if among > MOST:
            say(f"The job {job} has {among} uses of the template {template}: the first {MOST} are drafted.")
    if others := [job for job in jobs if job not in {one.job for one in found}]:
        say(f"No draft for {', '.join(others)}: no template fits, and no label of a counter tells bad events.")


def _jobs(answer: Callable[[Sequence[Question]], Answers], wanted: Sequence[str], now: int) -> Sequence[str]:
    known = answered(jobs_of(now), answer)
    for job in wanted:
        if job not in known:
            fail(f"the server has no job `{job}`; {one_of(job, known, 'it has none at all')}")
    return wanted or known


def _with_evidence(
    found: Sequence[Draft], url: str, answer: Callable[[Sequence[Question]], Answers], now: int, target: Path
) -> dict[str, str]:
    """The files: first as the templates have them, to count their past, then with the targets that it speaks for."""
    day = datetime.fromtimestamp(now, UTC).date()
    origin = f"Drafted on {day} from {url}."
    interval = answered(scrape_interval([one.job for one in found]), answer)
    settings = _settings(url, interval)
    project, problems = load(Source(NAME, settings))
    sources = [Source(one.file, written(one, {}, origin)) for one in found]
    program, mistakes = analyse(sources, project, reader(target))
    assert program is not None, [one.message for one in (*problems, *mistakes)]
    proved = answered(evidence(program, project.options(), now), answer)
    return {NAME: settings} | {one.file: written(one, proved.get(one.name, {}), origin) for one in found}


def _settings(url: str, interval: int | None) -> str:
    """The project file. An address without a password; intervals only where they are not the usual ones."""
    keys: dict[str, object] = {"live": {"url": url}}
    if interval and interval != _USUAL:
        keys |= {"scrape_interval": duration(interval), "evaluation_interval": duration(gcd(interval, _USUAL))}
    return yaml.safe_dump(keys, sort_keys=False)
