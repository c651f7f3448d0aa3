"""What is written is whole or not at all, and nothing is written over or removed that no build made."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slocompiler.cli import output
from support.command import files, service, sloc, times

MANIFEST = "generated/sloc.manifest"


def rules(name: str) -> str:
    return f"generated/prometheus/{name}.rules.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Services a, b and c, built; then a and c are changed, b is gone and d is new, and nothing is built again."""
    for name in "abc":
        (tmp_path / f"{name}.slo").write_text(service(name, "old"))
    (tmp_path / "sloc.yaml").touch()
    assert sloc(tmp_path, "build").code == 0
    for name in "acd":
        (tmp_path / f"{name}.slo").write_text(service(name, "new"))
    (tmp_path / "b.slo").unlink()
    return tmp_path


def built(project: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(project).items() if name.startswith("generated/")}


def listed(project: Path) -> list[str]:
    """The lines of the manifest below its first."""
    return (project / MANIFEST).read_text().splitlines()[1:]


def assert_fails(project: Path, *arguments: str, code: int, saying: str) -> None:
    """A build fails and every former file is as it was, and no temporary one is left."""
    before = files(project)
    answer = sloc(project, "build", *arguments)
    assert (answer.code, saying in answer.err) == (code, True), answer
    assert files(project) == before


class TestFailing:
    def test_a_mistake_in_one_file_leaves_all_untouched(self, project: Path) -> None:
        (project / "z.slo").write_text("service z {")
        assert_fails(project, code=1, saying="error[E102]")

    def test_a_folder_where_a_file_should_be(self, project: Path) -> None:
        (project / rules("d")).mkdir()
        assert_fails(project, code=2, saying=f"{rules('d')}: a folder stands where a file is to be written")

    @pytest.mark.parametrize("where", ["out", "out/prometheus"])
    def test_a_file_where_a_folder_should_be(self, project: Path, where: str) -> None:
        (project / where).parent.mkdir(exist_ok=True)
        (project / where).write_text("mine")
        assert_fails(
            project, "-o", "out", code=2, saying=f"{where}: a file stands where a folder is needed; nothing was changed"
        )

    def test_a_folder_in_place_of_the_manifest(self, project: Path) -> None:
        (project / MANIFEST).unlink()
        (project / MANIFEST).mkdir()
        assert_fails(project, code=2, saying="sloc.manifest: a folder stands where a file is to be written")

    @pytest.mark.parametrize("full_after", range(4))
    def test_a_full_disk(self, project: Path, monkeypatch: pytest.MonkeyPatch, full_after: int) -> None:
        """Of three changed files and the manifest, some fit and the next only by half."""
        write, calls = Path.write_bytes, []

        def full(self: Path, data: bytes) -> int:
            calls.append(self)
            if len(calls) <= full_after:
                return write(self, data)
            write(self, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(Path, "write_bytes", full)
        assert_fails(project, code=2, saying="generated: No space left on device; nothing was changed")

    @pytest.mark.parametrize("broken", ["write_bytes", "mkdir", "read_text"])
    def test_a_folder_without_permission(self, project: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
        whole: Callable[..., Any] = getattr(Path, broken)

        def refused(self: Path, *arguments: Any, **named: Any) -> Any:
            if "prometheus" in self.parts:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
            return whole(self, *arguments, **named)

        monkeypatch.setattr(Path, broken, refused)
        assert_fails(project, code=2, saying="Permission denied; nothing was changed")

    def test_a_failure_midway_is_told_as_one(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Renames hardly fail; when one does, each file is whole and the next build goes on."""
        replace, calls = os.replace, []

        def broken(*arguments: Any) -> None:
            calls.append(arguments)
            if len(calls) == 3:
                raise OSError(errno.EIO, os.strerror(errno.EIO), *map(str, arguments[:1]), None, str(arguments[1]))
            replace(*arguments)

        monkeypatch.setattr(output.os, "replace", broken)
        answer = sloc(project, "build")
        assert (answer.code, "Input/output error; not every file is up to date" in answer.err) == (2, True)
        assert [name for name in files(project) if "sloc-tmp" in name] == []
        assert sloc(project, "build").code == 0
        assert sloc(project, "build", "--check").code == 0


class TestRemoving:
    def test_a_whole_build_removes_what_it_no_longer_makes(self, project: Path) -> None:
        answer = sloc(project, "build")
        assert f"removed {rules('b')}\n" in answer.out
        assert [name for name in built(project) if "/prometheus/" in name] == [rules(name) for name in "acd"]

    @pytest.mark.parametrize("arguments", [["a.slo"], ["."], ["--target", "prometheus"]])
    def test_a_build_of_a_part_removes_nothing(self, project: Path, arguments: list[str]) -> None:
        before = built(project)[rules("b")]
        assert sloc(project, "build", *arguments).code == 0
        assert built(project)[rules("b")] == before
        assert f"removed {rules('b')}" in sloc(project, "build").out, "it is still known"

    def test_files_of_a_target_that_is_not_built_are_kept(self, project: Path) -> None:
        (project / "generated/other").mkdir()
        (project / "generated/other/b.txt").write_text("made on demand")
        with (project / MANIFEST).open("a") as manifest:
            manifest.write("other/b.txt\n")
        for _ in range(2):
            assert sloc(project, "build").code == 0
            assert sloc(project, "build", "--check").code == 0
            assert "generated/other/b.txt" in built(project)

    def test_a_foreign_file_survives(self, project: Path) -> None:
        for name in ("generated/mine.txt", "generated/prometheus/z.rules.yaml", "generated/.hidden"):
            (project / name).write_text("mine")
        assert sloc(project, "build").code == 0
        assert {name for name, data in built(project).items() if data == b"mine"} == {
            "generated/.hidden",
            "generated/mine.txt",
            "generated/prometheus/z.rules.yaml",
        }

    @pytest.mark.parametrize("content", [b"groups: []\n", b"", b"\xff\xfe"])
    def test_a_foreign_file_is_not_written_over(self, project: Path, content: bytes) -> None:
        (project / rules("d")).write_bytes(content)
        assert_fails(project, code=2, saying=f"{rules('d')} was not made by sloc")

    def test_a_made_file_may_be_edited_or_the_manifest_lost(self, project: Path) -> None:
        (project / rules("a")).write_text("edited")
        assert sloc(project, "build").code == 0
        (project / MANIFEST).unlink()
        (project / "a.slo").write_text(service("a", "newer"))
        assert sloc(project, "build").code == 0

    def test_the_manifest_leads_nowhere_else(self, project: Path) -> None:
        """Lines that somebody wrote: out of the folder, to a folder, to what was just built by another name."""
        for name in ("outside.txt", "generated/kept/x"):
            (project / name).parent.mkdir(exist_ok=True)
            (project / name).write_text("mine")
        lines = ["../outside.txt", "prometheus/../../outside.txt", str(project / "outside.txt"), "kept", ".", "", "/"]
        lines += ["./prometheus//a.rules.yaml", "a\0b", "<<<<<<< ours", "sloc.manifest"]
        (project / MANIFEST).write_text("\n".join(lines))
        assert sloc(project, "build").code == 0
        kept = files(project)
        assert (kept["outside.txt"], kept["generated/kept/x"]) == (b"mine", b"mine")
        assert rules("a") in kept
        assert listed(project) == [f"prometheus/{name}.rules.yaml" for name in "acd"]

    def test_each_folder_has_its_own(self, project: Path) -> None:
        assert sloc(project, "build", "-o", "other").code == 0
        assert rules("b") in files(project)
        assert sorted(path.name for path in (project / "other" / "prometheus").iterdir()) == [
            f"{n}.rules.yaml" for n in "acd"
        ]


class TestManifest:
    def test_has_a_sorted_line_for_each_file(self, project: Path) -> None:
        assert sloc(project, "build", "d.slo").code == 0
        assert (project / MANIFEST).read_text().startswith("# Files made by `sloc build`")
        assert listed(project) == [f"prometheus/{name}.rules.yaml" for name in "abcd"]

    def test_every_made_file_says_so_in_its_first_line(self, project: Path) -> None:
        sloc(project, "build")
        assert [n for n, data in built(project).items() if b"`sloc build" not in data.splitlines()[0]] == []


class TestUnchanged:
    def test_files_keep_their_times(self, project: Path) -> None:
        sloc(project, "build")
        before = times(project / "generated")
        assert sloc(project, "build").code == 0
        assert times(project / "generated") == before
        (project / "a.slo").write_text(service("a", "newer"))
        sloc(project, "build")
        now = times(project / "generated")
        assert [name for name in now if before[name] != now[name] and "." in name] == ["prometheus/a.rules.yaml"]


class TestCheck:
    def test_tells_stale_missing_and_left_over_and_writes_nothing(self, project: Path) -> None:
        (project / rules("c")).unlink()
        before = files(project), times(project)
        answer = sloc(project, "build", "--check")
        assert (files(project), times(project)) == before
        assert answer.code == 1
        assert [line for line in answer.err.splitlines() if "/prometheus/" in line or "manifest" in line] == [
            f"stale: {rules('a')}",
            f"missing: {rules('c')}",
            f"missing: {rules('d')}",
            f"stale: {MANIFEST}",
            f"left over: {rules('b')}",
        ]
        assert answer.out.startswith(f"--- {rules('a')} (now)\n+++ {rules('a')} (built)\n@@ ")
        assert "-# a/x old, from a.slo\n+# a/x new, from a.slo\n" in answer.out

    def test_is_clean_after_a_build_and_only_then(self, project: Path) -> None:
        sloc(project, "build")
        assert sloc(project, "build", "--check") == (0, "3 files up to date\n", "")
        (project / rules("a")).write_bytes(b"\xff")
        assert sloc(project, "build", "--check").code == 1

    def test_of_a_part_tells_nothing_of_the_rest(self, project: Path) -> None:
        sloc(project, "build", "a.slo")
        assert sloc(project, "build", "--check", "a.slo").code == 0
        assert sloc(project, "build", "--check").code == 1

    def test_where_nothing_was_ever_built(self, project: Path) -> None:
        answer = sloc(project, "build", "--check", "-o", "never")
        assert (answer.code, answer.err.count("missing: never/prometheus/")) == (1, 3)
        assert "missing: never/sloc.manifest" in answer.err
        assert not (project / "never").exists()

    def test_what_cannot_be_read_is_no_difference(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(self: Path, *_: Any, **__: Any) -> str:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

        monkeypatch.setattr(Path, "read_text", refused)
        answer = sloc(project, "build", "--check")
        assert (answer.code, "Permission denied" in answer.err) == (2, True)
