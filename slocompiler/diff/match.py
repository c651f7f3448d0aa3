"""Matches items before and after a change: SLOs, and parts of them such as alert lines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from slocompiler.diff.equivalence import measured
from slocompiler.diff.subject import Subject

T = TypeVar("T")
Pairs = tuple[list[tuple[T, T]], list[T], list[T]]
"""Matched pairs, then items only before, then items only after."""


def pair(before: Iterable[T], after: Iterable[T], *keys: Callable[[T], Hashable]) -> Pairs[T]:
    """Pairs items with the same key, in their order, if both sides have as many of them; then tries the next key.

    Swapping the sides swaps the pairs, and changes nothing else.
    """
    left, right = list(before), list(after)
    pairs: list[tuple[T, T]] = []
    for key in keys:
        old, new = _grouped(left, key), _grouped(right, key)
        equal = {name: None for name in old if len(old[name]) == len(new.get(name, ()))}
        pairs += [both for name in equal for both in zip(old[name], new[name], strict=True)]
        left = [one for one in left if key(one) not in equal]
        right = [one for one in right if key(one) not in equal]
    return pairs, left, right


def matched(before: Iterable[T], after: Iterable[T], *keys: Callable[[T], Hashable]) -> list[tuple[T | None, T | None]]:
    """All items before and after, paired: the pairs, then items with None for the side that lacks them."""
    pairs, gone, added = pair(before, after, *keys)
    return [*pairs, *((one, None) for one in gone), *((None, one) for one in added)]


def _grouped(things: list[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def renamed(before: list[Subject], after: list[Subject]) -> Pairs[Subject]:
    """Pairs SLOs that have another name: by `formerly`; then those that measure the same, first with the same short name,
    then with the same target.
    """
    continued = {id: one.slo.id for one in after for id in one.slo.formerly}
    return pair(
        before,
        after,
        lambda one: continued.get(one.slo.id, one.slo.id),
        lambda one: (measured(one.slo), one.slo.name, one.slo.target, one.slo.window),
        lambda one: (measured(one.slo), one.slo.name),
        lambda one: (measured(one.slo), one.slo.title, one.slo.target, one.slo.window),
        lambda one: (measured(one.slo), one.slo.target, one.slo.window),
        lambda one: measured(one.slo),
    )
