"""Example values of a label for its matchers, found with the automata of their regular expressions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slocompiler.ir import Matcher
from slocompiler.regex.automaton import Automaton, automaton, word
from slocompiler.regex.sets import fulfills
from slocompiler.regex.witness import TooManySteps, witness

USUAL = ("200", "ok", "other", "1", "x", "GET", "/", "0", "a", "-")
"""Familiar values, tried first."""


def example(matchers: Sequence[Matcher]) -> str | None:
    """A value that fulfills all these matchers of one label; "" only if it is the only one, None if none is found."""
    return next((text for text in _candidates(matchers) if all(fulfills(m, text) for m in matchers)), None)


def _candidates(matchers: Sequence[Matcher]) -> Iterator[str]:
    yield from (matcher.value for matcher in matchers if matcher.op == "=")
    yield from USUAL
    found = _shortest(matchers)
    if found is not None:
        yield found


def _shortest(matchers: Sequence[Matcher]) -> str | None:
    """The shortest value; None also if a regular expression is not supported or the search takes too many steps."""
    some: list[Automaton] = []
    none: list[Automaton] = []
    for matcher in matchers:
        machine = automaton(matcher.value) if "~" in matcher.op else word(matcher.value)
        if machine is None:
            return None
        (none if matcher.op.startswith("!") else some).append(machine)
    try:
        return witness(some, none)
    except TooManySteps:
        return None
