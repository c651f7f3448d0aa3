"""A configuration as YAML, in the words of Alertmanager or in those of a resource of the Prometheus Operator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from slocompiler.targets.alertmanager.matchers import Matcher
from slocompiler.targets.prometheus.yaml import block, flow, scalar, single_quoted

COMMENT = "#"
"""The key of the comment above a mapping."""
LONGEST = 100
"""Characters of a mapping that is on one line."""


class Secret(NamedTuple):
    """A secret: the name of a Kubernetes Secret, or of a folder, and the key or the file in it."""

    name: str
    key: str


def of_file(value: Any, secrets: str) -> Any:
    """A configuration as Alertmanager has it in a file, with secrets in files below the folder `secrets`."""
    if isinstance(value, Matcher):
        escaped = value.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{value.label}{value.op}"{escaped}"'
    if isinstance(value, list):
        return [of_file(one, secrets) for one in value]
    if not isinstance(value, Mapping):
        return value
    found = {}
    for key, one in value.items():
        if isinstance(one, Secret):
            found[f"{key}_file"] = f"{secrets.rstrip('/')}/{one.name}/{one.key}"
        else:
            found[key] = of_file(one, secrets)
    return found


def of_resource(value: Any) -> Any:
    """A configuration as an AlertmanagerConfig has it."""
    if isinstance(value, Matcher):
        return {"name": value.label, "matchType": value.op, "value": value.value}
    if isinstance(value, Secret):
        return {"name": value.name, "key": value.key}
    if isinstance(value, list):
        return [of_resource(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {_camel(key): of_resource(one) for key, one in value.items()}


def _camel(key: str) -> str:
    """`group_by` is `groupBy` there, `api_url` is `apiURL`, and `source_matchers` is `sourceMatch`."""
    key = re.sub("_matchers$", "_match", key).replace("_url", "URL")
    return re.sub("_([a-z])", lambda found: found[1].upper(), key)


def yaml(value: Mapping[str, Any], indent: int = 0) -> str:
    """A mapping as YAML: texts, lists, and other mappings in it."""
    pad = " " * indent
    return "".join(f"{pad}{line}\n" for line in _lines(value, indent))


def _lines(value: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The lines of a mapping that stands behind `indent` blanks; lines of texts have theirs already."""
    for key, one in value.items():
        if key == COMMENT or not one:
            continue
        if isinstance(one, str):
            yield f"{key}: {_text(one, indent + 2)}"
        elif isinstance(one, Mapping) and _is_short(one):
            yield f"{key}: {flow(one)}"
        elif isinstance(one, Mapping):
            yield f"{key}:"
            yield from (f"  {line}" for line in _lines(one, indent + 2))
        elif all(isinstance(item, str) for item in one):
            yield f"{key}: [{', '.join(map(_text, one))}]"
        else:
            yield f"{key}:"
            for item in one:
                yield from _item(item, indent)


def _item(item: Mapping[str, Any], indent: int) -> Iterator[str]:
    if comment := item.get(COMMENT):
        yield f"# {comment}"
    if _is_short(item):
        yield f"- {flow(item)}"
        return
    for number, line in enumerate(_lines(item, indent + 2)):
        yield f"{'  ' if number else '- '}{line}"


def _is_short(value: Mapping[str, Any]) -> bool:
    """Whether a mapping stands on one line: several short texts."""
    return len(value) > 1 and all(isinstance(one, str) for one in value.values()) and len(flow(value)) <= LONGEST


def _text(text: str, indent: int = 0) -> str:
    """A text in its most readable form."""
    if "\n" in text and indent:
        return block(text, indent)
    return single_quoted(text) if '"' in text else scalar(text)
