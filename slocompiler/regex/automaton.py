"""Regular expressions as automata: matching never backtracks, and the sets of strings can be compared."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache

from slocompiler.record import record
from slocompiler.regex.parse import Chars, Node, Repeat, parsed


@record
class Automaton:
    """A Glushkov automaton: a state for each character of a pattern. Bits stand for sets of states, the lowest for the start."""

    chars: tuple[Chars, ...]
    """The characters that lead to each state; none lead to the start."""
    follow: tuple[int, ...]
    """For each state, the set of states that may follow."""
    final: int
    endless: bool
    """Whether some part may repeat without limit."""

    def after(self, states: int) -> int:
        """The set of states that may follow any of these."""
        found = 0
        while states:
            low = states & -states
            found |= self.follow[low.bit_length() - 1]
            states ^= low
        return found

    def readers(self, alphabet: list[int]) -> list[int]:
        """For each character of an ordered alphabet, the set of states that it leads to."""
        found = [0] * len(alphabet)
        for state, ranges in enumerate(self.chars):
            for first, last in ranges:
                for at in range(bisect_left(alphabet, first), bisect_right(alphabet, last)):
                    found[at] |= 1 << state
        return found


@lru_cache(maxsize=4096)
def automaton(pattern: str) -> Automaton | None:
    """The automaton of a pattern; None if `parsed` does not support it."""
    node = parsed(pattern)
    if node is None:
        return None
    builder = _Builder()
    nullable, first, last = builder.add(node)
    builder.follow[0] = first
    return Automaton(tuple(builder.chars), tuple(builder.follow), last | nullable, builder.endless)


def word(text: str) -> Automaton:
    """The automaton that matches one string."""
    chars = ((), *(((ord(char), ord(char)),) for char in text))
    follow = (*(1 << state for state in range(1, len(chars))), 0)
    return Automaton(chars, follow, 1 << len(text), False)


class _Builder:
    """Builds an automaton."""

    def __init__(self) -> None:
        self.chars: list[Chars] = [()]
        self.follow = [0]
        self.endless = False

    def add(self, node: Node) -> tuple[bool, int, int]:
        """Whether a part matches the empty string, and its possible first and last states."""
        if node.kind == "chars":
            self.chars.append(node.chars)
            self.follow.append(0)
            state = 1 << (len(self.chars) - 1)
            return False, state, state
        if node.kind == "any":
            parts = [self.add(part) for part in node.parts]
            first = last = 0
            for _, begins, ends in parts:
                first, last = first | begins, last | ends
            return any(nullable for nullable, _, _ in parts), first, last
        if node.kind == "all":
            return self._joined(self.add(part) for part in node.parts)
        return self._repeated(node.parts[0], node.repeat)

    def _joined(self, parts: Iterable[tuple[bool, int, int]]) -> tuple[bool, int, int]:
        nullable, first, last = True, 0, 0
        for empty, begins, ends in parts:
            self._link(last, begins)
            first |= begins if nullable else 0
            last = last | ends if empty else ends
            nullable &= empty
        return nullable, first, last

    def _repeated(self, node: Node, repeat: Repeat) -> tuple[bool, int, int]:
        def copies() -> Iterable[tuple[bool, int, int]]:
            least, most = repeat
            for _ in range(least if most is not None else max(0, least - 1)):
                yield self.add(node)
            if most is None:
                empty, first, last = self.add(node)
                self._link(last, first)
                self.endless = True
                yield empty or not least, first, last
            for _ in range((most or least) - least if most is not None else 0):
                _, first, last = self.add(node)
                yield True, first, last

        return self._joined(copies())

    def _link(self, ends: int, begins: int) -> None:
        while ends:
            low = ends & -ends
            self.follow[low.bit_length() - 1] |= begins
            ends ^= low
