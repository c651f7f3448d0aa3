"""User text in dashboards, escaped to be shown as written: Grafana fills in variables, and reads some texts as HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from json.encoder import encode_basestring

from slocompiler import visible
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.targets.grafana.model import Json

CONSTANTS = {"dollar": "$", "brackets": "[["}
"""Hidden variables for the characters that begin a reference: Grafana has no escape for them."""
_REFERENCE = re.compile(r"\$\w|\$\{\w|\[\[\w")
_BEGINS = re.compile(r"\$|\[\[")
_ENTITIES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;",
    "$": "&#36;", "[": "&#91;", "{": "&#123;", "\n": "<br>",
}  # fmt: skip  # a table
_SPECIAL = re.compile(f"[{re.escape(''.join(_ENTITIES))}]")
_encode = json.JSONEncoder(ensure_ascii=False).encode
"""One encoder for all calls; `json.dumps` would create one each time."""


def dumps(value: object) -> Json:
    """JSON on one line; only characters that hide or reorder text are escaped."""
    text = encode_basestring(value) if isinstance(value, str) else _encode(value)
    if visible.plain(text):
        return text
    return visible.others(r"\xa0").sub(lambda match: f"\\u{ord(match[0]):04x}", text)


@lru_cache(maxsize=4096)
def quoted(text: str) -> Json:
    """A text that many panels have in common, as JSON."""
    return dumps(text)


def listed(values: Iterable[object], indent: int) -> Json:
    """A list of values, each on a line of its own below `indent` blanks."""
    lines = [f"{' ' * (indent + 2)}{dumps(value)}" for value in values]
    return "[\n" + ",\n".join(lines) + f"\n{' ' * indent}]" if lines else "[]"


def heading(text: str) -> str:
    """A title as plain text, safe from Grafana's replacement of `$name`, `${name}` and `[[name]]`."""
    if not _REFERENCE.search(text):
        return text
    names = {sign: name for name, sign in CONSTANTS.items()}
    return _BEGINS.sub(lambda match: f"${{{names[match[0]]}}}", text)


def constants(titles: list[str]) -> tuple[tuple[str, str], ...]:
    """The hidden variables that these titles use."""
    return tuple((name, sign) for name, sign in CONSTANTS.items() if any(f"${{{name}}}" in title for title in titles))


def literal(text: str) -> str:
    """Text inside HTML; characters that Grafana could take for a variable become entities."""
    return _SPECIAL.sub(lambda match: _ENTITIES[match[0]], text)


def html(phrase: Phrase) -> str:
    """A phrase inside HTML."""
    return "".join(f"<code>{literal(part.text)}</code>" if isinstance(part, Code) else literal(part) for part in phrase)


def anchor(title: str, url: str) -> str:
    """A link in HTML to a web address; any other address is shown as text."""
    if not re.match(r"https?://\S+\Z", url):
        return f"{literal(title)}: {literal(url)}"
    return f'<a href="{literal(url)}" target="_blank" rel="noopener">{literal(title)}</a>'


def query(expr: str) -> str:
    """PromQL as users wrote it, in which Grafana finds no variable.

    The characters that begin a reference can only stand in PromQL strings, where an escape has the same meaning.
    """
    return expr.replace("$", r"\x24").replace("[[", r"\x5b[")
