"""Compares imported SLOs with the rules of the other tool, in promtool."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.cli import promtool as promtool_tests
from slocompiler.cli.messages import fail
from slocompiler.cli.scratch import scratch
from slocompiler.compiler import analyse
from slocompiler.importers.compare import Compared, Comparison, Which, comparisons, read
from slocompiler.importers.report import Import
from slocompiler.project import Project
from slocompiler.record import replace
from slocompiler.source import Source


def compared(done: Import, project: Project, which: Which, promtool: str) -> Sequence[Compared]:
    """The results of the SLOs in their order, by one run of promtool."""
    program, _ = analyse([Source(name, text) for name, text in done.files.items()], project)
    if program is None:
        return []
    options = replace(project.options(), deployments=())
    found = list(comparisons(done.rows, program, options, which, lambda slo: promtool_tests.too_old(slo, promtool)))
    files = {name: text for one in found if isinstance(one, Comparison) for name, text in one.files.items()}
    answers: dict[str, float | None] = {}
    if files:
        with scratch() as folder:
            _, printed = promtool_tests.run(promtool, files, folder / "tests")
        answers = read(printed)
        if not answers:
            fail(f"promtool did not run the comparison:\n{printed}")
    return [one.read(answers) if isinstance(one, Comparison) else one for one in found]
