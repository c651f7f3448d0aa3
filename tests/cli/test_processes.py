"""Two processes do what one does, and however one of them ends, nothing is lost and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from slocompiler import pieces
from slocompiler.cli import processes, rendering
from slocompiler.cli.processes import spread
from support.cached import IMPORT, LIBRARY, Project, left, write
from support.command import files, service
from support.compile import ROOT

HERE = os.getpid()


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_has_processors", lambda: True)
    monkeypatch.setattr(pieces, "LETTERS", 0)
    monkeypatch.setattr(rendering, "MANY", 0)


def test_results_are_in_order_and_every_second_is_from_a_child() -> None:
    for count in range(6):
        found = spread(lambda item: (item, os.getpid() == HERE), range(count))
        assert found == [(item, count == 1 or item % 2 == 0) for item in range(count)]
    assert spread(lambda _: os.getpid(), range(3), enough=False) == [HERE] * 3


def test_without_a_second_processor_there_is_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert spread(lambda _: os.getpid(), range(3)) == [HERE] * 3


def _raise() -> None:
    raise ValueError


ENDS: dict[str, Callable[[], object]] = {
    "an error": _raise,
    "an exit": lambda: sys.exit(3),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_child_that_fails_costs_only_time(tmp_path: Path, end: str) -> None:
    def do(item: int) -> int:
        if item == 3 and os.getpid() != HERE:
            ENDS[end]()
        (tmp_path / f"{item}.{os.getpid()}").touch()
        return item

    def undo(item: int) -> None:
        (tmp_path / f"{item}.{os.getpid()}").unlink()

    assert spread(do, range(5), undo) == [0, 1, 2, 3, 4]
    wanted = {f"{item}.{HERE}" for item in range(5)}
    assert {path.name for path in tmp_path.iterdir() if end != "killed" or path.name in wanted} == wanted


def test_no_process_is_left_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert spread(lambda _: os.getpid(), range(3)) == [HERE] * 3


@pytest.mark.parametrize("wrong", range(3))
def test_an_error_undoes_what_both_have_done(tmp_path: Path, wrong: int) -> None:
    def do(item: int) -> Path:
        if item == wrong:
            raise ValueError(item)
        path = tmp_path / f"{item}"
        path.touch()
        return path

    with pytest.raises(ValueError, match=str(wrong)):
        spread(do, range(4), Path.unlink)
    assert list(tmp_path.iterdir()) == []


PARENT = """
import os, sys, time
from pathlib import Path
from slocompiler.cli import processes

def do(item):
    path, parent = Path(sys.argv[1], f"{item}"), os.getppid()
    path.touch()
    end = time.monotonic() + 60
    while time.monotonic() < end and (item == 0 or os.getppid() == parent):
        time.sleep(0.01)
    return path, "x" * 10**6

processes._has_processors = lambda: True
processes.spread(do, range(int(sys.argv[2])), lambda result: result[0].unlink())
"""


@pytest.mark.parametrize("items", [4, 2], ids=["before its last item", "before it sends its results"])
def test_a_child_ends_after_its_parent_was_killed(tmp_path: Path, items: int) -> None:
    def wait_for(names: set[str]) -> None:
        end = time.monotonic() + 30
        while {path.name for path in tmp_path.iterdir()} != names:
            assert time.monotonic() < end
            time.sleep(0.01)

    process = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path, f"{items}"], cwd=ROOT)
    wait_for({"0", "1"})
    process.kill()
    process.wait()
    wait_for({"0"})


def test_a_build_by_two_processes(tmp_path: Path) -> None:
    """It writes what one writes. The cache knows what the child has read: the library is no source of the project."""
    project = Project(tmp_path)
    write("sloc.yaml", "sources: [s*.slo]\n")(project.folder)
    for number in range(4):
        write(f"s{number}.slo", (IMPORT if number == 1 else "") + service(f"s{number}"))(project.folder)
    write("lib.slo", LIBRARY.format("x"))(project.folder)
    first = project.run("build")
    assert (first.code, project.run("build"), project.compiled) == (0, first, 1)
    write("lib.slo", LIBRARY.format("y"))(project.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_has_processors", lambda: False)
        fresh = project.afresh("build")
    before = left(project.folder)
    assert (project.run("build"), left(project.folder)) == fresh
    assert fresh[1] != before
    assert project.run("build", "--check").code == 0
    assert [name for name in files(project.folder) if name.endswith("sloc-tmp")] == []
