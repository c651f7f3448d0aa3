"""Files of a revision match the patterns of `sources` as files of a folder do."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from slocompiler.cli.revisions import matches

PATTERNS = (
    "**/*.slo",
    "*.slo",
    "a/**/*.slo",
    "a/*",
    "**/b/*.slo",
    "a/b/c.slo",
    "[ab]/?.slo",
    "./a/*.slo",
    "**/[!c].slo",
    "**/a*",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_match_as_in_a_folder(pattern: str, tmp_path: Path) -> None:
    names = ["a.slo", "a/b.slo", "a/b/c.slo", "b/c.slo", "a/x/b/d.slo", "[a]/b.slo", "a/a.txt", "A.SLO", "ab.slo"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob(pattern) if path.is_file()}
    assert {name for name in names if matches(name.split("/"), PurePosixPath(pattern).parts)} == found
