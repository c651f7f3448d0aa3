"""The generated files that need not be rendered again: the run before has rendered them, and they are as it left them."""

from __future__ import annotations

import os
from functools import lru_cache

from slocompiler.cli import cache, trace


def names(key: str, folder: str | os.PathLike[str]) -> list[str] | None:
    """The names of the files in a folder that the same sloc generated for a key, if all are as it left them.

    The key is a digest of all that decides them, besides sloc itself.
    """
    now = trace.current()
    if now is None:
        return None
    stamps, known = _former(now)
    for name in known.get(key, ()):
        path = os.path.abspath(os.path.join(folder, name))
        if path not in stamps or os.path.islink(path):
            return None
        trace.look(path)
        stamp, content = stamps[path]
        if cache.stamp(path) != stamp and not cache.has(path, content):
            return None
        now.contents[path] = content
    return known.get(key)


def note(key: str, names: list[str]) -> None:
    """Note the names of the files that are generated for a key."""
    now = trace.current()
    if now and names:
        now.generated[key] = names


@lru_cache(maxsize=1)
def _former(now: trace.Trace) -> tuple[dict[str, tuple[str, str]], dict[str, list[str]]]:
    """Stamps and contents by path, and names by key, of the run before, if it was of the same sloc."""
    stamps, known = cache.former(now.arguments)
    own = {path: cache.stamp(path) for path in trace.installed()}
    before = {path: stamp for path, (stamp, _) in stamps.items() if path in own or path.startswith(trace.PACKAGE)}
    return (stamps, known) if before == own else ({}, {})
