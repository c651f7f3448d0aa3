"""What `sloc build --check` shows of stale files: why each is, on one screen, and how much is left out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import unified_diff

from slocompiler.cli.output import Difference
from slocompiler.explain.words import plural
from slocompiler.visible import visible

OF_A_FILE = 12
"""Lines that are shown of how one file differs."""
OF_ALL = 36
"""Lines that are shown of all of them."""
NAMED = 12
"""Files that are named."""
WIDEST = 160
"""Characters of a line."""


def screen(found: Sequence[Difference], path: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """Lines that show how files differ, and lines that name the files; `path` says how a file is called."""
    shown: list[str] = []
    names: list[str] = []
    hidden = sum(difference.what == "stale" for difference in found[NAMED:])
    for difference in found[:NAMED]:
        name = path(difference.name)
        lines = _differing(difference, name) if difference.what == "stale" else []
        names.append(f"{difference.what}: {name}{_counted(lines)}")
        kept = lines if len(lines) <= OF_A_FILE else [*lines[: OF_A_FILE - 1], _more(len(lines) - OF_A_FILE + 1)]
        if len(shown) + len(kept) <= OF_ALL:
            shown += kept
        else:
            hidden += 1
    if hidden:
        files = "1 more file differs" if hidden == 1 else f"{hidden:,} more files differ"
        shown.append(f"… {files}: `git diff` shows how after a build")
    return shown, [*names, *([f"… and {len(found) - NAMED:,} more"] if len(found) > NAMED else [])]


def _differing(difference: Difference, path: str) -> list[str]:
    """A unified diff, each line cut to what a terminal holds."""
    before, after = difference.before.splitlines(), difference.after.splitlines()
    lines = unified_diff(before, after, f"{path} (now)", f"{path} (built)", n=1, lineterm="")
    return [visible(line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…") for line in lines]


def _counted(lines: Sequence[str]) -> str:
    """How much changes; "" where there is no diff."""
    if not lines:
        return ""
    gone, come = (sum(line.startswith(sign) for line in lines[2:]) for sign in "-+")
    return f": {plural(gone, 'line')} would go, {plural(come, 'line')} come"


def _more(count: int) -> str:
    return f"… {plural(count, 'more line')} of how this file differs"
