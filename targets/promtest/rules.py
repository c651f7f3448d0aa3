"""The rules that checks need, cut out of a rendered file: promtool evaluates all of a file at each step of each test.

What alerts say is left out: Prometheus would fill in texts, with queries, at each step at which one fires.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TEXTS = re.compile(r"^    annotations:\n(?: {6}.*\n|\n)+", re.MULTILINE)
PARTS = re.compile(r"^(?=# |- name: |  - (?:record|alert): )", re.MULTILINE)
RULE = re.compile(r"  - (record|alert): (\S+)\n")
NAMES = re.compile(r'\b[\w:]++(?=\{)|(?<=alertname=")\w+|(?<=__name__=~")[^"]+')
"""What an expression reads: all of ours name labels of each series; only checks ask for alerts, and for a pattern of names."""


class Part(NamedTuple):
    """A piece of a rendered file; `kind` and `name` are "" where it is no rule."""

    text: str
    kind: str
    name: str
    reads: frozenset[str]


def parts(rendered: str) -> list[Part]:
    """The pieces of a rendered file."""
    return [_part(text) for text in PARTS.split(TEXTS.sub("", rendered))]


def _part(text: str) -> Part:
    rule = RULE.match(text)
    return Part(text, rule[1], rule[2], frozenset(NAMES.findall(text))) if rule else Part(text, "", "", frozenset())


def excerpt(rendered: list[Part], asked: list[str]) -> str:
    """The file, with no more of its rules than the expressions `asked` need; `ALERTS` without a name are all alerts."""
    names = re.compile("|".join({name for expr in asked for name in NAMES.findall(expr)}))
    every = any("ALERTS{" in expr and "alertname" not in expr for expr in asked)
    found = {rule.name for rule in rendered if names.fullmatch(rule.name) or (every and rule.kind == "alert")}
    wanted = {""}
    while found:
        wanted |= found
        found = {name for rule in rendered if rule.name in found for name in rule.reads} - wanted
    return "".join(part.text for part in rendered if part.name in wanted)
