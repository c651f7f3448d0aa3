"""Numbers of panels: a panel keeps its own when others come and go, so that links to it hold and diffs stay small."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

_LARGEST = 2**31 - 1


def numbered(keys: Iterable[str]) -> dict[str, int]:
    """A number for each key, made of it; of two that meet the later takes the next that is free."""
    taken: set[int] = set()
    numbers: dict[str, int] = {}
    for key in keys:
        assert key not in numbers, f"two panels are called {key}"
        number = crc32(key.encode()) % _LARGEST + 1
        while number in taken:
            number += 1
        taken.add(number)
        numbers[key] = number
    return numbers
