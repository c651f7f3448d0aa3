"""The published schema of the project file means the same to us as to a whole validator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.formats.text import render
from slocompiler.project import file_schema, load
from slocompiler.project.schema import misfits
from slocompiler.source import Source
from support.compile import ROOT

SCHEMA = json.loads(grammar.text("project.schema.json"))
PUBLISHED = ROOT / "grammar" / "project.schema.json"
VALIDATOR = Draft202012Validator(SCHEMA)
JUDGED = {"$defs", "$ref", "additionalProperties", "enum", "items", "minItems", "minLength", "pattern", "properties"}
JUDGED |= {"minimum", "propertyNames", "required", "type"}
DESCRIBED = {"$id", "$schema", "default", "description", "title"}


def subschemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema and all that it is made of."""
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [schema[key] for key in ("items", "propertyNames", "additionalProperties") if schema.get(key)]
    return [schema, *(found for each in inner for found in subschemas(each))]


KEYS = sorted({key for schema in subschemas(SCHEMA) for key in schema.get("properties", {})})
TEXTS = [
    "",
    "standard",
    "2.42",
    "2",
    "30s",
    "1h30m",
    "30m1h",
    "s",
    "https://x",
    "https://x ",
    "http://x\n",
    "generated",
]
scalars = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(TEXTS) | st.text(max_size=3)
names = st.sampled_from([*KEYS, "a", "a-b", "1", "a\n", ""])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3), max_leaves=6
)
TARGETS = SCHEMA["properties"]["targets"]["properties"]
options = st.fixed_dictionaries(
    {name: st.fixed_dictionaries({}, optional=dict.fromkeys(TARGETS[name]["properties"], values)) for name in TARGETS}
)
projects = st.fixed_dictionaries({}, optional={**dict.fromkeys(KEYS, values), "targets": options})


def test_the_published_schema_has_the_options_of_every_target(golden: Callable[[Path, str], None]) -> None:
    """`make update` writes it anew where a target has other options."""
    golden(PUBLISHED, json.dumps(file_schema(), indent=2, ensure_ascii=False) + "\n")


def test_it_says_nothing_that_goes_unheard() -> None:
    said = {keyword for schema in subschemas(SCHEMA) for keyword in schema}
    assert said - DESCRIBED <= JUDGED
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=120)
@given(values | projects)
def test_judges_as_a_whole_validator_does(data: Any) -> None:
    ours = {tuple(part for part in path if part is not None) for path, _, _ in misfits(data, SCHEMA, SCHEMA)}
    assert bool(ours) is not VALIDATOR.is_valid(data)
    theirs = {tuple(error.absolute_path) for error in VALIDATOR.iter_errors(data)}
    assert {path for path in theirs if not any(path == our[: len(path)] for our in ours)} == set()


@settings(max_examples=80)
@example("?")
@given(values | projects | st.text("[]{}:-#&*!|>'\"%@`,?\n\t a0~", max_size=40))
def test_any_text_is_a_project_or_has_mistakes(data: Any) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    _, problems = load(Source("sloc.yaml", text))
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text) + 1
        assert render(problem)
