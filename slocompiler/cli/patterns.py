"""Patterns of files, as `sources` has them: matched name by name, against files of a folder or of a revision alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from pathlib import PurePosixPath

_FOLDERS, _END = "**", ""
States = frozenset[int]
"""How far the patterns have matched the names of a path: positions among the parts of all patterns."""


class Patterns:
    """Patterns such as `**/*.slo`: `**` stands for any number of folders, `*` for a part of a name.

    All patterns advance together, so that the time grows with the path and with the number of parts, and no faster.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._parts: list[str] = []
        starts = set()
        for pattern in patterns:
            starts.add(len(self._parts))
            self._parts += [*PurePosixPath(pattern).parts, _END]
        self._names = {part: re.compile(translate(part)) for part in self._parts if part not in (_FOLDERS, _END)}
        self.start = self._closed(starts)
        """The state in the folder from which the patterns count."""

    def inside(self, states: States, folder: str, is_link: bool = False) -> States:
        """The state in a folder of that name; empty if no pattern matches a file below. `**` does not follow links."""
        kept = () if is_link else (at for at in states if self._parts[at] == _FOLDERS)
        return self._closed({*kept, *(at + 1 for at in self._fitting(states, folder))})

    def match(self, states: States, file: str) -> bool:
        """Whether a pattern ends with a file of that name."""
        return any(self._parts[at + 1] == _END for at in self._fitting(states, file))

    def _fitting(self, states: States, name: str) -> list[int]:
        parts = self._parts
        return [at for at in states if parts[at] in self._names and self._names[parts[at]].match(name)]

    def _closed(self, states: Iterable[int]) -> States:
        """The positions, without those at the end of a pattern, and with those behind each `**`, which may be no folder."""
        found: set[int] = set()
        for start in states:
            at = start
            while at not in found and self._parts[at] != _END:
                found.add(at)
                at += self._parts[at] == _FOLDERS
        return frozenset(found)
