"""The version of sloc that a project requires."""

from __future__ import annotations

import pytest

from slocompiler import __version__
from slocompiler.project import Project, load
from slocompiler.source import Source


@pytest.mark.parametrize("required", [">=0.0", ">=0.0.1", f">={__version__}", f">={__version__.rpartition('.')[0]}"])
def test_a_requirement_that_is_met(required: str) -> None:
    project, problems = load(Source("sloc.yaml", f'requires: "{required}"'))
    assert (project, problems) == (Project(requires=required), [])


@pytest.mark.parametrize(
    ("version", "required", "met"),
    [("0.10.0", "0.9", True), ("0.9.0", "0.10", False), ("1.2.3", "1.2.4", False), ("1.2.0", "1.2", True)],
)
def test_versions_are_compared_as_numbers(
    version: str, required: str, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slocompiler.project.requires.__version__", version)
    _, problems = load(Source("sloc.yaml", f'requires: ">={required}"'))
    assert (not problems) is met
