"""Suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str:
    """The one of `known` that was meant, as it seems; "" where nothing comes close."""
    from difflib import get_close_matches  # only mistakes pay for it

    return next(iter(get_close_matches(name, list(known), 1, 0.6)), "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question "did you mean `x`?" for the closest of `known`; "" where nothing comes close."""
    close = closest(name, known)
    return f"did you mean `{close}`?" if close else ""


def one_of(name: str, known: Iterable[str], none: str = "") -> str:
    """The closest of `known` as a question, else the first of what there is, or `none`."""
    known = list(dict.fromkeys(known))
    there = ", ".join(f"`{one}`" for one in known[:10]) + (", …" if len(known) > 10 else "")
    return did_you_mean(name, known) or (f"there is {there}" if known else none)
