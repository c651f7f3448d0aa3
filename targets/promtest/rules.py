"""Selects the rules that checks need from a rendered file, because promtool evaluates a whole file at each step.

Annotations are removed: Prometheus would render them, with queries, at each step at which an alert fires. Counts include
the newest sample: promtool has written it before it evaluates them, and steps can be so long that there is no other.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TEXTS = re.compile(r"^    annotations:\n(?: {6}.*\n|\n)+", re.MULTILINE)
NEWEST = re.compile(r"(?<=\]) offset \w+")
"""What counts leave out."""
PARTS = re.compile(r"^(?=# |- name: |  - (?:record|alert): )", re.MULTILINE)
RULE = re.compile(r"  - (record|alert): (\S+)\n")
NAMES = re.compile(r'\b[\w:]++(?=\{)|(?<=alertname=")\w+|(?<=__name__=~")[^"]+')
"""The names that an expression reads. Generated rules give labels of each series; only checks read alerts and name patterns."""


class Part(NamedTuple):
    """A piece of a rendered file; `kind` and `name` are "" if it is not a rule."""

    text: str
    kind: str
    name: str
    reads: frozenset[str]


def parts(rendered: str) -> list[Part]:
    """The pieces of a rendered file, in order."""
    return [_part(text) for text in PARTS.split(TEXTS.sub("", rendered))]


def _part(text: str) -> Part:
    rule = RULE.match(text)
    if not rule:
        return Part(text, "", "", frozenset())
    text = NEWEST.sub("", text) if rule[2].endswith(":increase5m") else text
    return Part(text, rule[1], rule[2], frozenset(NAMES.findall(text)))


def excerpt(rendered: list[Part], asked: list[str], given: tuple[str, ...] = ()) -> str:
    """The file with only the rules that the expressions `asked` need; `ALERTS` without a name needs all alerts.

    Rules that record what is `given` are left out.
    """
    rendered = [part for part in rendered if part.name not in given]
    names = re.compile("|".join({name for expr in asked for name in NAMES.findall(expr)}))
    every = any("ALERTS{" in expr and "alertname" not in expr for expr in asked)
    found = {rule.name for rule in rendered if names.fullmatch(rule.name) or (every and rule.kind == "alert")}
    wanted = {""}
    while found:
        wanted |= found
        found = {name for rule in rendered if rule.name in found for name in rule.reads} - wanted
    return "".join(part.text for part in rendered if part.name in wanted)
