"""Raw PromQL in a template: values for its parameters, escaped inside PromQL strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slocompiler.diagnostics import Diagnostic
from slocompiler.promql.strings import WINDOW, filled, literal, named, parts
from slocompiler.syntax import tree as t


def substituted(node: t.Promql, values: Mapping[str, t.Node], texts: Mapping[str, str | None]) -> str:
    """The text with values for parameters; `$window`, which is always the window of a rate, and unknown names stay."""

    def text(name: str) -> str | None:
        found = texts.get(name)
        return None if found is None else literal(found)

    written = []
    for part in parts(node.text):
        name = named(part.text) if part.kind == "hole" else ""
        value = values.get(name)
        if part.kind == "string":
            written.append(filled(part, text))
        elif isinstance(value, t.Number | t.Duration) and name != WINDOW:
            written.append(value.span.text)
        else:
            written.append(part.text)
    return "".join(written)


def misplaced(node: t.Promql, values: Mapping[str, t.Node], texts: Mapping[str, str | None]) -> Iterator[Diagnostic]:
    """E305 for a stream or filter inside a PromQL string, and for anything but numbers and durations outside."""
    for part in parts(node.text):
        for name, _, _ in part.holes():
            if name not in values:
                continue
            if part.kind == "string" and texts.get(name) is None:
                yield Diagnostic("E305", f"`${name}` is a stream or a filter: it cannot be in a string", node.span)
            elif part.kind == "hole" and name != WINDOW and not isinstance(values[name], t.Number | t.Duration):
                message = f"outside of PromQL strings, `${name}` must be a number or a duration"
                yield Diagnostic("E305", message, node.span, help="in a PromQL string, any text or number is allowed")
