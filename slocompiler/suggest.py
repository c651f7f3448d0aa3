"""Suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable


def similar(name: str, known: Iterable[str], least: float = 0.6) -> list[str]:
    """Up to two names in `known` that are like `name`, the most similar first; `least` is between 0 and 1."""
    from difflib import get_close_matches  # imported only after a mistake: the import is slow

    return get_close_matches(name, list(known), 2, least)


def closest(name: str, known: Iterable[str]) -> str:
    """The name in `known` that is most like `name`; "" if none is similar."""
    return next(iter(similar(name, known)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question "did you mean `x`?" for the most similar name in `known`; "" if none is similar."""
    close = closest(name, known)
    return f"did you mean `{close}`?" if close else ""


def one_of(name: str, known: Iterable[str], none: str = "") -> str:
    """A help for an unknown name: the most similar name, or else the first ten of `known`, or `none` if it is empty."""
    known = list(dict.fromkeys(known))
    names = ", ".join(f"`{one}`" for one in known[:10]) + (", …" if len(known) > 10 else "")
    return did_you_mean(name, known) or (f"available: {names}" if known else none)
