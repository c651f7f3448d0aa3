"""The one writer of files: every command that writes leaves each file old or new, with its mode, owner and links."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from slocompiler.cli.writer import TEMPORARY, Unfinished, replace_all
from support.bounded import bounded
from support.command import files, service, sloc
from support.compile import ROOT

RULES = "generated/prometheus/a.rules.yaml"
FULL = 300
"""Bytes of a file that the full disk still takes: enough for a message, and for half of what is written."""
OWNERS = 'owners: {team: "@acme/team", product: "@acme/product"}\n'
COMMANDS: dict[str, list[str]] = {
    "build": ["build"],
    "fmt": ["fmt", "messy.slo"],
    "owners": ["owners", "--write", "CODEOWNERS"],
    "init": ["init", "new"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which each of COMMANDS changes a file, except for `init`, which creates them."""
    (tmp_path / "sloc.yaml").write_text(OWNERS)
    (tmp_path / "a.slo").write_text(service("a"))
    assert sloc(tmp_path, "build", "--target", "prometheus").code == 0
    (tmp_path / "a.slo").write_text(service("a", "Another title"))
    (tmp_path / "messy.slo").write_text("alerts ours{page at 2% of budget in 1h}\n" + "# agreed\n" * FULL)
    (tmp_path / "CODEOWNERS").write_text("# Written by hand.\n" * FULL + "/docs/ @writers\n")
    return tmp_path


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_changes_no_file(project: Path, name: str) -> None:
    if name == "init":
        (project / "sloc.yaml").unlink()  # it refuses a folder inside a project
    before = files(project)
    (end,) = bounded(project, [COMMANDS[name]], file_size=FULL)
    assert (end.code, "File too large; " in end.printed) == (2, True), end
    assert files(project) == before
    assert sloc(project, *COMMANDS[name]).code == 0
    assert files(project) != before, "there was something to write"


@pytest.mark.parametrize(("name", "file"), [("fmt", "messy.slo"), ("owners", "CODEOWNERS")])
def test_mode_owner_and_link_stay(project: Path, name: str, file: str) -> None:
    (project / "real").mkdir()
    real = (project / file).rename(project / "real" / file)
    (project / file).symlink_to(f"real/{file}")
    real.chmod(0o640)
    if os.geteuid() == 0:  # only root may give a file away
        os.chown(real, 1234, 2345)
    before = real.stat()
    assert sloc(project, *COMMANDS[name]).code == 0
    after = real.stat()
    assert os.readlink(project / file) == f"real/{file}"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino, "it was replaced"


@pytest.mark.parametrize(("name", "file"), [("fmt", "messy.slo"), ("owners", "CODEOWNERS"), ("build", RULES)])
def test_hard_links_stay(project: Path, name: str, file: str) -> None:
    (project / "second").hardlink_to(project / file)
    before = (project / file).read_bytes()
    assert sloc(project, *COMMANDS[name]).code == 0
    assert (project / file).samefile(project / "second")
    assert (project / "second").read_bytes() != before
    assert [path for path in files(project) if path.endswith(TEMPORARY)] == []


def test_a_file_with_hard_links_is_restored_if_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, sync = list[int](), os.fsync

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:  # the first one is of the temporary file
            raise OSError(28, "No space left on device")
        sync(handle)

    (tmp_path / "mine").write_bytes(b"the old text")
    (tmp_path / "second").hardlink_to(tmp_path / "mine")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_all([(tmp_path / "mine", b"new")])
    assert files(tmp_path) == {"mine": b"the old text", "second": b"the old text"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_disk_has_a_file_before_it_takes_its_place(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """And the names of a folder once, after all of them."""
    done: list[str] = []
    sync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        done.append(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    def replaced(source: Path, target: Path) -> None:
        assert os.path.realpath(source) in done
        done.append(os.path.realpath(target))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    if name == "init":
        (project / "sloc.yaml").unlink()
    assert sloc(project, *COMMANDS[name]).code == 0
    folders = [path for path in done if os.path.isdir(path)]
    assert folders == list(dict.fromkeys(folders))
    placed = [path for path in done if os.path.isfile(path)]
    assert placed
    assert {os.path.dirname(path) for path in placed} == set(folders)


def test_a_content_is_on_the_disk_before_the_next_one_is_made(tmp_path: Path) -> None:
    """So a build needs no memory for all its files. An error while one is made changes no file."""

    def made(last: int) -> Iterator[tuple[Path, bytes]]:
        for number in range(3):
            assert sorted(files(tmp_path).values()) == [*[b"new"] * number, b"old"]
            assert number < last
            yield tmp_path / f"{number}", b"new"

    (tmp_path / "0").write_text("old")
    with pytest.raises(AssertionError):
        replace_all(made(2))
    assert files(tmp_path) == {"0": b"old"}
    replace_all(made(3))
    assert files(tmp_path) == {"0": b"new", "1": b"new", "2": b"new"}


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system lets root write everything, so that it is the call that refuses."""
    opened = os.open

    def refused(path: str, flags: int, *more: int) -> int:
        if str(path).endswith("mine") and flags & os.O_WRONLY:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *more)

    (tmp_path / "mine").write_text("old")
    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(PermissionError) as caught:
        replace_all([(tmp_path / "mine", b"new")])
    assert caught.value.filename == str(tmp_path / "mine")
    assert files(tmp_path) == {"mine": b"old"}


def test_a_new_file_has_the_mode_that_the_user_gives_new_files(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        replace_all([(tmp_path / "deep" / "new", b"x")])
    finally:
        os.umask(mask)
    assert (tmp_path / "deep" / "new").stat().st_mode & 0o777 == 0o640


def test_a_link_to_nowhere_gets_its_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("new")
    replace_all([(tmp_path / "link", b"x")])
    assert (tmp_path / "link").is_symlink()
    assert files(tmp_path) == {"link": b"x", "new": b"x"}


@pytest.mark.parametrize(("fails_at", "raised"), [(0, OSError), (1, Unfinished)])
def test_a_rename_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int, raised: type[Exception]
) -> None:
    """The first leaves all files as they were; a later one says that some are new."""
    replace: Callable[..., None] = os.replace
    calls: list[Any] = []

    def broken(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) > fails_at:
            raise OSError(5, "Input/output error", *map(str, arguments[:1]))
        replace(*arguments)

    for name in "abc":
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(raised, match="b: Input/output error; not" if fails_at else "Input/output error: .*a"):
        replace_all((tmp_path / name, b"new") for name in "abc")
    assert files(tmp_path) == {name: b"new" if number < fails_at else b"old" for number, name in enumerate("abc")}


WRITERS = {
    "slocompiler/cli/cache.py": "writes records, which a run can do without",
    "slocompiler/cli/processes.py": "writes into a pipe",
    "slocompiler/cli/writer.py": "the writer",
    "slocompiler/cli/formatted.py": "appends to the summary of a step, a log that GitHub keeps",
    "slocompiler/cli/promtool.py": "writes into a temporary folder, which it removes",
}


def test_nothing_else_writes_files() -> None:
    """A second writer would have to be as careful."""
    found = set()
    for path in (ROOT / "slocompiler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _writes(node):
                found.add(path.relative_to(ROOT).as_posix())
    assert found == WRITERS.keys()


def _writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    of_os = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") in ("os", "shutil", "tempfile")
    modes = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return (
        name in ("write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "fdopen")
        or (of_os and name in ("replace", "rename", "copyfile", "copy", "move"))
        or (name == "open" and any(set(mode) & set("wax+") for mode in modes))
    )
