"""Earlier targets of every SLO: compiles each commit of the repository that changed an SLO."""

from __future__ import annotations

from pathlib import Path

from slocompiler.cli.git import repository
from slocompiler.cli.messages import fail
from slocompiler.cli.sides import at_commit
from slocompiler.ir import Program
from slocompiler.project import NAME
from slocompiler.targets.shared import Former


def history_of(program: Program, root: Path) -> dict[str, tuple[Former, ...]]:
    """The targets that each SLO of the program has had in the project at `root`, oldest first, each with its first day.

    Commits that do not compile are skipped. An SLO that was renamed has the history of its former names if `formerly` has them.
    """
    here = repository(root, advice=": the history comes from git")
    start = root.resolve()
    if not start.is_relative_to(here.top.resolve()):
        fail(f"{root} is not in a git repository")
    found: dict[str, list[Former]] = {slo.id: [] for slo in program.slos}
    found |= {id: found[slo.id] for slo in program.slos for id in slo.formerly}
    for commit, day in here.commits((".slo", NAME)):
        then = at_commit(here, commit[:12], commit[:12], commit, start).program
        for slo in then.slos if then else ():
            known = found.get(slo.id)
            if known is not None and (not known or (known[-1].target, known[-1].window) != (slo.target, slo.window)):
                known.append(Former(day=day, target=slo.target, window=slo.window, because=slo.because))
    return {slo.id: tuple(found[slo.id]) for slo in program.slos if found[slo.id]}
