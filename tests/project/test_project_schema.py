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
from slocompiler.project.schema import DESCRIBING, VALIDATED, fits, misfits
from slocompiler.source import Source
from support.compile import ROOT

SCHEMA = json.loads(grammar.text("project.schema.json"))
PUBLISHED = ROOT / "grammar" / "project.schema.json"
VALIDATOR = Draft202012Validator(SCHEMA)


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
entry = SCHEMA["properties"]["deployments"]["items"]["properties"]
deployment = st.fixed_dictionaries({}, optional={**dict.fromkeys([*entry, "nmae"], values), "name": scalars})
deployments = values | st.lists(deployment, max_size=2)
projects = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(KEYS, values), "targets": options, "deployments": deployments}
)


def test_the_published_schema_has_the_options_of_every_target(golden: Callable[[Path, str], None]) -> None:
    """`make update` writes it anew where a target has other options."""
    golden(PUBLISHED, json.dumps(file_schema(), indent=2, ensure_ascii=False) + "\n")


def test_the_published_schema_is_one_that_is_judged_quickly() -> None:
    """Of any other keyword `fits` says nothing, and every project would wait for jsonschema."""
    assert {keyword for schema in subschemas(SCHEMA) for keyword in schema} <= VALIDATED | DESCRIBING
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=150)
@given(values | projects)
def test_accepts_exactly_what_jsonschema_accepts(data: Any) -> None:
    assert fits(data, SCHEMA, SCHEMA) is VALIDATOR.is_valid(data)


SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "integer", "number", "object", "array", ["null", "boolean"]]),
            "enum": st.lists(scalars, min_size=1, max_size=2),
            "minimum": st.integers(-1, 1),
            "maximum": st.integers(-1, 1),
            "minLength": st.integers(0, 2),
            "pattern": st.sampled_from(["^a", "s$"]),
            "items": inner,
            "minItems": st.integers(0, 2),
            "properties": st.dictionaries(names, inner, max_size=2),
            "additionalProperties": inner,
            "propertyNames": inner,
            "required": st.lists(names, max_size=2, unique=True),
            "not": inner,
        },
    ),
    max_leaves=4,
)


@given(values, SCHEMAS)
def test_never_accepts_what_jsonschema_does_not(data: Any, schema: Any) -> None:
    """Whatever the schema: a target may say of its options what is not judged here."""
    assert Draft202012Validator(schema).is_valid(data) or not fits(data, schema, {})


@settings(max_examples=150)
@given(values | projects)
def test_finds_every_mistake_where_jsonschema_does(data: Any) -> None:
    """A misfit's path ends in the key where the mistake is a key, of which jsonschema names the mapping."""
    ours = {path[: path.index(None)] if None in path else path for path, *_ in misfits(data, SCHEMA)}
    assert ours == {tuple(error.absolute_path) for error in VALIDATOR.iter_errors(data)}


def test_a_missing_key_hides_no_other_mistake() -> None:
    text = "deployments: [{nmae: eu, wher: {cluster: eu}, alerts: Never}]\n"
    problems = load(Source("sloc.yaml", text))[1]
    reported = sorted((problem.span.column, problem.code, problem.message, problem.help) for problem in problems)
    assert reported == [
        (15, "E503", "`name` is missing", NAME),
        (16, "E502", "unknown key `nmae`", "did you mean `name`?"),
        (26, "E502", "unknown key `wher`", "did you mean `where`?"),
        (55, "E503", "`Never` is not a valid value of `alerts`", ALERTS),
    ]


NAME = "Its name, which is also the folder of its rules: a lowercase letter, then lowercase letters, digits and hyphens"
ALERTS = "write `alerts: never`"


@settings(max_examples=80)
@example("?")
@given(values | projects | st.text("[]{}:-#&*!|>'\"%@`,?\n\t a0~", max_size=40))
def test_any_text_is_a_project_or_has_mistakes(data: Any) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    _, problems = load(Source("sloc.yaml", text))
    for problem in problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text) + 1
        assert render(problem)
