"""The numbers of panels. A panel keeps its number when others come and go, so that links stay valid and diffs small."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

_LARGEST = 2**31 - 1


def numbered(keys: Iterable[str]) -> dict[str, int]:
    """A number for each key, derived from the key; if two collide, the later one takes the next free number."""
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
