"""Conditions in PromQL that simply end in a bound, such as `max(queue) < 5`."""

from __future__ import annotations

import re

_COMPARED = re.compile(r"(.+?)\s*(<=|>=|<|>)\s*(-?[0-9][0-9.eE+-]*)\s*\Z", re.DOTALL)
_SETS = re.compile(r"\b(?:and|or|unless|bool)\b")


def split(expr: str) -> tuple[str, str, str] | None:
    """The value, the operator and the bound of a condition; None if it does not simply end in a bound."""
    found = _COMPARED.match(expr)
    if not found or _SETS.search(expr):
        return None
    return found[1], found[2], found[3]
