"""Two processes do what one does, and however one of them ends, nothing is lost and nothing is left."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from slocompiler import pieces
from slocompiler.cli import processes, rendering
from slocompiler.cli.processes import PARTS, spread
from support.cached import IMPORT, LIBRARY, Project, left, write
from support.command import files, service
from support.compile import ROOT
from support.waiting import wait_for

HERE = os.getpid()
_taken = processes._taken


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_has_processors", lambda: True)
    monkeypatch.setattr(pieces, "LETTERS", 0)
    monkeypatch.setattr(rendering, "MANY", 0)


@pytest.mark.parametrize("number", [0, 1, 2, 5, PARTS, PARTS + 1, 3 * PARTS - 1])
def test_results_are_in_the_order_of_the_items(number: int) -> None:
    assert spread(lambda item: item, range(number)) == [*range(number)]


def test_each_process_takes_what_the_other_one_has_not(tmp_path: Path) -> None:
    """The first two items wait for each other, so that each is done by another process, and nothing is done twice."""

    def do(item: int) -> int:
        (tmp_path / f"{item}").touch(exist_ok=False)
        wait_for(lambda: (tmp_path / "0").exists() and (tmp_path / "1").exists(), "other process")
        return os.getpid()

    found = spread(do, range(9))
    assert len(set(found)) == len(set(found[:2])) == 2
    assert HERE in found


def test_little_work_is_done_here() -> None:
    assert spread(lambda _: os.getpid(), range(3), enough=False) == [HERE] * 3
    assert spread(lambda _: os.getpid(), range(1)) == [HERE]


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
    failing = tmp_path / "failing"

    def do(item: int) -> int:
        if os.getpid() == HERE:
            wait_for(failing.exists, "failing child")
        elif item == 3:
            failing.touch()
            ENDS[end]()
        (tmp_path / f"{item}.{os.getpid()}").touch()
        return item

    def undo(item: int) -> None:
        (tmp_path / f"{item}.{os.getpid()}").unlink()

    assert spread(do, range(5), undo) == [0, 1, 2, 3, 4]
    failing.unlink()
    wanted = {f"{item}.{HERE}" for item in range(5)}
    assert {path.name for path in tmp_path.iterdir() if end != "killed" or path.name in wanted} == wanted


@pytest.mark.parametrize(("call", "number"), [("pipe", 0), ("pipe", 1), ("fork", 0)])
def test_without_another_process_or_pipe_there_is_no_child(
    monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """What was opened before is closed."""
    real, calls = getattr(os, call), count()

    def refused() -> object:
        if next(calls) == number:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return real()

    monkeypatch.setattr(os, call, refused)
    before = os.listdir("/proc/self/fd")
    assert spread(lambda _: os.getpid(), range(3)) == [HERE] * 3
    assert os.listdir("/proc/self/fd") == before


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


@pytest.mark.parametrize("wrong", [[0, 1], [1, 2]])
def test_of_two_errors_the_first_is_raised(tmp_path: Path, wrong: list[int]) -> None:
    """Each process has one of them, as an item waits for the next one."""

    def do(item: int) -> None:
        (tmp_path / f"{item}").touch()
        if item in wrong:
            wait_for(lambda: all((tmp_path / f"{one}").exists() for one in wrong), "other item")
            raise ValueError(item)

    with pytest.raises(ValueError, match=str(wrong[0])):
        spread(do, range(4))


def test_an_interrupt_ends_at_once_and_undoes_all(tmp_path: Path) -> None:
    interrupted = tmp_path / "interrupted"

    def do(item: int) -> Path:
        if os.getpid() == HERE:
            interrupted.touch()
            raise KeyboardInterrupt
        wait_for(interrupted.exists, "interrupt")
        path = tmp_path / f"{item}"
        path.touch()
        return path

    with pytest.raises(KeyboardInterrupt):
        spread(do, range(4), Path.unlink)
    assert [*tmp_path.iterdir()] == [interrupted]


PARENT = """
import os, sys, time
from pathlib import Path
from slocompiler.cli import processes

PARENT = os.getpid()

def do(item):
    path = Path(sys.argv[1], "parent" if os.getpid() == PARENT else "child")
    path.touch()
    end = time.monotonic() + 60
    while time.monotonic() < end and PARENT in (os.getpid(), os.getppid()):
        time.sleep(0.01)
    return path, "x" * 10**6

processes._has_processors = lambda: True
processes.spread(do, range(int(sys.argv[2])), lambda result: result[0].unlink())
"""


@pytest.mark.parametrize("items", [4, 2], ids=["before its last item", "before it sends its results"])
def test_a_child_ends_after_its_parent_was_killed(tmp_path: Path, items: int) -> None:
    def there(*names: str) -> bool:
        return {path.name for path in tmp_path.iterdir()} == {*names}

    process = subprocess.Popen([sys.executable, "-c", PARENT, tmp_path, f"{items}"], cwd=ROOT)
    wait_for(lambda: there("parent", "child"), "child")
    process.kill()
    process.wait()
    wait_for(lambda: there("parent"), "end of the child")


@pytest.mark.parametrize("by_child", [True, False], ids=["by the child", "by the process that is free"])
def test_a_build_by_two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_child: bool) -> None:
    """It writes what one writes. The cache knows what the child has read: the library is no source of the project."""

    def all_taken(queue: int) -> bool:
        return not struct.unpack("i", fcntl.ioctl(queue, termios.FIONREAD, b"0000"))[0]

    def taken(queue: int) -> Iterator[int]:
        if by_child and os.getpid() == HERE:
            wait_for(lambda: all_taken(queue), "end of the queue")
        yield from _taken(queue)

    monkeypatch.setattr(processes, "_taken", taken)
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
