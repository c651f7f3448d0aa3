"""Judges data by a JSON Schema, as far as the project file's goes: a whole validator takes 0.1 s to import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Path = tuple[str | int | None, ...]
"""Keys and indices from the top; that of a key itself ends in (…, None, key)."""
Schema = Mapping[str, Any]

_TYPES = {"array": list, "boolean": bool, "null": type(None), "integer": int, "object": dict, "string": str}


class Misfit(NamedTuple):
    """A value, or a key, that is not what its schema says."""

    path: Path
    value: Any
    schema: Schema


def misfits(value: Any, schema: Schema, top: Schema, path: Path = ()) -> Iterator[Misfit]:
    """Everything below `value` that does not fit; `top` holds the definitions."""
    if "$ref" in schema:  # what stands beside it describes
        schema = top["$defs"][schema["$ref"].rpartition("/")[2]]
    if not fits(value, schema):
        yield Misfit(path, value, schema)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from misfits(item, schema.get("items", {}), top, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            if inner is False:
                yield Misfit((*path, None, key), key, schema)
            elif not fits(key, schema.get("propertyNames", {})):
                yield Misfit((*path, None, key), key, schema["propertyNames"])
            else:
                yield from misfits(item, inner, top, (*path, key))


def fits(value: Any, schema: Schema) -> bool:
    """Whether `value` itself is what the schema says; not what it holds."""
    types = schema.get("type", ())
    if types and not any(_is(value, name) for name in ([types] if isinstance(types, str) else types)):
        return False
    if isinstance(value, int) and value < schema.get("minimum", value):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        return len(value) >= schema.get("minLength", 0) and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, dict):
        return value.keys() >= set(schema.get("required", ()))
    return not isinstance(value, list) or len(value) >= schema.get("minItems", 0)


def _is(value: Any, name: str) -> bool:
    """Whether it is of that type; to Python truth is a number too."""
    return isinstance(value, _TYPES[name]) and (name != "integer" or not isinstance(value, bool))
