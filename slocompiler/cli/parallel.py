"""Work that waits for the disk, in several threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
FEW = 16
"""The files that are written one after the other, and the number of threads for more of them."""


def each(do: Callable[[T], object], items: Sequence[T]) -> None:
    """Call `do` for each item. Many wait for the disk together, which takes a sixth of the time."""
    waiting, errors = deque(items), list[BaseException]()

    def work() -> None:
        while not errors:
            try:
                item = waiting.popleft()
            except IndexError:
                return
            try:
                do(item)
            except BaseException as error:
                errors.append(error)

    threads: list[threading.Thread] = []
    for _ in range(min(FEW, len(items) - FEW)):
        import threading  # only a run that writes many files needs it

        with suppress(RuntimeError):  # memory may allow no more threads; this one does their work
            threads.append(threading.Thread(target=work))
            threads[-1].start()
    work()
    for thread in threads:
        if thread.ident is not None:
            thread.join()
    if errors:
        raise errors[0]
