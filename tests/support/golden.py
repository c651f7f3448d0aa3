"""Compares what was made with the golden file that a person once approved, or rewrites the file."""

import difflib
import re
from pathlib import Path

HINT = "If the new text is right, run `make update` and review the change."


def compare(path: Path, actual: str, update: bool) -> None:
    """Assert that the file holds the text, to the byte; with `update` make it so."""
    expected = path.read_bytes().decode() if path.is_file() else None
    if actual == expected:
        return
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual.encode())
        return
    if expected is None:
        raise AssertionError(f"there is no golden file {path}. {HINT}")
    raise AssertionError(f"{path} differs. {HINT}\n{_diff(expected, actual)}")


def _diff(expected: str, actual: str) -> str:
    """A unified diff in which a missing or odd line end is visible."""
    old, new = (text.splitlines(keepends=True) for text in (expected, actual))
    lines = difflib.unified_diff(old, new, "expected", "actual")
    return "".join(line if re.search(r"(?<!\r)\n$", line) else f"{line!r}\n" for line in lines)
