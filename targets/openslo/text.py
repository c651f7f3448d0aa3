"""Documents of mappings, lists, texts, numbers and booleans as YAML, and the texts in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slocompiler.targets.prometheus.yaml import block, quoted, scalar, single_quoted


class Number(str):
    """A number, exactly as it is written."""


def yaml(document: Mapping[str, Any]) -> str:
    """A document as YAML; keys without a value are left out."""
    return "".join(f"{line}\n" for line in _mapping(document, 0))


def texts(value: Any) -> Iterator[str]:
    """All texts and numbers of a value."""
    if isinstance(value, str):
        yield value
    elif not isinstance(value, bool):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from texts(one)


def _mapping(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The lines of a mapping that stands behind `indent` blanks."""
    for key, one in value.items():
        if isinstance(one, str | bool):
            if one != "":
                yield f"{scalar(key)}: {_scalar(one, indent + 2)}"
        elif isinstance(one, Mapping):
            if one:
                yield f"{scalar(key)}:"
                yield from (f"  {line}" for line in _mapping(one, indent + 2))
        elif one:
            yield f"{scalar(key)}:"
            yield from _items(one, indent + 2)


def _items(values: Sequence[Mapping[str, Any]], indent: int) -> Iterator[str]:
    for value in values:
        yield from (f"{'  ' if number else '- '}{line}" for number, line in enumerate(_mapping(value, indent)))


def _scalar(value: str | bool, indent: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return str(value)
    if "\n" in value:
        return block(value, indent)
    if '"' in value:
        return single_quoted(value)
    return scalar(value) if value.isprintable() else quoted(value)
