"""Work that waits for the disk, in several threads."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
FEW = 16
"""The files that are written one after the other, and the number of threads for more of them."""
SHORT = 0.002
"""Seconds. A disk that takes many files in this time, as one in memory does, is not worth a thread."""


def each(do: Callable[[T], object], items: Sequence[T]) -> None:
    """Call `do` for each item. If they have to wait for the disk, many wait together, which takes a sixth of the time."""
    waiting, errors = deque(items), list[BaseException]()

    def work(end: float = math.inf) -> None:
        while not errors and time.perf_counter() < end:
            try:
                item = waiting.popleft()
            except IndexError:
                return
            try:
                do(item)
            except BaseException as error:
                errors.append(error)

    work(time.perf_counter() + SHORT)
    threads: list[threading.Thread] = []
    for _ in range(min(FEW, len(waiting) - FEW)):
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
