"""Raw PromQL in a template: what stands for its parameters, escaped inside of PromQL's strings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from slocompiler.diagnostics import Diagnostic
from slocompiler.syntax import tree as t

WINDOW = "window"
"""`$window` is the window of a rate, whatever a template calls its parameters."""
_PART = re.compile(r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\$(?P<name>[A-Za-z_][A-Za-z0-9_]*)""")
_NAME = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


def substituted(node: t.Promql, values: Mapping[str, t.Node], texts: Mapping[str, str | None]) -> str:
    """The text with values for parameters; other names with `$` stay, `$window` and those of regexes among them."""

    def put(match: re.Match[str]) -> str:
        if match["string"]:
            return _NAME.sub(lambda inner: _escaped(texts.get(inner[1]), match[0][0], inner[0]), match[0])
        value = values.get(match["name"])
        plain = match["name"] != WINDOW and isinstance(value, t.Number | t.Duration)
        return value.span.text if plain and value else match[0]

    return _PART.sub(put, node.text)


def misplaced(node: t.Promql, values: Mapping[str, t.Node], texts: Mapping[str, str | None]) -> Iterator[Diagnostic]:
    """E305: a parameter that is no number or duration outside of PromQL's strings, or has no text inside of them."""
    for match in _PART.finditer(node.text):
        for name in _NAME.findall(match["string"]) if match["string"] else ():
            if name in values and texts.get(name) is None:
                yield Diagnostic("E305", f"`${name}` is a stream or a filter: it has no text", node.span)
        name = match["name"]
        if name and name != WINDOW and name in values and not isinstance(values[name], t.Number | t.Duration):
            message = f"`${name}` has to be a number or a duration where PromQL has no string"
            yield Diagnostic("E305", message, node.span, help="inside of a PromQL string any value will do")


def _escaped(text: str | None, quote: str, name: str) -> str:
    if text is None:
        return name
    return text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
