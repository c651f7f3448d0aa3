"""`record`: small classes with fields that type checkers treat as frozen.

Defining a frozen, slotted dataclass takes 1.6 ms, and sixty of them took half of the start-up. Without comparison, hash,
repr and freezing at run time, a class takes a third of that, and creating an instance is three times as fast. Use records
for trees. Values that are compared or published, such as the IR, are real dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=())
def record(cls: type[T]) -> type[T]:
    """A decorator: a slotted class with an `__init__` of its annotated fields, compared by identity."""
    return dataclass(slots=True, eq=False, repr=False)(cls)


def fields(cls: type) -> tuple[str, ...]:
    """The names of a record's fields, in the order of its `__init__`."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]  # a record is a dataclass
    return names


def changed(node: T, **values: object) -> T:
    """A copy of a record with other values for some of its fields."""
    return type(node)(*(values[name] if name in values else getattr(node, name) for name in fields(type(node))))
