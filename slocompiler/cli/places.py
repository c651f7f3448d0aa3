"""What a run is rendered as: a program for each deployment."""

from __future__ import annotations

from slocompiler.cli.run import Run
from slocompiler.deployments import anywhere, deployed
from slocompiler.ir import Program
from slocompiler.targets.base import Options


def places(run: Run, shared: bool = False) -> list[tuple[Program, Options]]:
    """The program of each deployment with what targets are told of it; the program as it is where there is none.

    What deployments share is made of one that stands for all.
    """
    program, project = run.program, run.project
    if not project.deployments:
        return [(program, project.options())]
    if shared:
        return [(deployed(program, anywhere(project.deployments)), project.options())]
    return [(deployed(program, one), project.options(one)) for one in project.deployments]
