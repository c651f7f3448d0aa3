"""What to write instead of a value of the wrong form: values that are certainly valid, derived from the wrong ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from slocompiler.project.schema import Path, Schema, fits
from slocompiler.promql import UNITS, duration, number
from slocompiler.suggest import closest

_UNITS = UNITS | {"month": 30 * UNITS["d"], "y": 365 * UNITS["d"]}
"""Seconds of a unit; a month has 30 days, as in `.slo` files."""
_WORDS = (
    ("month", r"M|mo|mon|months?"),
    ("s", r"s|secs?|seconds?"),
    ("m", r"m|mins?|minutes?"),
    ("h", r"h|hrs?|hours?"),
    ("d", r"d|days?"),
    ("w", r"w|wks?|weeks?"),
    ("y", r"y|yrs?|years?"),
)
"""The words for each unit; only a month differs from another unit by its case."""
_PART = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([A-Za-z]+)\s*(?:,|and\b)?")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_NO_TEXT = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
"""Words that YAML does not read as text."""
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def node(top: Schema, path: Path) -> Schema:
    """The schema of the value at a path, with that of its `$ref`; {} if there is none."""
    found: Any = top
    for part in path:
        inner = found.get("items") if isinstance(part, int) else found.get("properties", {}).get(part)
        found = _resolved(found.get("additionalProperties") if inner is None else inner, top)
    return found  # type: ignore[no-any-return]  # part of a schema


def _resolved(schema: Any, top: Schema) -> Schema:
    if not isinstance(schema, dict):
        return {}
    return {**top["$defs"][schema["$ref"].rpartition("/")[2]], **schema} if "$ref" in schema else schema


def instead(value: Any, text: str, schema: Schema, top: Schema) -> Any:
    """The first value that fits the schema, of those that a person may mean; None if there is none.

    `text` is how the value is written, without quotes.
    """
    wanted = {key: rule for key, rule in schema.items() if key != "$ref"}
    found = _meant(value, text.strip(), schema)
    return next((one for one in found if one is not None and fits(one, wanted, top)), None)


def _meant(value: Any, text: str, schema: Schema) -> Iterator[Any]:
    """Values that may be meant; not all of them fit, and None stands for nothing."""
    kind = schema.get("type")
    if isinstance(value, bool) and schema.get("default") == "all":
        yield "all" if value else "none"
    elif "enum" in schema:
        yield next((word for word in schema["enum"] if word in text.lower()), closest(text.lower(), schema["enum"]))
    elif kind == "array":
        yield from _lists(value, text, schema)
    elif kind == "object" or kind == ["object", "null"]:
        yield from _mappings(value, text, schema)
    elif kind == "boolean":
        yield True if text.lower() in _TRUE else False if text.lower() in _FALSE else None
    elif kind == "integer":
        yield int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None
    elif isinstance(value, list):
        yield " ".join(part for part in value if isinstance(part, str))
    elif not isinstance(value, dict) and value is not None:
        yield text if not isinstance(value, str) else None
        yield from _texts(text, schema)


def _texts(text: str, schema: Schema) -> Iterator[str]:
    """Durations, versions, requirements, percentages, handles and addresses in the form that they have here."""
    seconds = _seconds(text, str(schema.get("default", "")))
    yield duration(seconds) if seconds is not None else ""
    yield text.lower()
    yield re.sub(r"[^a-z0-9]+", "-", text.lower())
    version = re.match(r"(?:>=\s*|v)?([0-9]+)(?:\.([0-9]+))?(?![0-9])", text)
    if version:
        yield f"{version[1]}.{version[2] or 0}"
        yield f">={version[1]}.{version[2] or 0}"
    share = re.fullmatch(r"0?(\.[0-9]{1,9})", text)
    yield f"{number(Decimal(share[1]) * 100)}%" if share else f"{text}%"
    yield f"@{text}"
    yield f"https://{text}" if "." in text else ""


def _seconds(text: str, default: str) -> int | None:
    """The seconds of `1 minute`, `0.5m` or `1y`; of a plain number, in the unit of the default, such as `30s`."""
    if re.fullmatch("[0-9]{1,9}", text) and default[-1:] in _UNITS:
        return int(text) * _UNITS[default[-1]]
    at, total = 0, Decimal(0)
    while at < len(text):
        part = _PART.match(text, at)
        unit = part and next((unit for unit, words in _WORDS if _is_word(part[2], words)), None)
        if not part or not unit:
            return None
        total += Decimal(part[1]) * _UNITS[unit]
        at = part.end()
    return int(total) if total and total == int(total) else None


def _is_word(word: str, words: str) -> bool:
    """Whether a word is one of these, in any case; `M` is a month, and `m` a minute."""
    return bool(re.fullmatch(words, word) or (word != "M" and re.fullmatch(words, word.lower())))


def _lists(value: Any, text: str, schema: Schema) -> Iterator[list[Any]]:
    """A list of the value; of a text with commas, of its parts; of a mapping by names, of named mappings."""
    if isinstance(value, dict):
        yield [value]
        yield [{"name": name, **(inner if isinstance(inner, dict) else {})} for name, inner in value.items()]
        yield [{"name": name, "where": inner} for name, inner in value.items()]
    if isinstance(value, str):
        yield [part.strip() for part in text.split(",") if part.strip()]
    yield schema.get("examples", [schema.get("default")])[0]


def _mappings(value: Any, text: str, schema: Schema) -> Iterator[dict[str, Any]]:
    """A mapping of `key=value`, of a list of pairs or of names; of true and false, whether to build."""
    if isinstance(value, bool):
        yield {"build": value}
        return
    parts = value if isinstance(value, list) else re.split(r"[,\s]+", text) if isinstance(value, str) else []
    pairs: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, dict):
            pairs |= part
        elif isinstance(part, str) and re.fullmatch(r"[^=:]+[=:][^=:]*", part):
            name, _, own = re.sub(r"[\"']", "", part).replace(":", "=").partition("=")
            pairs[name.strip()] = own.strip()
    if pairs:
        yield pairs
    names = [part for part in parts if isinstance(part, str)]
    known = schema.get("properties", {})
    if names:
        yield {name: {"build": True} if "build" in known.get(name, {}).get("properties", {}) else {} for name in names}
        yield {"name": names[0], "where": {"cluster": names[0]}}
    yield from schema.get("examples", ())


def flow(value: Any) -> str:
    """A value as YAML on one line; an ellipsis stands for a value that is not known."""
    if value is Ellipsis:
        return "…"
    if isinstance(value, dict):
        return f"{{{entries(value)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and (_PLAIN.fullmatch(value) or re.fullmatch("([0-9]+[wdhms])+|[0-9.]+%", value)):
        return value if value.lower() not in _NO_TEXT else f'"{value}"'
    return json.dumps(value, ensure_ascii=False)


def entries(values: dict[str, Any]) -> str:
    """Keys with their values as YAML, without braces."""
    return ", ".join(f"{flow(name)}: {flow(value)}" for name, value in values.items())
