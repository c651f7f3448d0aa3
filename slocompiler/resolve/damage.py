"""Damage as a value: it replaces a value that is unknown because of a mistake that is already reported."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, TypeVar

T = TypeVar("T")


class Damaged(Enum):
    """The type of DAMAGED. Nothing that depends on it is checked, or reported as missing."""

    DAMAGED = "damaged"


DAMAGED: Final = Damaged.DAMAGED


def known(values: Sequence[T | Damaged]) -> tuple[T, ...]:
    """The values without DAMAGED."""
    if DAMAGED in values:
        return tuple([value for value in values if not isinstance(value, Damaged)])
    intact: Sequence[Any] = values
    return tuple(intact)  # the usual case


def damage(values: Sequence[object]) -> tuple[Damaged, ...]:
    """DAMAGED, once, if it is among the values; else nothing."""
    return (DAMAGED,) if DAMAGED in values else ()


def value_or(value: T | Damaged, otherwise: T) -> T:
    """The value, or `otherwise` if it is DAMAGED."""
    return otherwise if isinstance(value, Damaged) else value


class Gathered:
    """Collects the known values of something, such as an SLO, and remembers whether one was damaged."""

    def __init__(self) -> None:
        self.intact = True
        """Whether no value was damaged."""

    def all(self, values: Sequence[T | Damaged]) -> tuple[T, ...]:
        """The values that are known."""
        found = known(values)
        self.intact &= len(found) == len(values)
        return found

    def one(self, value: T | Damaged, otherwise: T) -> T:
        """The value, or `otherwise` if it is DAMAGED."""
        if isinstance(value, Damaged):
            self.intact = False
            return otherwise
        return value
