"""A build writes all files or none, and never replaces or removes a file that no build generated."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slocompiler.cli import writer
from support.bounded import bounded
from support.command import files, service, sloc, times
from support.outdated import MADE, outdated, rules


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return outdated(tmp_path)


def built(project: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(project).items() if name.startswith("generated/")}


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
        assert_fails(project, code=2, saying=f"{rules('d')}: not a regular file; nothing was changed")

    @pytest.mark.parametrize("where", ["out", "out/prometheus"])
    def test_a_file_where_a_folder_should_be(self, project: Path, where: str) -> None:
        (project / where).parent.mkdir(exist_ok=True)
        (project / where).write_text("mine")
        assert_fails(project, "-o", "out", code=2, saying=f"sloc: {where}: not a folder; nothing was changed")

    @pytest.mark.parametrize("last", "acd")
    def test_a_full_disk(self, project: Path, last: str) -> None:
        """Three files are to be written; the system refuses the end of the one that is long, when some others are there."""
        (project / f"{last}.slo").write_text(service(last, "long " * 1000))
        before = files(project)
        (end,) = bounded(project, [["build"]], file_size=4000)
        assert (end.code, end.printed) == (2, f"sloc: {rules(last)}: File too large; nothing was changed\n")
        assert files(project) == before

    @pytest.mark.parametrize(("where", "broken"), [(Path, "mkdir"), (Path, "read_bytes"), (os, "open")])
    def test_a_folder_without_permission(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, where: object, broken: str
    ) -> None:
        intact: Callable[..., Any] = getattr(where, broken)

        def refused(path: str | Path, *arguments: Any, **named: Any) -> Any:
            if "prometheus" in Path(path).parts:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
            return intact(path, *arguments, **named)

        before = files(project)
        with monkeypatch.context() as refusing:
            refusing.setattr(where, broken, refused)
            answer = sloc(project, "build", *(["-o", "new"] if broken == "mkdir" else []))
        assert (answer.code, "Permission denied; nothing was changed" in answer.err) == (2, True)
        assert files(project) == before

    def test_a_failure_midway_is_reported_as_one(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """If a rename fails, each file is intact, and the next build completes the work."""
        replace, calls = os.replace, []

        def broken(*arguments: Any) -> None:
            calls.append(arguments)
            if len(calls) == 3:
                raise OSError(errno.EIO, os.strerror(errno.EIO), *map(str, arguments[:1]), None, str(arguments[1]))
            replace(*arguments)

        monkeypatch.setattr(writer.os, "replace", broken)
        answer = sloc(project, "build")
        assert (answer.code, "Input/output error; not every file is up to date" in answer.err) == (2, True)
        assert [name for name in files(project) if "sloc-tmp" in name] == []
        assert sloc(project, "build").code == 0
        assert sloc(project, "build", "--check").code == 0


class TestRemoving:
    def test_a_build_of_the_project_removes_files_that_it_no_longer_generates(self, project: Path) -> None:
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
        (project / "generated/other/b.txt").write_text(f"{MADE}b.txt, from b.slo. Do not edit")
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
        assert_fails(project, code=2, saying=f"{rules('d')} was not generated by sloc")

    def test_a_made_file_may_be_edited_and_have_conflicts(self, project: Path) -> None:
        text = (project / rules("a")).read_text()
        for edited in (f"{text}# edited", f"<<<<<<< ours\n{text}=======\n{text}>>>>>>> theirs\n"):
            (project / rules("a")).write_text(edited)
            assert sloc(project, "build", "--check").code == 1
            assert sloc(project, "build").code == 0
            assert sloc(project, "build", "--check").code == 0

    def test_what_says_nothing_of_a_build_or_of_another_name_stays(self, project: Path) -> None:
        """A copy, one in another folder, a link, a file with its header far from the top, half a header."""
        text = (project / rules("b")).read_text()
        (project / "generated/prometheus/deeper").mkdir()
        kept = {
            rules("copied"): text,
            rules("deeper/b"): text,
            rules("c2"): "\n" * 4096 + text.replace("b.rules", "c2.rules"),
            rules("b3"): f"{MADE}b3, as",
        }
        for name, content in kept.items():
            (project / name).write_text(content)
        (project / "elsewhere").write_text(f"{MADE}z.rules.yaml, from b.slo. Do not edit")
        (project / rules("z")).symlink_to(project / "elsewhere")
        answer = sloc(project, "build")
        assert (answer.code, answer.out.count("removed")) == (0, 1)
        assert {name for name in built(project) if "/prometheus/" in name} == {*kept, *map(rules, "acdz")}
        assert "3 files up to date" in sloc(project, "build", "--check", "--target", "prometheus").out

    def test_each_folder_has_its_own(self, project: Path) -> None:
        assert sloc(project, "build", "-o", "other").code == 0
        assert rules("b") in files(project)
        assert sorted(path.name for path in (project / "other" / "prometheus").iterdir()) == [
            f"{n}.rules.yaml" for n in "acd"
        ]


class TestHeader:
    def test_every_made_file_says_so_in_its_first_line_under_its_name(self, project: Path) -> None:
        sloc(project, "build")
        for name, data in built(project).items():
            below = name.split("/", 2)[2]
            assert f"@generated by `sloc build`: {below}, from " in data.decode().splitlines()[0]

    @pytest.mark.parametrize("source", ["a.slo", "über, from here.slo", "a\\: #.slo"])
    def test_a_file_is_known_again_wherever_its_source_is(self, tmp_path: Path, source: str) -> None:
        (tmp_path / source).write_text(service("a"))
        (tmp_path / "keep.slo").write_text(service("keep"))
        assert sloc(tmp_path, "build").code == 0
        (tmp_path / source).unlink()
        assert f"removed {rules('a')}" in sloc(tmp_path, "build").out


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
