"""Judges data by a JSON Schema: accepts quickly what surely fits, and lets jsonschema say what does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Path = tuple[str | int | None, ...]
"""Keys and indices from the top; that of a key itself ends in (…, None, key)."""
Schema = Mapping[str, Any]

_TYPES: dict[str, type] = {
    "array": list,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "object": dict,
    "string": str,
}
JUDGED = {"$ref", "additionalProperties", "enum", "items", "minItems", "minLength", "minimum", "pattern", "properties",
           "propertyNames", "required", "type"}  # fmt: skip  # a table
DESCRIBING = {"$defs", "$id", "$schema", "default", "description", "title"}
"""The keywords that `fits` knows: those that it judges, and those that judge nothing."""


class Misfit(NamedTuple):
    """A value, a key, or a key that is missing in the mapping at `path`."""

    path: Path
    value: Any
    schema: Schema
    keyword: str
    """What of the schema it breaks; additionalProperties and propertyNames speak of keys, required of missing ones."""


def fits(value: Any, schema: Schema | bool, top: Schema) -> bool:
    """Whether a value surely is what the schema says; `top` holds the definitions. False also where it is not known.

    Importing jsonschema takes longer than compiling a project, so a project file without mistakes is judged here.
    """
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema and not fits(value, top["$defs"][schema["$ref"].rpartition("/")[2]], top):
        return False
    is_known = schema.keys() <= JUDGED | DESCRIBING
    return is_known and _is_alone(value, schema) and all(fits(part, one, top) for part, one in _parts(value, schema))


def _is_alone(value: Any, schema: Schema) -> bool:
    """Whether a value is what the schema says, whatever is inside it."""
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
    """Whether it is of that type; to Python truth is a number too."""
    return isinstance(value, _TYPES.get(name, ())) and (name != "integer" or not isinstance(value, bool))


def _parts(value: Any, schema: Schema) -> Iterator[tuple[Any, Schema | bool]]:
    """What a value holds, keys included, each with its schema."""
    if isinstance(value, list):
        yield from ((item, schema.get("items", True)) for item in value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, schema.get("propertyNames", True)
            yield item, schema.get("properties", {}).get(key, schema.get("additionalProperties", True))


def misfits(value: Any, schema: Schema) -> list[Misfit]:
    """Everything that does not fit, each value and each key once."""
    if fits(value, schema, schema):
        return []
    from jsonschema import Draft202012Validator  # a file without mistakes need not wait for it

    found: dict[tuple[Path, Any], Misfit] = {}
    for error in Draft202012Validator(schema).iter_errors(value):
        for misfit in _misfits(error):
            found.setdefault((misfit.path, misfit.value if misfit.keyword == "required" else None), misfit)
    return list(found.values())


def _misfits(error: Any) -> Iterator[Misfit]:
    """The values and keys that an error of jsonschema is about."""
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
