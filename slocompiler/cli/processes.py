"""Work for two processors, by a fork: the child knows all that its parent knows, and sends back what it has found."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn, TypeVar

from slocompiler.cli import trace

T = TypeVar("T")
R = TypeVar("R")
LENGTH = 8
"""Bytes of the number that says how long the results of the child are."""


def nothing(result: object) -> None:
    """Undoes nothing."""
    del result


def spread(
    do: Callable[[T], R], items: Sequence[T], undo: Callable[[R], object] = nothing, *, enough: bool = True
) -> list[R]:
    """The results of `do` for each item; a child process does every second one, if that is `enough` work for two.

    If `do` raises an exception, `undo` is called for each result. A child that fails, however that is, only costs time:
    its items are done here, and fail here if they must.
    """
    if not enough or len(items) < 2 or not _has_processors():
        return _each(do, items, undo)
    source, sink = os.pipe()
    parent = os.getpid()
    try:
        child = os.fork()
    except OSError:  # too many processes, or too little memory
        os.close(source)
        os.close(sink)
        return _each(do, items, undo)
    if not child:
        os.close(source)  # else it would wait for itself to read its results, if its parent was killed
        _send(do, items[1::2], undo, sink, parent)
    os.close(sink)
    try:
        found = _each(do, items[::2], undo)
    except BaseException:
        _undo(undo, _received(source, child) or ())
        raise
    try:
        others = _received(source, child) or _each(do, items[1::2], undo)
    except BaseException:
        _undo(undo, found)
        raise
    return [(found, others)[number % 2][number // 2] for number in range(len(items))]


def _has_processors() -> bool:
    """Whether this process may run on several processors; False where forks are not safe, as on macOS."""
    processors = getattr(os, "sched_getaffinity", None)
    return processors is not None and len(processors(0)) > 1


def _each(do: Callable[[T], R], items: Sequence[T], undo: Callable[[R], object], parent: int | None = None) -> list[R]:
    """The results for the items. With `parent`, OSError as soon as that is not the parent any more."""
    found = list[R]()
    try:
        for item in items:
            if parent not in (None, os.getppid()):
                raise ProcessLookupError
            found.append(do(item))
    except BaseException:
        _undo(undo, found)
        raise
    return found


def _undo(undo: Callable[[R], object], results: Sequence[R]) -> None:
    for result in results:
        undo(result)


def _send(do: Callable[[T], R], items: Sequence[T], undo: Callable[[R], object], sink: int, parent: int) -> NoReturn:
    """What the child does: it sends its results, and ends. Nothing that it prints is seen."""
    import pickle  # both ends are this program

    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        found = _each(do, items, undo, parent)
        try:
            data = pickle.dumps((found, trace.noted()), pickle.HIGHEST_PROTOCOL)
            with open(sink, "wb") as pipe:
                pipe.write(len(data).to_bytes(LENGTH) + data)
        except BaseException:
            _undo(undo, found)
    finally:
        os._exit(0)


def _received(source: int, child: int) -> list[R] | None:
    """The results of the child, and what it looked at; None if it did not end its work."""
    import pickle

    with open(source, "rb") as stream:
        data = stream.read()
    with suppress(ChildProcessError):  # the system keeps no status if the parent of sloc ignores it
        os.waitpid(child, 0)
    if int.from_bytes(data[:LENGTH]) != len(data[LENGTH:]) or not data:
        return None
    results: list[R]
    results, noted = pickle.loads(data[LENGTH:])
    trace.join(noted)
    return results
