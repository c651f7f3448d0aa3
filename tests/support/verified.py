"""What `sloc verify` finds about a program on a real server."""

from __future__ import annotations

import time
from collections.abc import Sequence

from slocompiler.cli.prometheus import Server
from slocompiler.cli.session import reader
from slocompiler.compiler import analyse, locate
from slocompiler.formats.text import render
from slocompiler.live.questions import answered
from slocompiler.live.verify import Report, verify
from slocompiler.project import Project
from slocompiler.source import Source
from support.compile import ROOT

DAY = 86400


def verified(
    sources: Sequence[Source], url: str, project: Project | None = None, lookback: int = DAY, now: int | None = None
) -> Report:
    """The report about sources without errors; `lookback` and `now` are in seconds."""
    project = project or Project()
    program, problems = analyse(sources, project, reader(ROOT))
    assert program, "\n".join(map(render, problems))
    places, at = locate(sources, reader(ROOT)), int(time.time()) if now is None else now
    return answered(verify(program, places, at, lookback, project.options()), Server(url).answer)


def source(path: str) -> Source:
    """A file of the repository."""
    return Source(path, (ROOT / path).read_text("utf-8"))
