"""examples/kinds: a project without warnings, whose README names every file, and what its SLOs read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import ROOT, compile_files
from support.promtool import check_rules
from support.structure import reads

FOLDER = ROOT / "examples" / "kinds"
FILES = sorted(FOLDER.glob("*.slo"))


def test_nothing_is_reported() -> None:
    answer = sloc(FOLDER, "check", "--strict", "--today", "2026-10-02")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"25 SLOs of 12 services in {len(FILES)} files: no errors\n"
    assert sloc(FOLDER, "fmt", "--check").code == 0


def test_every_file_is_in_the_readme() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| \[(\S+)\]\(\1\) \|", text, re.MULTILINE)) == [path.name for path in FILES]


def test_who_what_and_why_are_said() -> None:
    for slo in compile_files(*FILES).slos:
        assert slo.title, slo.id
        assert slo.review, slo.id
        assert slo.runbook.startswith("https://"), slo.id


def test_promtool_accepts_every_rule(tmp_path: Path) -> None:
    for name, text in render(compile_files(*FILES), "prometheus", Options()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    check_rules(*sorted(tmp_path.iterdir()))


def test_what_is_read(golden: Callable[[Path, str], None]) -> None:
    """The events and the bad events of each SLO, as expressions."""
    files = render(compile_files(*FILES), "prometheus", Options())
    golden(ROOT / "tests" / "golden" / "kinds.txt", "\n".join(reads(files)) + "\n")
