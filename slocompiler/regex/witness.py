"""Finds a string that some automata match and others do not: all run side by side, until a state shows one."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import accumulate

from slocompiler.regex.automaton import Automaton
from slocompiler.regex.parse import HIGHEST, Chars

MOST_STEPS = 20_000
"""The limit on moves of the automata for one question."""
READABLE = "0ax/-_A. :"
"""The characters that are preferred where a pattern leaves a choice, the most readable first."""
SURROGATES = range(0xD800, 0xE000)
"""Code points that UTF-8 text cannot contain."""


class TooManySteps(Exception):
    """The search ended after MOST_STEPS without an answer."""


def witness(some: Sequence[Automaton], none: Sequence[Automaton]) -> str | None:
    """The shortest string that all of `some` match and none of `none`; "" only if it is the only one, None if there is none.

    All run as one automaton that has the states of each. Raises TooManySteps.
    """
    together, begin = _side_by_side([*some, *none])
    letters = _letters(together)
    offsets = [0, *accumulate(len(machine.chars) for machine in (*some, *none))]
    finals = [machine.final << offset for machine, offset in zip((*some, *none), offsets, strict=False)]
    alive = [((1 << len(machine.chars)) - 1) << offset for machine, offset in zip(some, offsets, strict=False)]
    wanted, unwanted = finals[: len(some)], finals[len(some) :]

    def matched(states: int) -> bool:
        return all(states & final for final in wanted) and not any(states & final for final in unwanted)

    before: dict[int, tuple[int, str]] = {begin: (begin, "")}
    ahead = deque([begin])
    while ahead:
        states = ahead.popleft()
        onward = together.after(states)
        for reading, letter in letters.items():
            reached = onward & reading
            if reached in before or not all(reached & own for own in alive):
                continue
            before[reached] = states, letter
            if matched(reached):
                return _spelled(before, reached)
            ahead.append(reached)
        if len(before) * len(letters) > MOST_STEPS:
            raise TooManySteps
    return "" if matched(begin) else None


def _side_by_side(machines: Sequence[Automaton]) -> tuple[Automaton, int]:
    """One automaton of several, and the set of their start states."""
    chars: list[Chars] = []
    follow: list[int] = []
    begin = 0
    for machine in machines:
        begin |= 1 << len(chars)
        follow += (states << len(chars) for states in machine.follow)
        chars += machine.chars
    return Automaton(tuple(chars), tuple(follow), 0, True), begin


def _letters(together: Automaton) -> dict[int, str]:
    """For each set of states that some character leads to, one such character. Raises TooManySteps."""
    bounds = {bound for ranges in together.chars for first, last in ranges for bound in (first, last + 1)}
    alphabet = sorted({0, *bounds} - {HIGHEST + 1})  # between two bounds, all characters lead to the same states
    if len(alphabet) * len(together.chars) > MOST_STEPS:
        raise TooManySteps
    readers = together.readers(alphabet)
    found: dict[int, str] = {}
    for char in READABLE:
        found.setdefault(readers[bisect_right(alphabet, ord(char)) - 1], char)
    for first, beyond, reading in zip(alphabet, [*alphabet[1:], HIGHEST + 1], readers, strict=True):
        if not found.get(reading, "\0").isprintable():
            found[reading] = _letter(first, beyond)
    return found


def _spelled(before: dict[int, tuple[int, str]], states: int) -> str:
    """The string that led to these states."""
    letters = []
    while letter := before[states][1]:
        letters.append(letter)
        states = before[states][0]
    return "".join(reversed(letters))


def _letter(first: int, beyond: int) -> str:
    """A character from `first` up to before `beyond`: the first printable one of a hundred, else the first."""
    near = range(first, min(first + 100, beyond))
    printable = next((code for code in near if chr(code).isprintable()), first)
    return chr(min(SURROGATES.stop, beyond - 1) if printable in SURROGATES else printable)
