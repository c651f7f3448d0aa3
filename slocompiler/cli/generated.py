"""The files of a build: those of each target, and how several of them are printed as one text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from slocompiler.cli.messages import fail
from slocompiler.cli.output import Portion
from slocompiler.cli.session import Run
from slocompiler.compiler import portions, unfit
from slocompiler.targets import Part
from slocompiler.targets.shared import Files, Options

PRINTED = ("prometheus",)
"""The targets that `-o -` prints if none is named: pages and dashboards are no use in one stream."""
_DOCUMENTS = (".yaml", ".yml", ".json")
"""The endings of files that a YAML reader takes as one document."""


def generate(
    run: Run, targets: Sequence[str], options: Options, stamped: Callable[[str], str] = str, *, shared: bool
) -> list[Portion]:
    """The files of a build, generated as they are read, with their texts `stamped`.

    Without `shared`, files that depend on all services are not generated, as they would lose the other services.
    Ends the command with 1 if a target cannot be generated as the project file asks.
    """
    for target in targets:
        if reasons := unfit(run.program, target, options):
            fail("; ".join(reasons), 1)
    part: Part = "all" if shared else "services"
    return [_of(one, target, stamped) for target in targets for one in portions(run.program, target, options, part)]


def excluded(run: Run, targets: Sequence[str], options: Options) -> list[str]:
    """The paths of the files that only the whole project can generate."""
    shared = ((target, files) for target in targets for files in portions(run.program, target, options, "shared"))
    return [f"{target}/{name}" for target, files in shared for name, _ in files]


def _of(files: Files, target: str, stamped: Callable[[str], str]) -> Portion:
    for name, text in files:
        yield f"{target}/{name}", stamped(text)


def stream(files: Iterable[Portion]) -> Iterator[str]:
    """The texts of all files, with `---` between YAML documents, so that a YAML reader loads each."""
    begun = False
    for name, text in (file for portion in files for file in portion):
        yield f"---\n{text}" if begun and PurePosixPath(name).suffix in _DOCUMENTS else text
        begun = True
