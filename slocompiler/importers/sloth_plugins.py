"""Queries of Sloth's plugins, which are programs in Go: a person writes once what each returns, as YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field
from slocompiler.importers.promise import Refused

_OPTION = re.compile(r"\{\{-?\s*\.options\.([A-Za-z_]\w*)\s*-?\}\}")


def is_plugin(document: Field) -> bool:
    """Whether a document has the query of a plugin."""
    return bool(document.get("error_ratio_query"))


def plugins(found: Sequence[Field], problems: list[Diagnostic]) -> dict[str, Field]:
    """The plugins by their ids. `problems` gets an E666 for each document without an id of its own, or without a query."""
    known = dict[str, Field]()
    for document in found:
        name, query = document.get("id"), document.get("error_ratio_query")
        if name and name.kind == query.kind == "text" and name.text not in known:
            known[name.text] = document
        else:
            what = (
                f"the plugin `{name.text}` is there already"
                if name.text in known
                else "this plugin has no `id` or no query"
            )
            document.refuse("E666")
            help = "`error_ratio_query` is what the plugin with this `id` returns, with `{{.window}}` for its window"
            problems.append(Diagnostic("E666", what, query.span, help=help))
    return known


def rendered(use: Field, plugin: Field) -> Field:
    """The query of a plugin with the options of its use for `{{.options.NAME}}`. Raises Refused for a missing one."""
    options, found = use.get("options"), Field("text", use.path, use.span)

    def value(match: re.Match[str]) -> str:
        option = options.get(match[1])
        if not option or option.kind != "text":
            raise Refused("E602", f"the plugin needs the option `{match[1]}`", use)
        return option.string()

    for field in (use.get("id"), plugin.get("id")):
        field.use()
    found.text = _OPTION.sub(value, plugin.get("error_ratio_query").string())
    return found
