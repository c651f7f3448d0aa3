"""What may be written at an offset: words, values and signs that the parser accepts there, and the names that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler import zones
from slocompiler.lsp.buckets import buckets
from slocompiler.lsp.names import names
from slocompiler.lsp.queries import promql
from slocompiler.lsp.situation import Item, Situation
from slocompiler.lsp.strings import strings
from slocompiler.lsp.words import WORDS
from slocompiler.syntax.lexemes import COMMENT, OPEN_STRING, PROMQL, STRING
from slocompiler.syntax.recovery.following import following
from slocompiler.syntax.vocabulary import DAYS, SEVERITIES, SIGNS, TERMINALS

_PART = re.compile(rf"{STRING}|(?P<string>{OPEN_STRING})|(?P<other>{COMMENT})|(?P<promql>`[^`]*\Z)|{PROMQL}")
_WORD = re.compile(r"[$\w:.%/-]*\Z")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_UNITS = {"DURATION": ("d", "h", "m", "s", "ms", "w"), "PERCENT": ("%",), "SIZE": ("KB", "MB", "GB", "KiB", "MiB", "B")}
_CHOICES = {"CMP": ("<", "<=", ">", ">=", "==", "!="), "MOP": ("=~", "!~", "!="), "SEVERITY": SEVERITIES, "DAY": DAYS}
_VALUES = {
    ("PERCENT", "SLO"): ("99.9%", "99%", "99.5%", "99.95%"),
    ("PERCENT", "JOURNEY"): ("99%", "98%", "99.5%"),
    ("PERCENT", "SEVERITY"): ("2%", "5%", "10%", "0%"),
    ("PERCENT", "BELOW"): ("50%", "25%"),
    ("PERCENT", "RISK"): ("100%", "10%"),
    ("PERCENT", ""): ("99%", "95%"),
    ("DURATION", "SLO"): ("30d", "28d", "7d", "90d"),
    ("DURATION", "JOURNEY"): ("30d", "28d", "7d", "90d"),
    ("DURATION", "SEVERITY"): ("1h", "6h", "1d", "3d", "15m", "5m"),
    ("DURATION", "SLICES"): ("1m", "5m"),
    ("DURATION", "REVIEW"): ("90d", "180d", "30d"),
    ("DURATION", "GOOD"): ("300ms", "1s"),
    ("DURATION", "BAD"): ("300ms", "1s"),
    ("DURATION", "BELOW"): ("300ms", "1s"),
    ("DURATION", "ABOVE"): ("300ms", "1s"),
    ("DURATION", ""): ("30d", "1h", "10m"),
    ("NUMBER", "SEVERITY"): ("10", "5", "100"),
    ("DURATION", "MAINTENANCE"): ("1h", "30m", "2h"),
    ("TIME", ""): ("02:00", "22:00"),
    ("MOMENT", ""): ("2026-10-01T03:00Z",),
    ("NUMBER", ""): ("1", "0"),
    ("SIZE", ""): ("1MB", "100KB"),
}
"""Usual values of a terminal, by the terminal with which the statement begins."""
_SNIPPETS = {
    "service": 'service ${1:name} "${2:Title}" {\n  owner "${3:team}"\n\n  $0\n}',
    "slo": 'slo ${1:availability} "${2:Title}" ${3:99.9%} over ${4:30d} {\n  events  $5\n  bad     {$6}\n  because "$0"\n}',
    "template": "template ${1:name}($2) {\n  $0\n}",
    "defaults": "defaults {\n  $0\n}",
    "journey": 'journey ${1:name} "${2:Title}" ${3:99%} over ${4:30d} {\n  owner "${5:team}"\n  through $6\n  because "$0"\n}',
    "risk": 'risk "${1:text}" every ${2:90d} lasting ${3:30m} hitting ${4:100%}',
    "feedback": 'feedback ${1:2026-10-14} "$0"',
    "maintenance": 'maintenance "${1:text}" every ${2:sunday} ${3:02:00} for ${4:1h} in ${5:Europe/Berlin} because "$0"',
    "except": 'except ${1:2026-10-01T03:00Z} to ${2:2026-10-01T04:30Z} because "$0"',
    "no": "no data is ${1:bad}",
    "link": 'link "${1:Title}" "${2:https://}"',
    "allow": 'allow ${1:W312} because "$0"',
}
"""Statements with holes, by their keyword."""


class Completion:
    """Items, and the offset at which the word begins that they replace."""

    def __init__(self, start: int, items: list[Item]) -> None:
        self.start, self.items = start, items


def complete(situation: Situation, at: int) -> Completion:
    """What may be written at an offset of the file; nothing in comments, and in PromQL metrics, labels and their values."""
    text = situation.text
    inside = [part for part in _PART.finditer(text, 0, at) if part.end() == at and part.lastgroup]
    if inside and inside[-1]["other"]:
        return Completion(at, [])
    if inside and inside[-1]["promql"]:
        return Completion(*promql(text, inside[-1].start(), at, situation.known))
    if inside:
        start = inside[-1].start()
        here = situation.at(start, following(text, start))
        found = strings(here) if "STRING" in here.following.terminals else []
        return Completion(start + 1, [Item(_quoted(one)[1:-1], "string") for one in found])
    word = _WORD.search(text, 0, at)
    start = word.start() if word else at
    here = situation.at(start, following(text, start))
    return Completion(start, list(_items(here, text[start:at])))


def _items(here: Situation, typed: str) -> Iterator[Item]:
    terminals = here.following.terminals
    if "NAME" in terminals:
        yield from names(here)
    if "REF" in terminals:
        yield from (Item(slo, "slo") for slo in sorted(here.known.slos))
    if "PARAM" in terminals:
        yield from (Item(f"${name}", "parameter") for name in here.parameters())
    if "STRING" in terminals:
        yield from (Item(_quoted(one), "string") for one in strings(here))
        yield Item('"…"', "string", snippet='"$1"')
    if "PROMQL" in terminals:
        yield Item("`…`", "promql", "PromQL", snippet="`$1`")
    if "DATE" in terminals and here.today:
        yield Item(here.today.isoformat(), "date", "today")
    if "ZONE" in terminals:
        yield from (Item(name, "zone") for name in zones.names())
    yield from buckets(here)
    for name in sorted(terminals):
        yield from _values(name, here, typed)
    words = (name.strip("_").lower() for name in sorted(terminals) if name not in TERMINALS)
    yield from (_keyword(word, bool(here.following.block)) for word in words)
    yield from (Item(SIGNS[name], "sign") for name in sorted(terminals & SIGNS.keys()))


def _values(name: str, here: Situation, typed: str) -> Iterator[Item]:
    """The values of a terminal; after digits, these with the units that fit."""
    for choice in _CHOICES.get(name, ()):
        yield Item(choice, "sign") if name in ("CMP", "MOP") else _keyword(choice, name == "SEVERITY")
    if (number := _NUMBER.match(typed)) and name in _UNITS:
        yield from (Item(f"{number[0]}{unit}", name.lower()) for unit in _UNITS[name])
    else:
        usual = _VALUES.get((name, here.following.statement)) or _VALUES.get((name, ""), ())
        yield from (Item(value, name.lower()) for value in usual)


def _keyword(word: str, begins: bool) -> Item:
    """A keyword; one that begins a statement has a sentence, and perhaps holes for what follows it."""
    return Item(word, "keyword", "", WORDS.get(word, ""), _SNIPPETS.get(word, "")) if begins else Item(word, "keyword")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
