"""The screen of `sloc build --check`: a diff of each stale file, cut to one screen, and the names of the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from difflib import unified_diff

from slocompiler.cli.output import Difference
from slocompiler.explain.words import plural
from slocompiler.targets import TARGETS

OF_A_FILE = 12
"""Lines of the diff of one file."""
OF_ALL = 36
"""Lines of all diffs together."""
NAMED = 12
"""Files whose names are printed."""
WIDEST = 160
"""Characters of a line of a diff."""


def screen(
    found: Sequence[Difference], path: Callable[[str], str], texts: Callable[[Difference], tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """The lines of the diffs, and the lines with the names; `path` returns the path that is printed for a name,
    `texts` the former and the new text of a stale file.

    The targets are in the order of a build, rules first. Pages are only counted if other files differ.
    """
    pages = [one for one in found if TARGETS[_target(one)].many_files]
    found = sorted((one for one in found if one not in pages), key=lambda one: list(TARGETS).index(_target(one)))
    counted = _pages(pages, path) if found else []
    found = found or pages
    shown: list[str] = []
    names: list[str] = []
    hidden = sum(difference.what == "stale" for difference in found[NAMED:])
    for difference in found[:NAMED]:
        name = path(difference.name)
        lines = _differing(texts(difference), name) if difference.what == "stale" else []
        names.append(f"{difference.what}: {name}{_counted(lines)}")
        kept = lines if len(lines) <= OF_A_FILE else [*lines[: OF_A_FILE - 1], _more(len(lines) - OF_A_FILE + 1)]
        if len(shown) + len(kept) <= OF_ALL:
            shown += kept
        else:
            hidden += 1
    if hidden:
        files = "1 more file differs" if hidden == 1 else f"{hidden:,} more files differ"
        shown.append(f"… {files}: build, and `git diff` shows them")
    return shown, [*names, *([f"… and {len(found) - NAMED:,} more"] if len(found) > NAMED else []), *counted]


def _target(difference: Difference) -> str:
    return difference.name.split("/")[0]


def _pages(pages: Sequence[Difference], path: Callable[[str], str]) -> list[str]:
    """`stale: 12 files in generated/docs`, for each state of the files of a target."""
    counts = Counter((one.what, _target(one)) for one in pages)
    return [f"{what}: {plural(count, 'file')} in {path(target)}" for (what, target), count in counts.items()]


def _differing(texts: tuple[str, str], path: str) -> list[str]:
    """A unified diff with long lines cut."""
    before, after = (text.splitlines() for text in texts)
    lines = unified_diff(before, after, f"{path} (now)", f"{path} (built)", n=1, lineterm="")
    return [line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…" for line in lines]


def _counted(lines: Sequence[str]) -> str:
    """The number of lines that change; "" if there is no diff."""
    if not lines:
        return ""
    removed, added = (sum(line.startswith(sign) for line in lines[2:]) for sign in "-+")
    return f": {plural(removed, 'line')} removed, {added:,} added"


def _more(count: int) -> str:
    return f"… {plural(count, 'more line')} of this file"
