"""A history of changes, each of two small folders: the kinds that a person expects, and the output of every format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.cli.commands import diff
from slocompiler.diff.change import KINDS
from support.command import sloc
from support.compile import ROOT
from support.golden import compare
from support.scenarios import Command, parse, run

HISTORY = sorted((ROOT / "tests" / "diff" / "history").glob("*.txt"))
VALIDATOR = Draft202012Validator(json.loads(grammar.text("diff.schema.json")))
COMMANDS = [f"sloc diff before after --format {form}" for form in ("text", "markdown", "json")]


def verdict(prose: str) -> set[str]:
    """The kinds that the first line names: `# loosened, unreasoned: and why`."""
    return set(filter(None, prose.removeprefix("# ").split(":")[0].split(", ")))


def here(arguments: Sequence[str], _stdin: str, folder: Path) -> tuple[str, str, int]:
    """Run the compiler in this process: there are many of them."""
    code, out, err = sloc(folder, *arguments)
    return out, err, code


@pytest.mark.parametrize("path", HISTORY, ids=lambda path: path.stem)
def test_change(path: Path, tmp_path: Path, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff, "compiled", cache(diff.compiled))  # both sides once for all formats
    scenario = parse(path.read_bytes().decode())
    actual = run(scenario, tmp_path, here)
    commands = [step for step in parse(actual).steps if isinstance(step, Command)]
    assert [command.line for command in commands] == COMMANDS
    data = json.loads(commands[-1].stdout)
    VALIDATOR.validate(data)
    assert set(data["kinds"]) == verdict(scenario.prose)
    compare(path, actual, update)


def test_every_kind_has_a_change() -> None:
    reported = set[str]().union(*(verdict(path.read_text(encoding="utf-8")) for path in HISTORY))
    assert reported == set(KINDS)
