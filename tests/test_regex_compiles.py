"""Whether Prometheus compiles a regular expression, where neither the own parser nor RE2 alone decides."""

from __future__ import annotations

import pytest

from slocompiler.regex.judge import regex_fault, takes_empty


@pytest.mark.parametrize(
    "pattern", [r"[\w-.]+", r"\Qa+b\E", r"\012", "(?)a", r"\w{300}", "(a)" * 300, r"\pL{1000}", "(?P<x>a)"]
)
def test_go_compiles_it(pattern: str) -> None:
    assert regex_fault(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a++", "does not compile: bad repetition operator: ++"),
        ("a{1001}", "does not compile: invalid repetition size: {1001}"),
        ("(a{100}){11}", "has counts of more than 1000 together"),
        (r"(\pL{100}){11}", "does not compile: invalid repetition size: {11}"),
        ("((((){999}){999}){999}){999}", "has counts of more than 1000 together"),
        ("a{999999999999}b", "does not compile: `{999999999999` is more than 1000 times"),
        (r"\p{greek}", r"does not compile: invalid character class range: \p{greek}"),
        (r"\Qa", r"does not compile: missing ): ^(?:\Qa)$"),
        (r"\C", r"does not compile: `\C` is not supported"),
        ("(?P<é>a)", "does not compile: `é` is no name of a group"),
        ("(?:" + "a" * 4000 + "){1000}", "is too large"),
        ("(" * 101 + ")" * 101, "has more than 100 levels of brackets"),
        ("a" * 20_000, "is longer than 16 KiB"),
        ("\udcff", "is no UTF-8"),
    ],
)
def test_go_does_not(pattern: str, why: str) -> None:
    assert regex_fault(pattern) == why


def test_prometheus_3_compiles_more() -> None:
    for pattern in (r"(?<x>a)", r"\Qa", r"\p{Kawi}", r"[\p{Toto}]"):
        assert regex_fault(pattern)
        assert not regex_fault(pattern, is_version_3=True)


def test_patterns_that_take_the_empty_string() -> None:
    takes = ["", "a*", "a|", r"\pL*", r"\Qa\E|", r"(?U)a*", r"(\pL{500}){2}|(\w{1000})*"]
    assert [pattern for pattern in takes if not takes_empty(pattern)] == takes[-1:]  # takes RE2 too much memory
    assert not [pattern for pattern in ("a", "a+", r"\pL", r"\Qa\E", r"\pL{1000}") if takes_empty(pattern)]
