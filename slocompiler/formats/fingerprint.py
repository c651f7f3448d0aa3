"""Fingerprints of lines, by which GitHub's code scanning recognizes a result after its line has moved."""

from __future__ import annotations

from collections.abc import Iterator
from struct import iter_unpack

_WINDOW, _BASE, _MASK = 100, 37, (1 << 64) - 1
_LEAVING = pow(_BASE, _WINDOW, 1 << 64)
_END = 65535
"""The code unit that stands for the end of a file."""


def line_hashes(text: str) -> dict[int, str]:
    """The `primaryLocationLineHash` of each line, by its number from 1.

    This is the hash that github/codeql-action computes, and it warns about any other. It covers 100 code units of
    UTF-16 from the beginning of the line, without blanks, which may extend into the next lines.
    """
    units, starts = _units(text)
    units += [0] * _WINDOW
    hashes: dict[int, str] = {}
    seen: dict[int, int] = {}
    wanted = {start + _WINDOW: number for number, start in enumerate(starts, 1)}
    value = 0
    for index, unit in enumerate(units):
        leaving = units[index - _WINDOW] if index >= _WINDOW else 0
        value = (value * _BASE + unit - leaving * _LEAVING) & _MASK
        number = wanted.get(index + 1)
        if number is not None:
            seen[value] = seen.get(value, 0) + 1
            hashes[number] = f"{value:x}:{seen[value]}"
    return hashes


def _units(text: str) -> tuple[list[int], list[int]]:
    """The code units without blanks, with the end of the file, and the index where each line begins."""
    units: list[int] = []
    starts: list[int] = []
    begins = True
    for unit in (*_utf16(text), _END):
        if unit in (0x20, 0x09):
            continue
        if begins:
            starts.append(len(units))
        begins = unit == 0x0A
        units.append(unit)
    return units, starts


def _utf16(text: str) -> Iterator[int]:
    """The code units of the text, with each line end as a line feed."""
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    return (unit for (unit,) in iter_unpack("<H", normal.encode("utf-16-le", "surrogatepass")))
