"""A way to know that something is wrong, with its words; several of them are one condition that says which one holds."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.explain.phrases import Phrase
from slocompiler.record import value


@value()
class Branch:
    """One way to know that something is wrong; of several that hold, the first says most."""

    expr: str
    when: Phrase
    """The words for it, after "if"."""
    hint: str = ""
    """A sentence on what may be the reason."""


def first_of(branches: Sequence[Branch]) -> str:
    """The number of the first branch that holds, from 1; no result if none does.

    The minimum drops the labels: two branches that fix the same label would be two alerts with equal labels, an error.
    """
    numbered = "\n  or ".join(f"{number} + 0 * ({branch.expr})" for number, branch in enumerate(branches, 1))
    return f"min(\n  {numbered}\n)"
