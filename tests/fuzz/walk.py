"""Walks of the grammar: texts that `slo.lark` derives, with terminals as people write them, right and wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

from lark import Lark

from slocompiler import grammar
from support.generated import BOUNDS, PATTERNS, TARGETS, VALUES, WINDOWS

DEEPEST = 40
"""Levels of rules after which a walk takes the shortest way to an end."""
TERMINALS: Mapping[str, Sequence[str]] = {
    "NAME": ("a", "b", "job", "code", "route", "x_total", "took_seconds", "native", "or", "x-y", "max", "age", "until", "le", "standard"),
    "STRING": tuple(f'"{text}"' for text in (*VALUES, *PATTERNS, "", "https://r.example.org", "org.slo", "std/http.slo", "${job}")),
    "PROMQL": ("`sum(rate(x_total[$window]))`", "`max(x) > 5`", "`x{job=\"$job\"}`", "`vector(1)`", "``", "`x >`", "`rate(x[5m]) # c`"),
    "PERCENT": (*TARGETS, "0%", "100%", "2%", "10%", "-1%", "99.9999999999%"),
    "DURATION": (*WINDOWS, *BOUNDS, "5m", "1h", "30m", "6h", "0s", "1.5h", "99999999999d"),
    "SIZE": ("5MB", "1KiB", "1.5GB", "0B"),
    "DATE": ("2026-10-01", "2026-13-01", "0000-00-00", "9999-12-31"),
    "NUMBER": ("0", "-1", "2.5", "1e5", "1e-5", "100", "1e999"),
    "REF": ("a/a", "a/b", "a/x-y", "b/a", "journey/journey"),
    "PARAM": ("$job", "$a", "$window"),
    "SEVERITY": ("page", "ticket", "notify"),
    "DAY": ("day", "monday", "sunday"),
    "MOMENT": ("2026-10-01T03:00Z", "2026-10-01T06:30:30+02:00", "2026-10-01 03:00Z", "2026-10-01T24:00", "2026-02-30T00:00Z"),
    "TIME": ("02:00", "23:59", "0:00", "24:00"),
    "ZONE": ("UTC", "Europe/Berlin", "Asia/Gaza", "Etc/GMT+5", "CEST"),
    "CMP": ("<", "<=", ">", ">=", "==", "!="),
    "MOP": ("=~", "!~", "!="),
}  # fmt: skip  # a table


@cache
def _grammar() -> tuple[dict[str, list[list[str]]], dict[str, str], dict[str, int]]:
    """The expansions of each rule, the text of each keyword and sign, and how deep each symbol is at least."""
    lark = Lark(grammar.text("slo.lark"), parser="lalr", maybe_placeholders=False)
    rules: dict[str, list[list[str]]] = {}
    for rule in lark.rules:
        rules.setdefault(rule.origin.name, []).append([symbol.name for symbol in rule.expansion])
    words = {one.name: re.sub(r"\(\?!.*|\\", "", one.pattern.to_regexp()) for one in lark.terminals}
    depths = dict.fromkeys(words, 0)
    while len(depths) < len(words) + len(rules):
        for name, expansions in rules.items():
            ends = [max((depths[one] for one in way), default=0) for way in expansions if all(s in depths for s in way)]
            if ends and name not in depths:
                depths[name] = min(ends) + 1
    return rules, words, depths


def program(random: Random) -> bytes:
    """A text of the grammar: most have mistakes of meaning, and none of syntax but those of layout and of terminals."""
    rules, words, depths = _grammar()
    tokens: list[str] = []
    ahead = [(random.choice(("start", "service", "service", "slo", "slo", "template", "journey")), 0)]
    inside = ahead[0][0]
    while ahead:
        symbol, depth = ahead.pop()
        if symbol not in rules:
            tokens.append(random.choice(TERMINALS.get(symbol) or (words[symbol],)))
            continue
        ways = rules[symbol]
        if depth > DEEPEST or len(tokens) > 400:
            ways = [min(ways, key=lambda way: max((depths[one] for one in way), default=0))]
        ahead += [(one, depth + 1) for one in reversed(random.choice(ways))]
    blank = random.choice((" ", " ", "\n", "\r\n"))
    text = "".join(token + (blank if token in "{}," else " ") for token in tokens)
    return (f'service a {{ owner "team"\n{text}}}\n' if inside == "slo" else text).encode()
