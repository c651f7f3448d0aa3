"""`sloc build --check`: stale, missing and left over files on one screen."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import Any

import pytest

from support.command import files, service, sloc, times
from support.outdated import MADE, outdated, rules


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return outdated(tmp_path)


def test_tells_stale_missing_and_left_over_and_writes_nothing(project: Path) -> None:
    (project / rules("c")).unlink()
    before = files(project), times(project)
    answer = sloc(project, "build", "--check")
    assert (files(project), times(project)) == before
    assert answer.code == 1
    assert answer.err.splitlines()[:-1] == [
        f"stale: {rules('a')}: 2 lines removed, 2 added",
        f"missing: {rules('c')}",
        f"missing: {rules('d')}",
        f"left over: {rules('b')}",
        "a build removes the rules of 1 service: b. If this is a mistake, restore their sources first",
    ]
    assert answer.out.startswith(f"--- {rules('a')} (now)\n+++ {rules('a')} (built)\n@@ ")
    assert "-# a/x old, from a.slo\n+# a/x new, from a.slo\n" in answer.out


def test_is_clean_after_a_build_and_only_then(project: Path) -> None:
    sloc(project, "build")
    assert sloc(project, "build", "--check") == (0, "3 files up to date\n", "")
    (project / rules("a")).write_bytes(b"\xff")
    assert sloc(project, "build", "--check").code == 1


def test_of_a_part_tells_nothing_of_the_rest(project: Path) -> None:
    sloc(project, "build", "a.slo")
    assert sloc(project, "build", "--check", "a.slo").code == 0
    assert sloc(project, "build", "--check").code == 1


def test_where_nothing_was_ever_built(project: Path) -> None:
    answer = sloc(project, "build", "--check", "-o", "never")
    assert (answer.code, answer.err.count("missing: never/prometheus/")) == (1, 3)
    assert not (project / "never").exists()


def test_what_cannot_be_read_is_no_difference(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, *_: Any, **__: Any) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "read_bytes", refused)
    answer = sloc(project, "build", "--check")
    assert (answer.code, "Permission denied" in answer.err) == (2, True)


def test_fits_on_a_screen_and_counts_the_rest(project: Path) -> None:
    """Files that differ in many ways, in long lines, and many of them."""
    sloc(project, "build")
    for name in "acd":
        path = project / rules(name)
        path.write_text(path.read_text().replace("expr", "expression" * 40))
    for number in range(40):
        (project / f"n{number}.slo").write_text(service(f"n{number}"))
    answer = sloc(project, "build", "--check")
    assert answer.code == 1
    assert len((answer.out + answer.err).splitlines()) <= 50
    assert max(map(len, answer.out.splitlines())) <= 160
    assert len(re.findall(r"^… \d+ more lines of this file$", answer.out, re.MULTILINE)) == 3
    assert "\n… and 31 more\n43 files out of date" in answer.err
    for number in range(40):
        (project / rules(f"n{number}")).write_text(f"{MADE}n{number}.rules.yaml, from")
    answer = sloc(project, "build", "--check")
    assert len((answer.out + answer.err).splitlines()) <= 50 + 2
    assert re.search(r"^… 4\d more files differ: build, and `git diff` shows them$", answer.out, re.MULTILINE)


def test_warnings_are_counted(project: Path) -> None:
    sloc(project, "build")
    text = (project / "a.slo").read_text()
    (project / "a.slo").write_text(text.replace('stakeholders "product"', ""))
    answer = sloc(project, "build", "--check")
    assert answer.err == "1 warning: see `sloc check`\n"


def test_rules_come_first_and_pages_are_counted(project: Path) -> None:
    (project / "sloc.yaml").unlink()
    sloc(project, "build")
    (project / "a.slo").write_text(service("a", "newer"))
    answer = sloc(project, "build", "--check")
    lines = answer.err.splitlines()
    assert lines[0].startswith(f"stale: {rules('a')}")
    assert lines[1].startswith("stale: generated/grafana/details/a.x.json")
    assert re.fullmatch(r"stale: \d+ files in generated/docs", lines[-2])
    assert answer.out.startswith(f"--- {rules('a')} (now)\n")
    assert "generated/docs" not in answer.out

    page = project / "generated/docs/markdown/a/x.md"
    sloc(project, "build")
    page.write_text(page.read_text() + "edited\n")
    answer = sloc(project, "build", "--check")
    assert answer.err.startswith("stale: generated/docs/markdown/a/x.md: 1 line removed")
    assert "-edited" in answer.out, "nothing else differs, so the page is shown"


@pytest.mark.parametrize("arguments", [("--check",), ("-o", "-")])
def test_only_what_is_written_can_be_added(project: Path, arguments: tuple[str, ...]) -> None:
    answer = sloc(project, "build", "--add", *arguments)
    assert (answer.code, answer.err.startswith("sloc: --add needs files that a build writes")) == (2, True)
