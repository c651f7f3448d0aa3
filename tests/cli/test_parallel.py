"""Many files are written by several threads, because each waits for the disk."""

from __future__ import annotations

import os
import threading
from itertools import count
from pathlib import Path

import pytest

from slocompiler.cli import parallel
from slocompiler.cli.writer import replace_all
from support.command import files


def test_many_files_are_written_by_several_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its text, and if the disk refuses one, none is replaced."""
    monkeypatch.setattr(parallel, "SHORT", 0)
    many = {tmp_path / f"{number}": f"{number}".encode() for number in range(100)}
    replace_all(many.items())
    assert {tmp_path / name: data for name, data in files(tmp_path).items()} == many
    calls = count()

    def broken(_: int) -> None:
        if next(calls) == 50:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error") as caught:
        replace_all(dict.fromkeys(many, b"new").items())
    assert Path(caught.value.filename) in many
    assert {tmp_path / name: data for name, data in files(tmp_path).items()} == many


def test_without_more_threads_all_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may allow no thread: the files are then written one after the other."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError(f"can't start {thread}")

    monkeypatch.setattr(parallel, "SHORT", 0)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    wanted = {tmp_path / f"{number}": b"new" for number in range(40)}
    replace_all(wanted.items())
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == wanted


def test_a_disk_that_is_fast_needs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise AssertionError(thread)

    monkeypatch.setattr(parallel, "SHORT", 60)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = list[int]()
    parallel.each(done.append, range(100))
    assert done == [*range(100)]
