"""Damage as a value: it stands where a mistake that is reported already hides what belongs there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeVar

T = TypeVar("T")


class Damaged(Enum):
    """The type of DAMAGED. What depends on it is not judged, nor called missing."""

    DAMAGED = "damaged"


DAMAGED: Final = Damaged.DAMAGED


def known(values: Iterable[T | Damaged]) -> tuple[T, ...]:
    """The values without DAMAGED."""
    return tuple(value for value in values if not isinstance(value, Damaged))


def damage(values: Iterable[object]) -> tuple[Damaged, ...]:
    """DAMAGED once, if it is among the values."""
    for value in values:  # `any` over a generator takes twice as long, and this runs for every filter
        if value is DAMAGED:
            return (DAMAGED,)
    return ()


def value_or(value: T | Damaged, otherwise: T) -> T:
    """The value, if it is known."""
    return otherwise if isinstance(value, Damaged) else value


class Gathered:
    """Takes the damage out of values that belong together, such as those of an SLO."""

    def __init__(self) -> None:
        self.intact = True
        """Whether none of the values was damaged."""

    def all(self, values: Iterable[T | Damaged]) -> tuple[T, ...]:
        """The values that are known."""
        found = tuple(values)
        intact = known(found)
        self.intact = self.intact and len(intact) == len(found)
        return intact

    def one(self, value: T | Damaged, otherwise: T) -> T:
        """The value, if it is known."""
        if isinstance(value, Damaged):
            self.intact = False
            return otherwise
        return value
