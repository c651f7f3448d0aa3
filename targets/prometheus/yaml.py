"""YAML text: the only way into a rules file. PyYAML and Go read it back unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from slocompiler import visible
from slocompiler.pattern import lazy_pattern
from slocompiler.targets.prometheus.rule import Group, Rule

_PLAIN = lazy_pattern(r"[A-Za-z_/](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?\Z")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""Plain scalars that YAML 1.1 does not read as text."""
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(text: str) -> str:
    """`text` on one line: plain if that is safe, else in double quotes."""
    return text if is_plain(text) else quoted(text)


def is_plain(text: str) -> bool:
    """Whether YAML reads `text` as it is, without quotes."""
    return bool(_PLAIN.match(text)) and text.lower() not in _WORDS


def quoted(text: str) -> str:
    """A double-quoted scalar."""
    return visible.quoted(text, _escape)


def single_quoted(text: str) -> str:
    """A scalar in single quotes, which keep double quotes readable; in double quotes if the text is not printable."""
    return "'" + text.replace("'", "''") + "'" if text.isprintable() else quoted(text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return _SHORT.get(match[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def comment(text: str) -> str:
    """`text` inside a comment, with everything escaped that could end the comment."""
    return scalar(text)


def flow(mapping: Mapping[str, str]) -> str:
    """`{name: value, …}` in the order given."""
    return _flow(tuple(mapping.items()))


@lru_cache(maxsize=64)
def _flow(pairs: tuple[tuple[str, str], ...]) -> str:
    """Cached, because most rules of an SLO have the same labels."""
    return "{" + ", ".join([f"{scalar(name)}: {scalar(value)}" for name, value in pairs]) + "}"


def expression(text: str, indent: int = 6) -> str:
    """PromQL: plain on one line if YAML reads it so, else a literal block; quoted if it has unprintable characters."""
    if not _fits_a_block(text):
        return quoted(text)
    if "\n" not in text and ": " not in text and " #" not in text and text[0].isalnum():
        return text
    return _literal(text, indent)


def block(text: str, indent: int = 8) -> str:
    """`text` in the most readable form: on one line, as a literal block, or quoted if nothing else keeps it."""
    if "\n" not in text and '"' not in text and "\\" not in text:
        return scalar(text)
    if text[0] in " \n" or text[-1] in " \n" or not _fits_a_block(text):
        return quoted(text)
    return _literal(text, indent)


def _fits_a_block(text: str) -> bool:
    signs = text.replace("\n", "")
    return visible.plain(signs) or not visible.others("\n").search(signs)


def _literal(text: str, indent: int) -> str:
    pad = "\n" + " " * indent
    body = text.replace("\n", pad)
    return f"|-{pad}{body.replace(pad + chr(10), chr(10) * 2) if chr(10) * 2 in text else body}"


def groups_text(about: str, groups: Iterable[Group]) -> str:
    """Groups of rules as items of a list, after a comment that says what they are about."""
    lines = ["\n# ", about, "\n"] if about else []
    for group in groups:
        lines += ("- name: ", scalar(group.name), "\n  interval: ", group.interval, "\n  rules:\n")
        for rule in group.rules:
            lines += _alert(rule) if rule.annotations else _record(rule)
    return "".join(lines)


def _record(rule: Rule) -> tuple[str, ...]:
    expr, labels = expression(rule.expr), flow(rule.labels)
    return "  - record: ", rule.name, "\n    expr: ", expr, "\n    labels: ", labels, "\n"


def _alert(rule: Rule) -> tuple[str, ...]:
    lasting = f"    for: {rule.lasting}\n" if rule.lasting else ""
    keep = f"    keep_firing_for: {rule.keep}\n" if rule.keep else ""
    texts = "".join([f"      {part}: {block(text)}\n" for part, text in rule.annotations])
    head = f"  - alert: {rule.name}\n    expr: {expression(rule.expr)}\n"
    return head, lasting, keep, "    labels: ", flow(rule.labels), "\n    annotations:\n", texts
