"""What holds for the checks as a whole."""

from __future__ import annotations

from datetime import date

import pytest

from slocompiler.checks import CHECKS_ABOUT, named
from slocompiler.checks.context import Run
from slocompiler.project import Project
from slocompiler.project import load as settings
from slocompiler.resolve import ResolvedSlo, resolve
from slocompiler.resolve.imports import load
from slocompiler.source import Source
from slocompiler.syntax.parse import parse
from support.compile import answers
from support.mutants import TEXTS

TODAY = date(2026, 10, 1)
DEPLOYED, _ = settings(Source("sloc.yaml", "deployments: [{name: us, where: {cluster: us}, target: 99.999%}]"))
"""A project with another target in a deployment, which is too strict."""


@pytest.fixture(scope="module")
def slos() -> list[tuple[ResolvedSlo, Run]]:
    """Every SLO of the corpus and of the examples, and one with another target in a deployment."""
    given = [(text, Project()) for text in TEXTS] + [(answers('events hits_total{job="web"} bad {}'), DEPLOYED)]
    found = []
    for text, project in given:
        own, modules, _ = load([Source("test.slo", text)], lambda path: f"no {path}", parse, None, project.libraries)
        resolved, _ = resolve(own, modules, project.elsewhere)
        run = Run(resolved, project, TODAY, {}, {}, {})
        found += [(slo, run) for service in resolved.services for slo in service.slos]
    return found


@pytest.mark.parametrize(("about", "name"), [(about, name) for about, names in CHECKS_ABOUT.items() for name in names])
def test_a_check_finds_nothing_in_an_slo_without_what_it_is_about(
    about: str, name: str, slos: list[tuple[ResolvedSlo, Run]]
) -> None:
    check, without = named(name), [(slo, run) for slo, run in slos if not getattr(slo, about)]
    assert without
    assert not [problem.code for slo, run in without for problem in check(slo, run)]
    assert any(True for slo, run in slos for _ in check(slo, run))
