"""What `sloc verify` finds about a program on a real server."""

from __future__ import annotations

import time
from collections.abc import Sequence

from slocompiler.cli.prometheus import Server
from slocompiler.cli.sources import reader
from slocompiler.compiler import analyse, locate
from slocompiler.deployments import deployed
from slocompiler.formats.text import render
from slocompiler.ir import Deployment
from slocompiler.live.questions import answered
from slocompiler.live.verify import Report, verify
from slocompiler.project import Project
from slocompiler.source import Source
from support.compile import ROOT

DAY = 86400


def verified(
    sources: Sequence[Source], url: str, project: Project | None = None, deployment: Deployment | None = None
) -> Report:
    """The report about sources without errors, perhaps in one of several deployments."""
    project = project or Project()
    program, problems = analyse(sources, project, reader(ROOT))
    assert program, "\n".join(map(render, problems))
    program = deployed(program, deployment) if deployment else program
    asking = verify(program, locate(sources, project, reader(ROOT)), int(time.time()), DAY, project.options())
    return answered(asking, Server(url).answer)


def source(path: str) -> Source:
    """A file of the repository."""
    return Source(path, (ROOT / path).read_text("utf-8"))
