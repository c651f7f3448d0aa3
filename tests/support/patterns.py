"""Regular expressions made at random: correct ones, and those that break a rule of RE2 somewhere."""

from __future__ import annotations

from random import Random

from support.expressions import some

SINGLE = list("ab5.-_/ :é日") + [rf"\{char}" for char in "dwsDWSbBAzntf.-/\\_\"'é"]
IN_CLASSES = [
    *("a", "a-z", "0-9", r"\d", r"\w", "-", ".", "_", r"\-", r"\]", "[:alpha:]", "[:word:]", "[:^digit:]", r"\pL"),
    *(r"\p{Greek}", "^", "[", "é", "à-ü", "z-a", r"\x41", r"\n", "&&", "~", "--", r"\b", r"\E", r"\Q", "$", "|", "("),
]
UNUSUAL = [
    *(r"\p{Greek}", r"\pL", r"\PN", r"\p{^Lu}", r"\p{Han}", r"\p{Any}", r"\p{Kawi}", r"\x41", r"\x{1F600}"),
    *(r"\Q.+\E", r"\Qab\E", r"\C", r"\012", r"\1", r"\8", r"\07", r"\u0041", r"\e", r"\Z", r"\x{110000}", r"\h", r"\R"),
    *("^", "$", r"\Q", "(?i)", "(?s)", "(?)", "(?-)", "(?im)", "()", "(?:)", "(?U)", "(?i", "a|", "|b"),
]
GROUPS = ["(", "(?:", "(?i:", "(?P<x>", "(?s:", "(?i-s:", "(?U:", "(?<z>", "(?=", "(?!", "(?#", "(?P<é>", "(?x:"]
COUNTS = [
    *(
        "*",
        "+",
        "?",
        "*?",
        "+?",
        "??",
        "{2}",
        "{1,3}",
        "{2,}",
        "{2}?",
        "{,2}",
        "{0}",
        "{30}",
        "{100}",
        "{300}",
        "{1000}",
    ),
    *("{1001}", "{3,2}", "{", "}", "{1", "**", "*+", "??+", "{2}{3}", "{a}", "{0,1000}", "{999999999999}"),
]
SIGNS = list("ab()[]{}*+?|\\^$-.:PpQEL<>,=10")


def pattern(random: Random) -> str:
    """A pattern: built by the rules, then often damaged, or of signs in a row."""
    kind = random.random()
    if kind < 0.2:
        return "".join(some(random, SIGNS, 12)) or "a"
    built = _choice(random, 2)
    return (_damaged(random, built) if kind < 0.4 else built) or "a"


def _choice(random: Random, depth: int) -> str:
    rows = ["".join(_piece(random, depth) for _ in range(random.choice((0, 1, 2, 2, 3)))) for _ in range(2)]
    return "|".join(rows[: random.choice((1, 1, 2))])


def _piece(random: Random, depth: int) -> str:
    found = _atom(random, depth)
    if random.random() < 0.4:
        found += random.choice(COUNTS if random.random() < 0.5 else COUNTS[:3])
    return found


def _atom(random: Random, depth: int) -> str:
    kind = random.random()
    if kind < 0.35:
        return random.choice(SINGLE)
    if kind < 0.55:
        return f"[{random.choice(('', '', '^', ']'))}{''.join(some(random, IN_CLASSES, 3))}]"
    if kind < 0.62 or not depth:
        return random.choice(UNUSUAL)
    return f"{random.choice(GROUPS if random.random() < 0.5 else GROUPS[:2])}{_choice(random, depth - 1)})"


def _damaged(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice((random.choice(SIGNS), "")) + text[at + random.choice((0, 1)) :]
