"""Wrong project files: `mistakes.md` has the files, and a golden has every message as it is printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from slocompiler.formats.text import render
from slocompiler.project import Project, load
from slocompiler.project.advice import flow
from slocompiler.source import Source
from support.compile import ROOT

PAGE = (ROOT / "tests" / "project" / "mistakes.md").read_text(encoding="utf-8")
CASES = dict(re.findall(r"^## ([^\n]*)\n\n```yaml\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL))
SETTING = re.compile(r"write (?:a list: )?`([a-z_]+: .*?)`(?:, without quotes)?$")
"""A help that says which setting to write."""


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_each_has_mistakes(text: str) -> None:
    project, problems = load(Source("sloc.yaml", text))
    assert problems
    assert project == Project()


def test_every_message_reads_as_ever(golden: Callable[[Path, str], None]) -> None:
    assert len(CASES) == PAGE.count("\n## ")
    parts = [
        f"## {name}\n\n" + "\n\n".join(render(one) for one in load(Source("sloc.yaml", text))[1]) + "\n"
        for name, text in CASES.items()
    ]
    golden(ROOT / "tests" / "golden" / "project.txt", "\n".join(parts))


@pytest.mark.parametrize("name", CASES)
def test_what_a_help_says_to_write_is_right(name: str) -> None:
    """The value, or the key with its value, in the place of the wrong one leaves no mistake there."""
    source = Source("sloc.yaml", CASES[name])
    for problem in load(source)[1]:
        setting = SETTING.fullmatch(problem.help)
        if setting is None or problem.code != "E503":
            continue
        key, value = setting[1].split(": ", 1)
        span = problem.span
        right = f"{source.text[: span.start]}{value}{source.text[span.end :]}" if span.text != key else ""
        right = right or f"{source.text[: span.end]}: {value}"
        assert problem.message not in [one.message for one in load(Source("sloc.yaml", right))[1]], right


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("generated", "generated"),
        ("no", '"no"'),
        ("2.55", '"2.55"'),
        ("30d", "30d"),
        ("1e5", '"1e5"'),
        ("a: b", '"a: b"'),
        ([True, 5, "**/*.slo"], '[true, 5, "**/*.slo"]'),
        ({"a": {"b": []}}, "{a: {b: []}}"),
    ],
)
def test_values_are_written_as_yaml_reads_them(value: object, text: str) -> None:
    assert flow(value) == text
