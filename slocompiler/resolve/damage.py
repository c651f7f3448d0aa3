"""Damage as a value: it replaces a value that is unknown because of a mistake that is already reported."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeVar

T = TypeVar("T")


class Damaged(Enum):
    """The type of DAMAGED. Nothing that depends on it is checked, or reported as missing."""

    DAMAGED = "damaged"


DAMAGED: Final = Damaged.DAMAGED


def known(values: Iterable[T | Damaged]) -> tuple[T, ...]:
    """The values without DAMAGED."""
    return tuple(value for value in values if not isinstance(value, Damaged))


def damage(values: Iterable[object]) -> tuple[Damaged, ...]:
    """DAMAGED, once, if it is among the values; else nothing."""
    return (DAMAGED,) if any(value is DAMAGED for value in values) else ()


def value_or(value: T | Damaged, otherwise: T) -> T:
    """The value, or `otherwise` if it is DAMAGED."""
    return otherwise if isinstance(value, Damaged) else value


class Gathered:
    """Collects the known values of something, such as an SLO, and remembers whether one was damaged."""

    def __init__(self) -> None:
        self.intact = True
        """Whether no value was damaged."""

    def all(self, values: Iterable[T | Damaged]) -> tuple[T, ...]:
        """The values that are known."""
        found = tuple(values)
        self.intact = self.intact and not damage(found)
        return known(found)

    def one(self, value: T | Damaged, otherwise: T) -> T:
        """The value, or `otherwise` if it is DAMAGED."""
        self.all((value,))
        return value_or(value, otherwise)
