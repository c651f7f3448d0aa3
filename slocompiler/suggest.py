"""Suggestions for misspelt names. A file can have thousands of names and of mistakes, so each costs little."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

LONGEST = 100
"""The length of a name, in characters, up to which it is compared."""
_MOST = 200
"""How many names are compared one by one. Among more, a name is found if one letter of each is wrong, at most."""
_NEAREST = 4
"""How many names are compared letter by letter: those that share the most pairs of letters."""


def similar(name: str, known: Iterable[str], least: float = 0.6) -> list[str]:
    """Up to two names in `known` that are like `name`, the most similar first; `least` is between 0 and 1."""
    from difflib import get_close_matches  # imported only after a mistake: the import is slow

    names = tuple(known)
    near = _nearest(name, names) if len(name) <= LONGEST else []
    return get_close_matches(name, near, 2, least)


def _nearest(name: str, known: tuple[str, ...]) -> list[str]:
    """The few names that are the most like a name."""
    if len(known) > _MOST:
        index = _index(known)
        found = (one for variant in _variants(name) for one in index.get(variant, ()))
        return list(dict.fromkeys(found))[:_NEAREST]
    from heapq import nlargest  # imported only after a mistake

    pairs = _pairs(name)
    return nlargest(
        _NEAREST, [one for one in known if len(one) <= LONGEST], key=lambda one: _likeness(pairs, _pairs(one))
    )


def _likeness(one: Collection[str], other: frozenset[str]) -> float:
    """The share of common pairs, from 0 to 1."""
    return 2 * len(other.intersection(one)) / (len(one) + len(other))


@lru_cache(maxsize=8192)
def _pairs(name: str) -> frozenset[str]:
    """The pairs of letters that follow one another, its ends included."""
    return frozenset(map("".join, zip(f"^{name}", f"{name}$", strict=True)))


@lru_cache(maxsize=8)
def _index(known: tuple[str, ...]) -> dict[str, list[str]]:
    """The names by each of their variants."""
    found: dict[str, list[str]] = {}
    for name in known:
        for variant in _variants(name) if len(name) <= LONGEST else ():
            bucket = found.setdefault(variant, [])
            if len(bucket) < _NEAREST:
                bucket.append(name)
    return found


def _variants(name: str) -> Iterator[str]:
    """A name, and what is left of it without one of its letters."""
    yield name
    yield from without_a_letter(name)


def without_a_letter(name: str) -> Iterator[str]:
    """What is left of a name without each of its letters."""
    return (name[:at] + name[at + 1 :] for at in range(len(name)))


def closest(name: str, known: Iterable[str]) -> str:
    """The name in `known` that is most like `name`; "" if none is similar."""
    return next(iter(similar(name, known)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question "did you mean `x`?" for the most similar name in `known`; "" if none is similar."""
    close = closest(name, known)
    return f"did you mean `{close}`?" if close else ""


def one_of(name: str, known: Iterable[str], none: str = "") -> str:
    """A help for an unknown name: the most similar name, or else the first ten of `known`, or `none` if it is empty."""
    known = tuple(dict.fromkeys(known))
    names = ", ".join(f"`{one}`" for one in known[:10]) + (", …" if len(known) > 10 else "")
    return did_you_mean(name, known) or (f"available: {names}" if known else none)
