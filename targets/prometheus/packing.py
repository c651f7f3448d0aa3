"""Packs rules into fewer groups, for rulers with limits on rules in a group and on groups: Mimir and Cortex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.targets.prometheus.rule import Group, Rule


def packed(groups: Iterable[Group], most: int) -> list[Group]:
    """The same rules in groups of at most `most` rules, with their intervals and order.

    The recording rules of a group read each other's results, so they stay together. No rule reads an alert, so an alert
    may move to another group, where it reads values that are at most one evaluation old.
    """
    bins: dict[str, list[list[Rule]]] = {}
    for group in groups:
        for rules in _pieces(group, most):
            same = bins.setdefault(group.interval, [])
            room = next((one for one in same if len(one) + len(rules) <= most), None)
            if room is None:
                same.append(room := [])
            room.extend(rules)
    return [
        Group(f"every {interval}, {number}", interval, rules)
        for interval, same in bins.items()
        for number, rules in enumerate(same, 1)
    ]


def _pieces(group: Group, most: int) -> Iterator[list[Rule]]:
    """The parts of a group that stay together: its recording rules with as many alerts as fit, then the rest of the alerts."""
    first = max(_recording(group), most)
    yield group.rules[:first]
    for start in range(first, len(group.rules), most):
        yield group.rules[start : start + most]


def _recording(group: Group) -> int:
    """The number of rules up to the last recording rule."""
    return max((at for at, rule in enumerate(group.rules, 1) if not rule.annotations), default=0)


def too_large(group: Group, most: int) -> bool:
    """Whether the recording rules alone exceed the limit of a group."""
    return _recording(group) > most
