"""What a run is rendered as: a program for each deployment."""

from __future__ import annotations

from dataclasses import replace

from slocompiler.cli.session import Run
from slocompiler.deployments import anywhere, deployed
from slocompiler.ir import Program
from slocompiler.targets import TARGETS
from slocompiler.targets.shared import Options


def places(run: Run, target: str, options: Options) -> list[tuple[Program, Options]]:
    """The program of each deployment with what the target is told of it; the program as it is where there is none.

    What deployments share is made of one that stands for all. Documentation tells what is promised, wherever that is.
    """
    program, deployments = run.program, run.project.deployments
    together = TARGETS[target].deployments
    if not deployments or together == "none":
        return [(program, options)]
    if together == "together":
        return [(deployed(program, anywhere(deployments)), options)]
    return [(deployed(program, one), replace(options, folder=f"{one.name}/")) for one in deployments]
