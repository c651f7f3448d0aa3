"""Tries many inputs in several processes. One that dies or hangs is a finding, and the next process goes on behind it."""

from __future__ import annotations

import gc
import re
import resource
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait

from fuzz.inputs import Outcome, made, tried

HUNG = 300.0
"""Seconds after which an input is given up."""
PROGRESS = 60.0
"""Seconds between two lines of progress."""
KEPT = 200
"""Findings that are kept; a run with more of them is stopped."""


class _Worker:
    """A process that tries some of the numbers, in order, and sends what happened to each."""

    def __init__(self, seed: int, numbers: range, only: str | None) -> None:
        self.seed, self.numbers, self.only = seed, numbers, only
        self.start()

    def start(self) -> None:
        """Begin with the first number that is left."""
        self.connection, theirs = Pipe(duplex=False)
        self.process = get_context("fork").Process(
            target=_work, args=(theirs, self.seed, self.numbers, self.only), daemon=True
        )
        self.process.start()
        theirs.close()
        self.since = time.monotonic()

    def outcome(self) -> Outcome | None:
        """What happened to the first number that is left; None if nothing is."""
        try:
            found: Outcome = self.connection.recv()
        except EOFError:
            self.process.join()
            if not self.numbers:
                return None
            number, self.numbers = self.numbers[0], self.numbers[1:]
            kind, error = made(self.seed, number, self.only).kind, f"the process ended with {self.process.exitcode}"
            self.start()
            return Outcome(number, kind, 0, error)
        self.numbers = self.numbers[1:]
        self.since = time.monotonic()
        return found


def _work(connection: Connection, seed: int, numbers: range, only: str | None) -> None:
    gc.disable()  # a tenth of the time
    for count, number in enumerate(numbers):
        if count % 1000 == 0:
            gc.collect()
        connection.send(tried(seed, number, only))


class Figures:
    """What a run counts."""

    def __init__(self) -> None:
        self.begin = time.monotonic()
        self.inputs, self.errors = Counter[str](), Counter[str]()
        self.seconds: dict[str, float] = {}
        """Of processor time, by kind."""
        self.slowest: dict[str, Outcome] = {}

    def add(self, one: Outcome) -> bool:
        """Count an input; whether its error is the first of its sort."""
        kind, alike = one.kind, _alike(one.error) if one.error else ""
        self.inputs[kind] += 1
        self.seconds[kind] = self.seconds.get(kind, 0) + one.seconds
        self.slowest[kind] = max(self.slowest.get(kind, one), one, key=lambda other: other.seconds)
        self.errors[alike] += bool(alike)
        return self.errors[alike] == 1

    def __str__(self) -> str:
        elapsed = time.monotonic() - self.begin
        return f"{self.inputs.total():,} inputs, {elapsed:,.0f} s, {self.errors.total()} findings"

    def table(self) -> str:
        """A line for each kind."""
        return "\n".join(
            f"{kind:11} {number:>9,} inputs, {self.seconds[kind]:>8,.0f} s of processor time, "
            f"at most {self.slowest[kind].seconds:.2f} s (number {self.slowest[kind].number})"
            for kind, number in sorted(self.inputs.items())
        )


def run(
    seed: int, numbers: range, only: str | None, processes: int, minutes: float, keep: Callable[[Outcome], None]
) -> Figures:
    """Try the inputs with these numbers, for some minutes at most. Prints progress, and at the end the figures.

    `keep` gets the first of the findings that have the same error.
    """
    figures, told = Figures(), time.monotonic()
    each = [_Worker(seed, numbers[first::processes], only) for first in range(processes)]
    workers = {worker.connection: worker for worker in each}
    while workers and len(figures.errors) < KEPT and time.monotonic() - figures.begin < 60 * minutes:
        for ready in wait(list(workers), timeout=10):
            worker = workers.pop(ready)  # type: ignore[call-overload]  # only connections are waited for
            if (outcome := worker.outcome()) is not None:
                workers[worker.connection] = worker
                if figures.add(outcome):
                    keep(outcome)
        for worker in workers.values():
            if time.monotonic() - worker.since > HUNG:
                worker.process.kill()
        if time.monotonic() - told > PROGRESS:
            told = time.monotonic()
            print(figures, flush=True)
    for worker in each:
        worker.process.kill()
        worker.process.join()
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{figures.table()}\nseed {seed}: {figures}, at most {memory} MB in a process", flush=True)
    return figures


def _alike(error: str) -> str:
    """What findings with the same cause have in common: the last location and the error, without numbers."""
    *above, last = error.strip().split("\n")
    places = [line for line in above if line.startswith("  File ")]
    return re.sub(r"[0-9]+", "", f"{places[-1:]}{last[:60]}")
