"""What SLOs promised before: compiles each commit of the repository that changed a file of the project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from slocompiler.cli.git import repository
from slocompiler.cli.messages import fail
from slocompiler.cli.sides import Compiled, at_commit
from slocompiler.diff.log import DATELESS, Log, Revision, record
from slocompiler.ir import Program
from slocompiler.project import NAME
from slocompiler.targets.shared import Former


def history_of(program: Program, root: Path) -> dict[str, tuple[Former, ...]]:
    """The targets that each SLO of the program has had in the project at `root`, oldest first, each with its first day."""
    log = log_of(root)
    found: dict[str, list[Former]] = {slo.id: [] for slo in program.slos if slo.id in log}
    for id, known in found.items():
        for (_, day, _), slo, _ in log[id]:
            if not known or (known[-1].target, known[-1].window) != (slo.target, slo.window):
                known.append(Former(day=day or DATELESS, target=slo.target, window=slo.window, because=slo.because))
    return {slo: tuple(known) for slo, known in found.items()}


def log_of(root: Path) -> Log:
    """The record of the project at `root`. Commits that do not compile are skipped."""
    return record(_versions(root))


def _versions(root: Path) -> Iterator[tuple[Revision, Program]]:
    here = repository(root, advice=": the history comes from git")
    start = root.resolve()
    if not start.is_relative_to(here.top.resolve()):
        fail(f"{root} is not in a git repository")
    known: Compiled | None = None
    for commit, day, author in here.commits((".slo", NAME)):
        short = commit[:12]
        found = at_commit(here, short, short, commit, start, known)
        if found.program:
            known = found  # most commits change few files
            yield Revision(commit, day, author), found.program
