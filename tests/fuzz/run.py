"""Tries many inputs in several processes. One that dies or hangs is a finding, and the next process goes on behind it."""

from __future__ import annotations

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
    for number in numbers:
        connection.send(tried(seed, number, only))


def run(
    seed: int, inputs: int, only: str | None, processes: int, keep: Callable[[Outcome], None]
) -> tuple[Counter[str], int]:
    """Try the inputs from number 0 on: how many there were of each kind, and how many findings.

    Prints progress, and at the end the figures. `keep` gets one of the findings that have the same error.
    """
    begin = told = time.monotonic()
    workers = {w.connection: w for w in (_Worker(seed, range(i, inputs, processes), only) for i in range(processes))}
    counts, seconds = Counter[str](), Counter[str]()
    slowest: dict[str, Outcome] = {}
    errors = Counter[str]()
    while workers and len(errors) < KEPT:
        for ready in wait(list(workers), timeout=10):
            worker = workers.pop(ready)  # type: ignore[call-overload]  # only connections are waited for
            if (found := worker.outcome()) is None:
                continue
            workers[worker.connection] = worker
            counts[found.kind] += 1
            seconds[found.kind] += found.seconds
            slowest[found.kind] = max(slowest.get(found.kind, found), found, key=lambda one: one.seconds)
            if found.error:
                errors[_alike(found.error)] += 1
                if errors[_alike(found.error)] == 1:
                    keep(found)
        for worker in workers.values():
            if time.monotonic() - worker.since > HUNG:
                worker.process.kill()
        if time.monotonic() - told > PROGRESS:
            told = time.monotonic()
            print(
                f"{counts.total():,} of {inputs:,} inputs, {told - begin:.0f} s, {errors.total()} findings", flush=True
            )
    for kind in sorted(counts):
        longest = slowest[kind]
        print(
            f"{kind:10} {counts[kind]:>9,} inputs, {seconds[kind]:>8,.0f} s of processor time, "
            f"the slowest {longest.seconds:.2f} s (number {longest.number})"
        )
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    elapsed = time.monotonic() - begin
    print(f"seed {seed}: {counts.total():,} inputs in {elapsed:,.0f} s, at most {memory} MB a process")
    print(f"{errors.total()} findings, {len(errors)} different", flush=True)
    return counts, errors.total()


def _alike(error: str) -> str:
    """What findings with the same cause have in common: the last location and the error, without numbers."""
    *above, last = error.strip().split("\n")
    places = [line for line in above if line.startswith("  File ")]
    return re.sub(r"[0-9]+", "", f"{places[-1:]}{last[:60]}")
