"""Law: where a command reads its arguments without click, it reads what click reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slocompiler.cli.clicked import as_click
from slocompiler.cli.declared import Command, Parameter
from slocompiler.cli.group import COMMANDS, find

ALONE = {name for name in COMMANDS if (found := find(name)) and all(one.is_simple for one in found.parameters)}
"""The commands that need no click."""
WORDS = (
    "",
    "-",
    "--",
    "--help",
    "-h",
    "--version",
    "a.slo",
    "here",
    "2026-10-01",
    "text",
    "=",
    "-qo",
    "--no",
    "-x",
    "ä\n",
)


def exposed(name: str) -> Command:
    """The command, with the values of all its parameters, also of those that only set something."""
    found = find(name)
    assert found
    command = Command(name, lambda **_: None, "", None)
    hidden = ("expose_value", "callback")
    for one in found.parameters:
        words = {word: value for word, value in one.words.items() if word not in hidden}
        command.parameters.append(Parameter(one.names, words))
    return command


def by_click(command: Command, arguments: list[str]) -> dict[str, Any]:
    with as_click(command).make_context(command.name, list(arguments)) as context:
        return context.params


def lines(command: Command) -> st.SearchStrategy[list[str]]:
    flags = [flag for one in command.parameters for flag in one.flags]
    choices = [choice for one in command.parameters if isinstance(one.type, tuple) for choice in one.type]
    word = st.sampled_from([*flags, *choices, *WORDS]) | st.text(st.characters(exclude_characters="\0"), max_size=3)
    given_together = st.builds("{}={}".format, st.sampled_from(flags), word)
    separate = st.tuples(st.sampled_from(flags), word)
    return st.lists(separate | word.map(lambda one: (one,)) | given_together.map(lambda one: (one,)), max_size=6).map(
        lambda parts: [one for part in parts for one in part]
    )


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("project"))
        Path("here").touch()
        yield


@pytest.mark.parametrize("name", sorted(ALONE))
@given(data=st.data())
def test_what_is_read_alone_is_what_click_reads(name: str, data: st.DataObject) -> None:
    command = exposed(name)
    arguments = data.draw(lines(command))
    values = command.read(arguments)
    if values is not None:
        assert values == by_click(command, arguments)


USUAL = (
    *("build", "build -q --target prometheus --no-cache", "build --target=docs --target grafana -o out a.slo"),
    *("build -o -", "build -- -q", "build --check --color=never", "check", "check a.slo b.slo --strict", "check -"),
    *("check --format json --quiet", "fmt --check", "fmt --diff here", "list --severity page", "show", "explain E301"),
    *("explain a/x a.slo", "owners", "std", "std redis", "test -v"),
)


@pytest.mark.parametrize("line", USUAL)
def test_usual_arguments_need_no_click(line: str) -> None:
    name, *arguments = line.split()
    command = exposed(name)
    values = command.read(arguments)
    assert values is not None
    assert values == by_click(command, arguments)


OTHERS = (
    *("build --help", "build -h", "build --nothing", "build -qq", "build --target", "build --target x", "build -ox"),
    *("build --check=yes", "check --today 2026-10-01", "explain", "std a b", "list --color blue"),
    *("status", "diff", "import a.yaml -o out"),
)


@pytest.mark.parametrize("line", OTHERS)
def test_click_reads_everything_else(line: str) -> None:
    name, *arguments = line.split()
    command = find(name)
    assert command
    assert command.read(arguments) is None


def test_a_path_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert exposed("build").read(["here"]) is None
