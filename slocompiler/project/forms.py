"""Values of the wrong form and unknown keys in the project file: what is wrong, and what to write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.project.advice import entries, flow, instead, node
from slocompiler.project.schema import Misfit, Path, Schema, fits, misfits
from slocompiler.project.yaml import Places
from slocompiler.source import Span
from slocompiler.suggest import closest, did_you_mean, similar

_PROGRAM = ("import", "defaults", "service", "template", "slo")
"""The words with which the text of SLOs begins."""
_ALIKE = 0.75
"""How similar a key of this place must be to be meant rather than one of the same name elsewhere; from 0 to 1."""


def mistakes(data: Any, places: Places, top: Schema) -> Iterator[Diagnostic]:
    """E502 for unknown keys, and E503 for values that do not fit the schema and for missing keys."""
    found = misfits(data, top)
    homes = [_home(one, top) for one in found]
    outdented = {home[:depth] for home in homes for depth in range(1, len(home))}
    for misfit in found:
        path, value, schema, keyword = misfit
        place = _place(places, path)
        if keyword == "additionalProperties":
            yield Diagnostic("E502", f"unknown key `{value}`", place, help=_known(misfit, data, top))
        elif keyword == "propertyNames":
            help = schema.get(
                "description", "a label name has letters, digits and underscores, and starts with no digit"
            )
            kind = "name of SLOs" if path[-3] == "target" else "label name"
            yield Diagnostic("E503", f"`{value}` is not a valid {kind}", place, help=help)
        elif keyword == "required":
            yield Diagnostic("E503", f"`{value}` is missing", place, help=_about(top, (*path, value)))
        elif value is not None or path not in outdented:  # else its keys are there, without their indent
            yield Diagnostic("E503", _wrong(value, path, place), place, help=_right(misfit, place, top))


# Keys


def _known(misfit: Misfit, data: Any, top: Schema) -> str:
    """The help for an unknown key: a similar one, the place where it belongs, or the keys here."""
    path, key, schema, _ = misfit
    own = schema["properties"]
    value = _value(data, (*path[:-2], key))
    home = _home(misfit, top)
    if home:
        above = " and ".join(f"`{part}`" for part in home[:-1] if isinstance(part, str))
        return f"`{home[-1]}` belongs below {above}: `{entries(_nested(home, value, top))}`"
    if close := did_you_mean(key, own):
        return close
    if "name" in schema.get("required", ()):
        named = {"name": key, **value} if isinstance(value, dict) else {"name": "x", "where": {key: value}}
        if fits(named, schema, top):
            return f"write `{flow(named) if isinstance(value, dict) else entries({'where': {key: value}})}`"
    keys = ", ".join(f"`{name}`" for name in own)
    return f"the keys here are {keys}"


def _home(misfit: Misfit, top: Schema) -> Path:
    """Where a key that is unknown here belongs; () if it belongs nowhere, or is a misspelt key of this place."""
    key, known = misfit.value, misfit.schema.get("properties", {})
    if misfit.keyword != "additionalProperties" or similar(key, known, _ALIKE):
        return ()
    paths = sorted(_paths(top, ()), key=lambda path: 0 in path)
    name = key if any(path[-1] == key for path in paths) else ""
    if not name and not closest(key, known):
        name = closest(key, [str(path[-1]) for path in paths])
    return next((path for path in paths if path[-1] == name), ())


def _paths(schema: Schema, path: Path) -> Iterator[Path]:
    """The paths of all keys below the first level."""
    for name, inner in schema.get("properties", {}).items():
        if path:
            yield (*path, name)
        yield from _paths(inner, (*path, name))
    if "items" in schema:
        yield from _paths(schema["items"], (*path, 0))


def _nested(path: Path, value: Any, top: Schema) -> dict[str, Any]:
    """The value below the keys of its path; an ellipsis for a value that does not fit there."""
    found: Any = value if value is not None and fits(value, node(top, path), top) else Ellipsis
    for part in reversed(path):
        found = [{"name": Ellipsis, **found}] if isinstance(part, int) else {part: found}
    return found  # type: ignore[no-any-return]  # a path begins with a key


def _value(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part] if part is not None else data
    return data


# Values


def _place(places: Places, path: Path) -> Span:
    """The span of the value at a path; that of its key if the value is empty."""
    place = places[path]
    return place if place.text or not path else places.get((*path[:-1], None, path[-1]), place)


def _wrong(value: Any, path: Path, place: Span) -> str:
    name = next((f"value of `{part}`" for part in reversed(path) if isinstance(part, str)), "project file")
    if value is None and place.text != "null" and path:
        return f"`{path[-1]}` has no value"
    if isinstance(value, dict | list):
        return f"{'a mapping' if isinstance(value, dict) else 'a list'} is not a valid {name}"
    text = place.text.split("\n")[0]
    return f"`{text if len(text) <= 40 else text[:39] + '…'}` is not a valid {name}"


def _right(misfit: Misfit, place: Span, top: Schema) -> str:
    """The help for a wrong value: what to write, or what the key means."""
    path, value, schema, _ = misfit
    if not path:
        return _no_mapping(place.text, top)
    text = value if isinstance(value, str) else place.text
    wanted = node(top, path)
    found = instead(value, text, wanted, top)
    key = f"{path[-1]}: " if isinstance(path[-1], str) else ""
    if found is None:
        form, about = schema.get("description", ""), _about(top, path)
        return about if about.startswith(form.rstrip(".")) or schema not in top["$defs"].values() else f"{form} {about}"
    if found == text and not isinstance(value, str):
        return f'write it in quotes, as text: `"{text}"`{_reads(value, text)}'
    kind = "a list: " if wanted.get("type") == "array" else ""
    quotes = ", without quotes" if isinstance(found, bool | int) and isinstance(value, str) else ""
    return f"write {kind}`{key}{flow(found)}`{quotes}"


def _reads(value: Any, text: str) -> str:
    """A note about a value that YAML does not read as it is written."""
    if isinstance(value, bool) and text.lower() not in ("true", "false"):
        return f"; YAML reads `{text}` as {str(value).lower()}"
    if re.fullmatch(r"[0-9]+\.[0-9]*0", text):
        return f"; YAML reads `{text}` as the number {text.rstrip('0').rstrip('.')}"
    return ""


def _no_mapping(text: str, top: Schema) -> str:
    """The help for a file that is one value, and no keys with values."""
    match = re.match(r"([A-Za-z_-]+)\s*[:=]?\s*([^\n]*)", text)
    if match and match[1] in _PROGRAM:
        return "SLOs are in files whose names end in `.slo`; this file has the settings of the project"
    if match and match[2] and match[1] in top["properties"]:
        return f"write a colon and a blank after the key: `{match[1]}: {match[2]}`"
    return "write keys with their values, such as `output: generated`; every key is optional"


def _about(top: Schema, path: Path) -> str:
    """The description of the nearest key above the mistake, with its choices, an example and its default."""
    depth = next((depth for depth in range(len(path), 0, -1) if "description" in node(top, path[:depth])), 0)
    found = node(top, path[:depth])
    if not depth:
        return str(top["description"])
    name = path[depth - 1]
    parts = [str(found["description"]).rstrip(".")]
    if found.get("type") == "boolean":
        parts.append("write true or false")
    if "enum" in found:
        parts.append(f"one of {', '.join(found['enum'])}")
    examples = found.get("examples", [dict(_defaults(found)[:1])] if _defaults(found) else ())
    if examples and isinstance(name, str):
        parts.append(f"for example `{name}: {flow(examples[0])}`")
    elif "default" in found:
        parts.append(f"the default is {json.dumps(found['default'])}")
    return "; ".join(parts)


def _defaults(schema: Schema) -> list[tuple[str, Any]]:
    """The keys of a mapping that have a default value."""
    return [(name, one["default"]) for name, one in schema.get("properties", {}).items() if "default" in one]
