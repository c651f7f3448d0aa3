"""The files of a build: those of each target, and how several of them are printed as one text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from slocompiler.cli.messages import fail
from slocompiler.cli.session import Run
from slocompiler.cli.terminal import Progress
from slocompiler.compiler import render, unfit
from slocompiler.targets.shared import Options

PRINTED = ("prometheus",)
"""The targets that `-o -` prints if none is named: pages and dashboards are no use in one stream."""
_DOCUMENTS = (".yaml", ".yml", ".json")
"""The endings of files that a YAML reader takes as one document."""


def generate(run: Run, targets: Sequence[str], options: Options, *, shared: bool) -> tuple[dict[str, str], list[str]]:
    """The files to write, text by path, and the paths of those that only the whole project can generate.

    Without `shared`, files that depend on all services are not generated, as they would lose the other services.
    Ends the command with 1 if a target cannot be generated as the project file asks.
    """
    files: dict[str, str] = {}
    excluded: list[str] = []
    with Progress() as progress:
        for target in targets:
            progress.show(f"generating {target}")
            if reasons := unfit(run.program, target, options):
                fail("; ".join(reasons), 1)
            found = render(run.program, target, options, "all" if shared else "services")
            files |= {f"{target}/{name}": text for name, text in found.items()}
            if not shared:
                excluded += [f"{target}/{name}" for name in render(run.program, target, options, "shared")]
    return files, excluded


def stream(files: Mapping[str, str]) -> str:
    """All files as one text, with `---` between YAML documents, so that a YAML reader loads each."""
    printed = ""
    for name, text in files.items():
        printed += f"---\n{text}" if printed and PurePosixPath(name).suffix in _DOCUMENTS else text
    return printed
