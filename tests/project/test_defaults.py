"""Defaults of the project file: the schema, the code and the first project file of a project have the same."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from slocompiler import grammar
from slocompiler.project import Project, facts, load
from slocompiler.project.live import Live
from slocompiler.record import fields, replace
from slocompiler.source import Source
from slocompiler.targets import Target, of_builds
from slocompiler.targets.shared import Options
from support.command import sloc

SCHEMA = json.loads(grammar.text("project.schema.json"))
SECTIONS = ("targets", "live")
SECONDS = {"s": 1, "d": 86400}


def defaults(schema: dict[str, Any]) -> dict[str, Any]:
    """The defaults of all keys but those of sections."""
    return {name: plain(key["default"]) for name, key in schema["properties"].items() if name not in SECTIONS}


def plain(value: Any) -> Any:
    """A default as the code holds it: durations in seconds, lists as tuples."""
    if isinstance(value, str) and re.fullmatch("[0-9]+[sd]", value):
        return int(value[:-1]) * SECONDS[value[-1]]
    return tuple(value) if isinstance(value, list) else value


def test_of_the_project_are_those_of_the_schema() -> None:
    held = {name: getattr(Project(), name) for name in fields(Project)}
    own = held.keys() - facts.paths().keys() - {"sections", "live", "elsewhere"}
    assert SCHEMA["properties"].keys() - {*SECTIONS} == own
    assert defaults(SCHEMA) == {name: held[name] for name in own}


def test_of_live_commands_are_those_of_the_schema() -> None:
    held = {name: getattr(Live(), name) for name in fields(Live)}
    assert held.pop("deployments") == {}
    assert defaults(SCHEMA["properties"]["live"]) == held


@pytest.mark.parametrize("target", of_builds().values(), ids=lambda target: target.name)
def test_of_a_target_are_those_of_its_schema(target: Target) -> None:
    held: dict[str, Any] = {fact: getattr(Project(), fact) for fact in target.facts}
    options = getattr(import_module(f"{target.package}.options"), "Options", None)
    held |= {name: getattr(options(), name) for name in fields(options)} if options else {}
    said = defaults(target.schema())
    assert said.pop("build", True) is target.by_default
    assert said == held


def test_are_those_of_the_targets() -> None:
    made, default = Project().options(), Options()
    assert {name: getattr(made, name) for name in fields(Options)} == {
        name: getattr(default, name) for name in fields(Options)
    }


def test_every_key_is_described() -> None:
    def undescribed(section: dict[str, Any]) -> list[str]:
        own = section.get("properties", {})
        found = [name for name, key in own.items() if "description" not in key]
        inner = [*own.values(), *section.get("$defs", {}).values(), section.get("items", {})]
        return found + [name for key in inner if key for name in undescribed(key)]

    assert set(undescribed(SCHEMA)) == {"page", "ticket", "notify"}, "these are what `severities` is about"


def test_writing_them_out_changes_nothing() -> None:
    text = json.dumps({name: key["default"] for name, key in SCHEMA["properties"].items() if "default" in key})
    assert load(Source("sloc.yaml", text)) == (Project(), [])
    for empty in ("", "\n", "# only a comment\n", "{}", "---\n", "null", "\ufeff"):
        assert load(Source("sloc.yaml", empty)) == (Project(), []), empty


def test_the_first_project_file_is_the_default_one(tmp_path: Path) -> None:
    sloc(tmp_path, "init")
    project, problems = load(Source("sloc.yaml", (tmp_path / "sloc.yaml").read_text(encoding="utf-8")))
    assert (problems, replace(project, sections={})) == ([], Project())
    (rules,) = project.options().targets.values()
    assert rules == type(rules)()
