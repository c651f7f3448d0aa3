"""The pipeline: sources to a program, a program to texts."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.checks import check
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.ir import Program
from slocompiler.lower import lower
from slocompiler.project import Project
from slocompiler.resolve import resolve
from slocompiler.source import Source
from slocompiler.syntax.parse import parse


def analyse(sources: Iterable[Source], project: Project | None = None) -> tuple[Program | None, list[Diagnostic]]:
    """The program that the sources are, and everything that is wrong or doubtful with them.

    No program where there are errors; warnings alone leave it whole. Nothing raises for bad input.
    """
    parsed = [parse(source) for source in sources]
    resolved, problems = resolve(file for file, _ in parsed)
    problems += [problem for _, found in parsed for problem in found]
    problems += check(resolved, project or Project())
    problems = ordered(problems)
    return (None if any(problem.is_error for problem in problems) else lower(resolved)), problems
