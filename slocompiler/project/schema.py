"""Validates data against a JSON Schema: accepts valid data quickly, and has jsonschema find the mistakes in other data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Path = tuple[str | int | None, ...]
"""Keys and indices from the top; the path of a key itself ends in (…, None, key)."""
Schema = Mapping[str, Any]

_TYPES: dict[str, type] = {
    "array": list,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "object": dict,
    "string": str,
}
VALIDATED = {"$ref", "additionalProperties", "enum", "items", "minItems", "minLength", "minimum", "pattern", "properties",
           "propertyNames", "required", "type"}  # fmt: skip  # a table
DESCRIBING = {"$defs", "$id", "$schema", "default", "description", "examples", "title"}
"""The keywords that `fits` knows: those that it validates, and those that only describe."""


class Misfit(NamedTuple):
    """An invalid value, an invalid key, or a key that is missing in the mapping at `path`."""

    path: Path
    value: Any
    schema: Schema
    keyword: str
    """The keyword of the schema that it breaks: additionalProperties and propertyNames for keys, required for missing ones."""


def fits(value: Any, schema: Schema | bool, top: Schema) -> bool:
    """Whether a value is certainly valid; `top` holds the definitions. False also for a keyword that is not known here.

    Importing jsonschema takes longer than compiling a small project, so only a file with mistakes waits for it.
    """
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema and not fits(value, top["$defs"][schema["$ref"].rpartition("/")[2]], top):
        return False
    is_known = schema.keys() <= VALIDATED | DESCRIBING
    return is_known and _is_alone(value, schema) and all(fits(part, one, top) for part, one in _parts(value, schema))


def _is_alone(value: Any, schema: Schema) -> bool:
    """Whether a value is valid apart from the values and keys inside it."""
    types = schema.get("type", ())
    if types and not any(_is(value, name) for name in ([types] if isinstance(types, str) else types)):
        return False
    if isinstance(value, int | float) and value < schema.get("minimum", value):
        return False
    if "enum" in schema and not (isinstance(value, str) and value in schema["enum"]):
        return False
    if isinstance(value, str):
        return len(value) >= schema.get("minLength", 0) and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, dict):
        return value.keys() >= set(schema.get("required", ()))
    return not isinstance(value, list) or len(value) >= schema.get("minItems", 0)


def _is(value: Any, name: str) -> bool:
    """Whether a value has a type of JSON Schema; in Python a boolean is an integer too."""
    return isinstance(value, _TYPES.get(name, ())) and (name != "integer" or not isinstance(value, bool))


def _parts(value: Any, schema: Schema) -> Iterator[tuple[Any, Schema | bool]]:
    """The values and keys inside a value, each with its schema."""
    if isinstance(value, list):
        yield from ((item, schema.get("items", True)) for item in value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, schema.get("propertyNames", True)
            yield item, schema.get("properties", {}).get(key, schema.get("additionalProperties", True))


def misfits(value: Any, schema: Schema) -> list[Misfit]:
    """Every invalid value and key, and every missing key, once each."""
    if fits(value, schema, schema):
        return []
    from jsonschema import Draft202012Validator  # takes 0.1 s

    found: dict[tuple[Path, Any], Misfit] = {}
    for error in Draft202012Validator(schema).iter_errors(value):
        for misfit in _misfits(error):
            found.setdefault((misfit.path, misfit.value if misfit.keyword == "required" else None), misfit)
    return list(found.values())


def _misfits(error: Any) -> Iterator[Misfit]:
    """The values and keys of an error of jsonschema."""
    path, keyword, rules = tuple(error.absolute_path), error.validator, error.schema
    names = {*error.instance} if isinstance(error.instance, dict) else set()
    if keyword == "required":
        yield from (Misfit(path, key, rules, keyword) for key in error.validator_value if key not in names)
    elif keyword == "additionalProperties":
        unknown = [key for key in error.instance if key not in rules.get("properties", {})]
        yield from (Misfit((*path, None, key), key, rules, keyword) for key in unknown)
    elif list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]:
        yield Misfit((*path, None, error.instance), error.instance, rules, "propertyNames")
    else:
        yield Misfit(path, error.instance, rules, keyword)
