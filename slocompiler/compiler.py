"""The pipeline: sources to a program, a program to texts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from slocompiler.checks import check
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.ir import Program
from slocompiler.lower import lower
from slocompiler.project import Project
from slocompiler.resolve import resolve
from slocompiler.resolve.imports import Reader, load, nothing
from slocompiler.source import Source


def analyse(
    sources: Iterable[Source], project: Project | None = None, read: Reader = nothing, today: date | None = None
) -> tuple[Program | None, list[Diagnostic]]:
    """The program that the sources are, and everything that is wrong or doubtful with them.

    `read` gets the files that they import. What is due is judged only where `today` is given. No program where there
    are errors; warnings alone leave it whole. Nothing raises for bad input.
    """
    own, modules, problems = load(sources, read)
    resolved, found = resolve(own, modules)
    problems += found
    problems += check(resolved, project or Project(), today)
    problems = ordered(problems)
    return (None if any(problem.is_error for problem in problems) else lower(resolved)), problems
