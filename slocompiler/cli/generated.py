"""The files of a build: those of each target, and how several of them are printed as one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from slocompiler.cli.messages import fail
from slocompiler.compiler import portions, unfit
from slocompiler.ir import Program
from slocompiler.targets import Part, Portion
from slocompiler.targets.shared import Options

PRINTED = ("prometheus",)
"""The targets that `-o -` prints if none is named: pages and dashboards are no use in one stream."""
_DOCUMENTS = (".yaml", ".yml", ".json")
"""The endings of files that a YAML reader takes as one document."""


def generate(program: Program, targets: Sequence[str], options: Options, *, shared: bool) -> list[Portion]:
    """The files of a build, generated as they are read.

    Without `shared`, files that depend on all services are not generated, as they would lose the other services.
    Ends the command with 1 if a target cannot be generated as the project file asks.
    """
    for target in targets:
        if reasons := unfit(program, target, options):
            fail("; ".join(reasons), 1)
    part: Part = "all" if shared else "services"
    return [one for target in targets for one in portions(program, target, options, part)]


def excluded(program: Program, targets: Sequence[str], options: Options) -> list[str]:
    """The paths of the files that only the whole project can generate."""
    shared = (one for target in targets for one in portions(program, target, options, "shared"))
    return [f"{one.target.name}/{name}" for one in shared for name, _ in one.files()]


def stream(files: Iterable[Portion]) -> Iterator[str]:
    """The texts of all files, with `---` between YAML documents, so that a YAML reader loads each."""
    begun = False
    for name, text in (file for portion in files for file in portion.files()):
        yield f"---\n{text}" if begun and PurePosixPath(name).suffix in _DOCUMENTS else text
        begun = True
