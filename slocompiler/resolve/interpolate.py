"""Placeholders `${…}` in strings: their values, and problems with unknown ones."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.record import fields, record
from slocompiler.resolve.damage import DAMAGED, Damaged
from slocompiler.suggest import closest, did_you_mean
from slocompiler.syntax import tree as t

BUILT_IN = ("service", "slo")
LONGEST = 8 * 1024
"""The longest string that templates may produce, in characters."""
_HOLE = lazy_pattern(r"\$\$\{|\$\{([^}\"]*)\}?")
_BARE = lazy_pattern(r"(?<!\$)\$([A-Za-z_]\w*)", re.ASCII)
"""A name as it is written outside of strings."""


@record
class Filled(t.Text):
    """A string of a template. `names` has the texts of parameters, None for a stream; a string without `names` is final."""

    names: Mapping[str, str | None] | None


def within(node: t.Node) -> Iterator[t.Node]:
    """A node, and all nodes inside it."""
    yield node
    for name in fields(type(node))[1:]:
        value = getattr(node, name)
        for child in value if type(value) is tuple else (value,):
            if isinstance(child, t.Node):
                yield from within(child)


def holes(node: t.Text, known: Mapping[str, object]) -> Iterator[Diagnostic]:
    """E105 for the placeholders of a string that are not among the `known` names."""
    for match in _HOLE.finditer(node.value):
        if match[1] is None:
            continue
        if not match[0].endswith("}"):
            help = f"write `{match[0]}}}`; for a literal `${{`, write `$${{`"
            fixes = _rewritten(node, match[0], f"{match[0]}}}") if match[1] in known else ()
            fixes += _rewritten(node, match[0], f"${match[0]}")
            yield Diagnostic("E105", f"`{match[0]}` is not closed", node.span, help=help, fixes=fixes)
        elif match[1] not in known:
            names = [f"`${{{name}}}`" for name in known]
            available = f"available: {', '.join(names)}; " if names else ""
            close = did_you_mean(match[1], known)
            help = f"{f'{close} ' if close else available}for a literal `${{`, write `$${{`"
            meant = closest(match[1], known)
            fixes = _rewritten(node, match[0], f"${{{meant}}}") if meant else ()
            fixes += _rewritten(node, match[0], f"${match[0]}")
            yield Diagnostic("E105", f"unknown placeholder `{match[0]}`", node.span, help=help, fixes=fixes)


def bare(node: t.Text, known: Container[str]) -> Iterator[Diagnostic]:
    """E105 for each `$name` in a string where `${name}` has a value: it would stay as it is written."""
    for match in _BARE.finditer(node.span.text) if "$" in node.value else ():
        name, at = match[1], node.span.start
        if name in known:
            place, meant = node.span.part(at + match.start(), at + match.end()), f"${{{name}}}"
            help = f"write `{meant}`"
            yield Diagnostic(
                "E105", f"`${name}` is plain text in a string", place, help=help, fixes=edits(help, (place, meant))
            )


def _rewritten(node: t.Text, hole: str, meant: str) -> tuple[Fix, ...]:
    """The fix that replaces a placeholder, if it occurs once in the string."""
    at = node.span.start + node.span.text.find(hole)
    return (
        edits(f"write `{meant}`", (node.span.part(at, at + len(hole)), meant))
        if node.span.text.count(hole) == 1
        else ()
    )


def fill(node: t.Text, built_in: Mapping[str, str], problems: list[Diagnostic]) -> str | Damaged:
    """The final text, with values for placeholders and `${` for `$${`; problems are added to the list."""
    plain = [] if isinstance(node, Filled) else list(bare(node, built_in))
    problems += plain
    if "${" not in node.value:
        return DAMAGED if plain else node.value
    names: Mapping[str, str | None] = built_in
    if isinstance(node, Filled):
        if node.names is None:
            return node.value
        names = {**node.names, **built_in}
    used = {match[1] for match in _HOLE.finditer(node.value)}
    reported = used.difference(BUILT_IN) if isinstance(node, Filled) else ()  # where the template is declared
    found = list(holes(node, {**dict.fromkeys(reported), **names}))
    for name in (name for name in names if name in used and names[name] is None):
        message = f"`${{{name}}}` is a stream or a filter: it cannot be in a string"
        found.append(
            Diagnostic(
                "E305",
                message,
                node.span,
                help="a placeholder can be a string, a number, a duration, a size, a percentage or a date",
            )
        )
    known = {name: "" if value is None else value for name, value in names.items()}

    def put(match: re.Match[str]) -> str:
        return "${" if match[1] is None else known.get(match[1], match[0])

    grown = sum(len(put(match)) - len(match[0]) for match in _HOLE.finditer(node.value))
    if len(node.value) + grown > LONGEST:  # before the text is built
        found.append(Diagnostic("E105", f"this string is longer than {LONGEST // 1024} KiB", node.span))
    problems += found
    return DAMAGED if found else _HOLE.sub(put, node.value)
