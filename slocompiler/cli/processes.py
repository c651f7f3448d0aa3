"""Work for two processors, by a fork: the child knows all that its parent knows, and sends back what it has found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from typing import NoReturn, TypeVar

from slocompiler.cli import trace

T = TypeVar("T")
R = TypeVar("R")
PARTS = 256
"""The most parts of the work. The number of a part is one byte, and every pipe holds 256 bytes."""
LENGTH = 8
"""Bytes of the number that says how long the results of the child are."""


def nothing(result: object) -> None:
    """Undoes nothing."""
    del result


def spread(
    do: Callable[[T], R], items: Sequence[T], undo: Callable[[R], object] = nothing, *, enough: bool = True
) -> list[R]:
    """The results of `do` for each item, in their order; from two processes, if that is `enough` work for two.

    The process that is free takes the next part. A process that fails only costs time: this one does the missing parts at
    the end, in order. If one of them raises an exception, `undo` is called for each result.
    """
    if not enough or len(items) < 2 or not _has_processors():
        return _each(do, items, undo)
    size = -(-len(items) // PARTS)
    parts = [items[at : at + size] for at in range(0, len(items), size)]
    parent, ends = os.getpid(), list[int]()
    try:
        ends.append(_queue(len(parts)))
        ends += os.pipe()
        child = os.fork()
    except OSError:  # too many open files or processes, or too little memory
        for end in ends:
            os.close(end)
        return _each(do, items, undo)
    queue, source, sink = ends
    if not child:
        os.close(source)  # else it would wait for itself to read its results, if its parent was killed
        _send(do, parts, queue, undo, sink, parent)
    os.close(sink)
    found = dict[int, list[R]]()
    try:
        try:
            with suppress(Exception):  # raised again below, unless an earlier part failed in the child
                for number in _taken(queue):
                    found[number] = _each(do, parts[number], undo)
        finally:
            os.read(queue, PARTS)  # so that nothing is left for the child
            os.close(queue)
            found |= _received(source, child)
        for number in range(len(parts)):
            if number not in found:
                found[number] = _each(do, parts[number], undo)
    except BaseException:
        _undo(undo, *found.values())
        raise
    return [result for number in range(len(parts)) for result in found[number]]


def _has_processors() -> bool:
    """Whether this process may run on several processors; False where forks are not safe, as on macOS."""
    processors = getattr(os, "sched_getaffinity", None)
    return processors is not None and len(processors(0)) > 1


def _queue(length: int) -> int:
    """A pipe with the numbers of all parts: a process reads one, and does that part. It ends after the last number."""
    queue, sink = os.pipe()
    os.write(sink, bytes(range(length)))
    os.close(sink)
    return queue


def _taken(queue: int) -> Iterator[int]:
    """The numbers of parts, each when the one before it is done."""
    while number := os.read(queue, 1):
        yield number[0]


def _each(do: Callable[[T], R], items: Sequence[T], undo: Callable[[R], object]) -> list[R]:
    """The results for the items."""
    found = list[R]()
    try:
        for item in items:
            found.append(do(item))
    except BaseException:
        _undo(undo, found)
        raise
    return found


def _undo(undo: Callable[[R], object], *found: list[R]) -> None:
    for results in found:
        for result in results:
            undo(result)


# The child


def _send(
    do: Callable[[T], R],
    parts: Sequence[Sequence[T]],
    queue: int,
    undo: Callable[[R], object],
    sink: int,
    parent: int,
) -> NoReturn:
    """What the child does: it sends its results, and ends. Nothing that it prints is seen."""
    import pickle  # both ends are this program

    def checked(item: T) -> R:
        if parent != os.getppid():
            raise ProcessLookupError
        return do(item)

    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in {1, 2} - {queue, sink}:  # they may have these numbers if a stream is closed
            os.dup2(nowhere, stream)
        found, data = dict[int, list[R]](), BytesIO()
        pickler = pickle.Pickler(data, pickle.HIGHEST_PROTOCOL)  # one for all: it writes what they share once
        try:
            for number in _taken(queue):
                found[number] = _each(checked, parts[number], undo)
                pickler.dump((number, found[number]))
            pickler.dump(None)
            pickler.dump(trace.noted())
            with open(sink, "wb") as pipe:
                pipe.write(data.tell().to_bytes(LENGTH))
                pipe.write(data.getbuffer())
        except BaseException:
            _undo(undo, *found.values())
    finally:
        os._exit(0)


def _received(source: int, child: int) -> dict[int, list[R]]:
    """The results of the child, and what it looked at; nothing if it did not end its work."""
    import pickle

    with open(source, "rb") as stream:
        size, data = stream.read(LENGTH), stream.read()
    with suppress(ChildProcessError):  # the system keeps no status if the parent of sloc ignores it
        os.waitpid(child, 0)
    if not size or int.from_bytes(size) != len(data):
        return {}
    found, reader = dict[int, list[R]](), pickle.Unpickler(BytesIO(data))
    while one := reader.load():
        found[one[0]] = one[1]
    trace.join(reader.load())
    return found
