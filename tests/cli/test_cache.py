"""The cache: a command that it answers prints and leaves what the command itself would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from bench.speed import sources
from hypothesis import given, settings
from hypothesis import strategies as st

from slocompiler.cli import cache
from support.cached import EDITS, PROJECT, YOUNG, Edit, Project, left, link, write
from support.command import service
from support.compile import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    (made.folder / "sloc.yaml").write_text(PROJECT)
    (made.folder / "a.slo").write_text(service("a"))
    return made


def test_the_same_command_compiles_once(project: Project) -> None:
    first = project.run("build")
    before, written = project.compiled, left(project.folder)
    assert (before, first.code) == (1, 0)
    for _ in range(3):
        assert project.run("build") == first
        project.grow_old()
    assert (project.compiled, left(project.folder)) == (before, written)


def test_a_warning_is_printed_each_time(project: Project) -> None:
    (project.folder / "a.slo").write_text('service a { owner "o" slo x 99% over 30d { events a{} bad {c="1"} } }\n')
    first = project.run("check")
    assert "warning[" in first.err
    before = project.compiled
    assert project.run("check") == first
    assert project.compiled == before


@pytest.mark.parametrize("command", ["build --no-cache", "build -o -", "build --add", "check --fix"])
def test_commands_that_are_never_cached(project: Project, command: str) -> None:
    subprocess.run(["git", "init", "-q", str(project.folder)], check=True)
    for count in (1, 2, 3):
        assert project.run(*command.split()).code == 0
        assert project.compiled == count


def test_a_run_whose_messages_differ_the_next_time_is_not_cached(project: Project) -> None:
    (project.folder / "b.slo").write_text(service("b").replace("\n", " "))
    assert "formatted" in project.run("fmt").out
    assert "0 files formatted" in project.run("fmt").out
    project.run("build")
    (project.folder / "b.slo").unlink()
    assert "removed the rules of" in project.run("build").err
    assert "removed" not in project.run("build").err


def _team_outside(folder: Path) -> None:
    (folder / "team").rename(folder.parent / "team")
    (folder / "team").symlink_to(folder.parent / "team")


ONLY_MORE = write("sloc.yaml", f"{PROJECT}sources: [more/*.slo]\n")


@pytest.mark.parametrize(
    ("former", "command", "edit"),
    [
        ((EDITS["a link to a source"], EDITS["what it leads to"]), "build", EDITS["that changes"]),
        (
            (write("x/b.slo", service("b")), write("y/b.slo", ""), link("more", "x"), ONLY_MORE),
            "build",
            link("more", "y"),
        ),
        ((EDITS["a new source"],), "fmt --diff team/b.slo", _team_outside),
    ],
)
def test_an_edit(project: Project, former: tuple[Edit, ...], command: str, edit: Edit) -> None:
    for one in former:
        one(project.folder)
    first = project.run(*command.split())
    project.grow_old()
    assert project.run(*command.split()) == first
    assert (first.code, project.compiled) == (0, 1)
    before = left(project.folder)
    edit(project.folder)
    fresh = project.afresh(*command.split())
    assert fresh != (first, before)
    assert (project.run(*command.split()), left(project.folder)) == fresh


def test_a_project_file_above(project: Project) -> None:
    for edit in ("no project", "a new source"):
        EDITS[edit](project.folder)
    project.where = "team"
    first = project.run("build")
    assert project.run("build") == first
    EDITS["the project"](project.folder)
    assert project.run("build") == project.afresh("build")[0] != first


def test_a_clock_that_stands_still(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def lstat(path: str, **more: Any) -> os.stat_result:
        return os.stat_result(real(path, **more)[:10], {"st_mtime_ns": now, "st_ctime_ns": now})

    real, now = os.lstat, time.time_ns()
    monkeypatch.setattr(os, "lstat", lstat)
    project.run("check")
    EDITS["a source changes in place"](project.folder)
    assert project.run("check") == project.afresh("check")[0]
    assert project.compiled == 2


COMMANDS = (
    "build",
    "build",
    "build",
    "build --check",
    "build a.slo",
    "build team",
    "check",
    "check --strict",
    "fmt --check",
)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from(sorted(EDITS)), max_size=2), st.sampled_from(COMMANDS), st.booleans()),
        max_size=8,
    )
)
def test_any_edits(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[list[str], str, bool]]) -> None:
    project = Project(tmp_path_factory.mktemp("cache"))
    for name in ("the project", "a source is as it was"):
        EDITS[name](project.folder)
    for edits, command, old in steps:
        for edit in edits:
            with suppress(OSError):  # a file may be in the way
                EDITS[edit](project.folder)
        if old:
            project.grow_old()
        fresh = project.afresh(*command.split())
        assert (project.run(*command.split()), left(project.folder)) == fresh, command


def test_an_answer_from_the_cache_imports_little(tmp_path: Path) -> None:
    """What Python itself has loaded, and what this project installs into its environment, is there anyway."""
    (tmp_path / "a.slo").write_text(service("a"))
    code = "import sys; before = set(sys.modules); import slocompiler.cli; slocompiler.cli.answer(sys.argv[1:])"
    code += "; print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    environment = os.environ | {"SLOC_CACHE": str(tmp_path / "cache")}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, "check"], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
    assert set(done.stderr.split()) <= {
        *("slocompiler", "slocompiler.cli", "slocompiler.cli.cache", "__future__", "importlib", "importlib._bootstrap"),
        *("importlib.util", "importlib._abc", "types", "contextlib", "warnings"),
    }


def test_the_oldest_records_go(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MANY", 2)
    for command in ("build", "check", "fmt --diff", "build --check"):
        project.run(*command.split())
    assert len(list(project.records.iterdir())) == 2 + 1, "the records, and the secret"


@pytest.mark.parametrize("broken", [b"", b"sloc 1", b"\xff\0\0", "cut", "of another"])
def test_a_record_that_cannot_be_used(project: Project, broken: bytes | str) -> None:
    first = project.run("check")
    (record,) = (path for path in project.records.iterdir() if path.name != "secret")
    text = record.read_bytes()
    changed = {"cut": text[:-3], "of another": text.replace(b"'check'", b"'build'")}
    record.write_bytes(broken if isinstance(broken, bytes) else changed[broken])
    assert project.run("check") == first
    assert project.compiled == 2


def test_without_the_cache_nothing_is_written_there(project: Project) -> None:
    assert project.run("build", "--no-cache").code == 0
    assert project.run("list").code == 0
    assert not project.records.exists()


def test_digests_have_a_secret(project: Project) -> None:
    """Nobody who writes files knows it; without it, contents are no answer."""
    first = project.run("check")
    secret = project.records / "secret"
    assert (len(secret.read_bytes()), secret.stat().st_mode & 0o777) == (16, 0o600)
    for path in project.folder.rglob("*"):
        os.utime(path)
    assert (project.run("check"), project.compiled) == (first, 1)
    secret.unlink()
    for path in project.folder.rglob("*"):
        os.utime(path)
    assert (project.run("check"), project.compiled) == (first, 2)
    assert (project.run("check"), project.compiled) == (first, 2)


def test_no_folder_for_records(project: Project) -> None:
    project.records.write_text("")
    assert project.run("check").code == 0


def test_another_sloc(tmp_path: Path) -> None:
    """A file of sloc that changes is seen, if the command imported or read it, in one of its processes."""
    package = tmp_path / "lib" / "slocompiler"
    shutil.copytree(ROOT / "slocompiler", package, ignore=shutil.ignore_patterns("__pycache__"))
    folder = sources(tmp_path / "here", 600)
    (folder / "redis.slo").write_text(f'import "std/redis.slo"\n{service("redis")}')
    code = f"import sys, slocompiler.cli.cache\nslocompiler.cli.cache.YOUNG = {YOUNG}\ntry: slocompiler.cli.answer(sys.argv[1:])\n"
    code += "finally: print('slocompiler.compiler' in sys.modules, file=sys.stderr)"
    environment = os.environ | {"SLOC_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(package.parent)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def compiles() -> bool:
        begin = time.time_ns()
        while time.time_ns() <= begin + YOUNG:
            pass  # until stamps of all files can be trusted
        command = [sys.executable, "-c", code, "build", "-q", "--target", "prometheus"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        return done.stderr == "True\n"

    assert [compiles(), compiles()] == [True, False]
    for name, is_needed in (
        ("cli/commands/build.py", True),
        ("targets/prometheus/wording.py", True),
        ("grammar/slo.tables", True),
        ("std/redis.slo", True),
        ("std/http.slo", False),
        ("importers/sloth.py", False),
    ):
        with (package / name).open("a") as file:
            file.write("\n")
        assert [compiles(), compiles()] == [is_needed, False], name
