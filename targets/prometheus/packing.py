"""Packs groups into fewer, for rulers that allow so many rules in a group and so many groups: Mimir and Cortex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.targets.prometheus.rule import Group, Rule


def packed(groups: Iterable[Group], most: int) -> list[Group]:
    """The same rules in groups of at most `most`, each evaluated as often as before and in its order.

    Recording rules of a group read what those before them have just recorded, so they stay together. Nothing reads an
    alert: those for which there is no room stand in another group, and see values that are at most one evaluation old.
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
    """What may not be parted: the recording rules, with as many alerts as there is room for; the rest of the alerts."""
    first = max(_recording(group), most)
    yield group.rules[:first]
    for start in range(first, len(group.rules), most):
        yield group.rules[start : start + most]


def _recording(group: Group) -> int:
    """How many rules stand up to the last recording one."""
    return max((at for at, rule in enumerate(group.rules, 1) if not rule.annotations), default=0)


def too_large(group: Group, most: int) -> bool:
    """Whether its recording rules alone are more than a group may have."""
    return _recording(group) > most
