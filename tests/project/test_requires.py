"""The version of sloc that a project requires."""

from __future__ import annotations

import pytest

from slocompiler import __version__
from slocompiler.project import Project, load
from slocompiler.source import Source

MISTAKES = {
    "requirement": (
        'requires: ">=99.1"',
        ["1:11 E504 this project needs sloc 99.1 or newer, and this is sloc 0.", "install sloc 99.1 or newer, also"],
    ),
    "requirement, and what an older sloc cannot know": (
        'new_key: 1\ntargets: 5\nrequires: ">=99.1.2"',
        ["3:11 E504 this project needs sloc 99.1.2 or newer"],
    ),
    "requirement without a sign": (
        'requires: "0.2"',
        ['1:11 E503 `"0.2"` is not a valid value of `requires`', 'such as ">=0.2"'],
    ),
    "requirement as a number": (
        "requires: 0.2",
        ["1:11 E503 `0.2` is not a valid value of `requires`", 'such as ">=0.2"'],
    ),
    "requirement of a whole number": ('requires: ">=1"', ['1:11 E503 `">=1"` is not a valid value of `requires`']),
    "requirement of two versions": ('requires: ">=0.2,<1.0"', ["1:11 E503", "is not a valid value of `requires`"]),
    "requirement without quotes": (
        "requires: >=0.2",
        ["1:12 E501 this is not YAML", "put a text with this character in quotes"],
    ),
}
"""Text, then the place with code and message, and parts of the help."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_the_only_one_reported(name: str) -> None:
    text, (found, *helps) = MISTAKES[name]
    project, (problem,) = load(Source("sloc.yaml", text))
    location = f"{problem.span.line}:{problem.span.column}"
    assert f"{location} {problem.code} {problem.message}".startswith(found)
    assert [help for help in helps if help not in f"{problem.message}\n{problem.help}"] == []
    assert project == Project()


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
