"""What counts do not count: while an exception lasts, nothing happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from slocompiler.ir import Slo

T = TypeVar("T")
V = TypeVar("V", bound=tuple[tuple[str, str], ...])


def lasts(slo: Slo, value: tuple[tuple[str, str], ...], since: int, until: int) -> bool:
    """Whether an exception of a value, given by its labels, lasts at some time after `since` and before `until`."""
    labels = dict(value)
    return any(
        one.begin < until and since < one.end and all(labels.get(m.label) == m.value for m in one.filter)
        for one in slo.exceptions
    )


def without(slo: Slo, found: Mapping[V, Mapping[int, T]], seconds: int, none: T) -> dict[V, dict[int, T]]:
    """Counts of some `seconds` until each time, by values, with `none` for those in which an exception lasts."""
    return {
        value: {at: none if lasts(slo, value, at - seconds, at) else count for at, count in counts.items()}
        for value, counts in found.items()
    }
