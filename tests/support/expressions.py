"""PromQL made at random: correct expressions of all versions, and those that break a rule somewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from slocompiler.promql.functions import AGGREGATIONS, FUNCTIONS, WORDS, Type

NAMES = ("x", "up", "a:b", ":r", "_x", "http_total", "le")
KEYWORDS = (
    *("and", "or", "unless", "atan2", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool"),
    *(
        "start",
        "end",
        "inf",
        "NaN",
        "step",
        "range",
        "anchored",
        "smoothed",
        "fill",
        "min_of",
        "limitk",
        "Sum",
        "OFFSET",
    ),
)
DURATIONS = (
    *("5m", "1h30m", "5", "300", "0s", "1.5", "1ms", "30s5m", "1y", "1w2d", "5M", "0", "1e3", "0x1F", "5m30", "-5m"),
    *("+5m", "- 1h", " 5m ", "5m+1m", "2*5m", "step()", "1000000y", "9223372036s", "9223372037s", "292y", "293y", ""),
    *("1_0", "5m #c\n", "#c\n5m", "inf", "(5m)", "-(5m)", "1i"),
)
NUMBERS = (
    *(
        "1",
        "0",
        "2.5",
        ".5",
        "5.",
        "1e3",
        "1e400",
        "1e-400",
        "0x1F",
        "0X1f",
        "0xG",
        "017",
        "08",
        "0b1",
        "1_000",
        "1__0",
    ),
    *("0x_1", "1_000.5", "1._5", "1e1_0", "1e", "1e+", "Inf", "nan", "+Inf", "9" * 20, "0x8000000000000000", "1.e3"),
    *("0x7fffffffffffffff", "5m", "1d", "0s", "1h30s", "9e99", "01_1", "1_e3", "1.2.3", "..1", "1e308", "1.8e308"),
)
STRINGS = (
    *('"a"', "'a'", "`a`", r'"a\n"', r'"\x41"', r'"\u00e9"', r'"\ud800"', r'"\400"', r'"\101"', r'"\q"', r'"\'"'),
    *(r"'\"'", r'"\U0001F600"', r'"\U00110000"', '"\n"', "`\n`", r'"\"', '"a.b"', '"é"', '"\ufffd"', "`\ufffd`", '""'),
    *('"5.."', '".*"', '"a)b"', '"("', '".+"'),
)
MATCHERS = (
    *(
        'a="b"',
        "job=~'x'",
        "a!=``",
        'a!~".*"',
        '__name__="y"',
        'sum = "a"',
        'a=="b"',
        'a= ~"b"',
        "a",
        "1",
        'a="b" or c="d"',
    ),
    *('"m"', '"a.b"', '"a.b"="x"', 'é="x"', 'a:b="x"', "", 'a=""', 'on!="b"', 'a=~"(x|y).+"'),
)
LABELS = (
    "a",
    "b",
    "le",
    "job",
    "a:b",
    "on",
    "by",
    "sum",
    "without",
    "inf",
    "bool",
    '"a.b"',
    '""',
    "1",
    "start",
    "limitk",
)
OPERATORS = (
    *("+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or", "unless", "atan2", "AND"),
    *("=", "=~", "</", ">/", "<>", "&&"),
)
TIMES = ("start()", "end()", "-1", "+5", "1603774568", "START()", "(1)", "start", "now()", *NUMBERS)
SIGNS = (*"()[]{},@:\t\xa0é$&!.0", "5m", "1", '"a"', "x", "=~", "==", "#c\n", " ", *KEYWORDS)


def some(random: Random, choices: Sequence[str], most: int) -> list[str]:
    """Up to `most` of the choices."""
    return [random.choice(choices) for _ in range(random.randint(0, most))]


def expression(random: Random) -> str:
    """An expression: built by the rules, and then often damaged."""
    while True:
        found = _expr(random, random.choice((0, 1, 2, 2, 3)))
        found = _damaged(random, found) if random.random() < 0.3 else found
        if found.strip() and len(found) < 1000:
            return found


def _damaged(random: Random, text: str) -> str:
    parts = re.findall(r'\w+|\s+|"[^"]*"|.', text, re.DOTALL)
    at, kind = random.randrange(len(parts)), random.random()
    parts[at : at + (kind < 0.6)] = [random.choice(SIGNS)] if kind > 0.3 else []
    return "".join(parts)


def _expr(random: Random, depth: int) -> str:
    kind = random.random()
    if not depth or kind < 0.2:
        found = _selector(random)
    elif kind < 0.3:
        found = random.choice(NUMBERS if kind < 0.27 else STRINGS)
    elif kind < 0.5:
        found = _call(random, depth - 1)
    elif kind < 0.65:
        found = _aggregation(random, depth - 1)
    elif kind < 0.85:
        found = _operation(random, depth - 1)
    else:
        found = f"({_expr(random, depth - 1)})" if kind < 0.92 else random.choice("-+") + _expr(random, depth - 1)
    return _modified(random, found) if random.random() < 0.4 else found


def _selector(random: Random) -> str:
    name = random.choice(NAMES if random.random() < 0.9 else KEYWORDS) if random.random() < 0.85 else ""
    if name and random.random() < 0.5:
        return name
    usual = MATCHERS[:6] if random.random() < 0.7 else MATCHERS
    return f"{name}{{{','.join(some(random, usual, 2))}{random.choice(('', '', '', ','))}}}"


def _modified(random: Random, found: str) -> str:
    while random.random() < 0.5:
        kind, length = random.random(), random.choice(DURATIONS) if random.random() < 0.5 else "5m"
        if kind < 0.4:
            found += f"[{length}{random.choice(('', '', ':', ':1m', ' : 1m', ':' + random.choice(DURATIONS), ': '))}]"
        elif kind < 0.65:
            found += f" offset {length}"
        else:
            found += f" @ {random.choice(TIMES)}" if kind < 0.9 else random.choice((" anchored", " smoothed", " foo"))
    return found


def _call(random: Random, depth: int) -> str:
    name = random.choice((*FUNCTIONS, "nope", "RATE"))
    function = FUNCTIONS.get(name)
    if function and random.random() < 0.8:
        left_out = function.optional if random.random() < 0.3 else 0
        arguments = [_typed(random, one, depth) for one in function.arguments[: len(function.arguments) - left_out]]
    else:
        arguments = [_expr(random, depth) for _ in range(random.choice((0, 1, 1, 2, 3)))]
    return f"{name}({', '.join(arguments)}{',' if random.random() < 0.05 else ''})"


def _typed(random: Random, wanted: Type, depth: int) -> str:
    is_odd = random.random() < 0.4
    if wanted == "vector":
        return _expr(random, depth) if is_odd else "x"
    if wanted == "range":
        return f"{_selector(random)}[{random.choice(DURATIONS) if is_odd else '5m'}]"
    usual, odd = ("0.5", NUMBERS) if wanted == "scalar" else ('"a"', STRINGS)
    return random.choice(odd) if is_odd else usual


def _aggregation(random: Random, depth: int) -> str:
    name = random.choice(
        [*AGGREGATIONS] if random.random() < 0.1 else [one for one in AGGREGATIONS if one not in WORDS]
    )
    needed = AGGREGATIONS[name]
    arguments = [_typed(random, needed, depth)] if needed and random.random() < 0.9 else []
    body = f"({', '.join([*arguments, _expr(random, depth)])})"
    kept = f" {random.choice(('by', 'without', 'BY'))} {_labels(random)}"
    return name + random.choice((body, kept + body, body + kept, kept + body + kept))


def _labels(random: Random) -> str:
    usual = LABELS[:4] if random.random() < 0.8 else LABELS
    return f"({','.join(some(random, usual, 2))}{random.choice(('', '', '', ','))})"


def _operation(random: Random, depth: int) -> str:
    operator = random.choice(OPERATORS[:17] if random.random() < 0.97 else OPERATORS)
    if random.random() < 0.25:
        operator += " bool"
    if random.random() < 0.35:
        operator += f" {random.choice(('on', 'ignoring', 'ON'))}{_labels(random)}"
        if random.random() < 0.5:
            operator += f" {random.choice(('group_left', 'group_right'))}{random.choice(('', _labels(random)))}"
    elif random.random() < 0.05:
        operator += random.choice((" group_left", " fill(0)", " group_left(a)"))
    return f"{_expr(random, depth)} {operator} {_expr(random, depth)}"
