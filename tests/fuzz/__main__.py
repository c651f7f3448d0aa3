"""`make fuzz`: holds made inputs to the laws of `laws.py`, on all cores.

The same seed makes the same inputs. The input of a finding is written to a file, which `python tests/fuzz FILE` tries
again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from math import inf
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # it is run as a script

from fuzz.inputs import KINDS, Outcome, broken, made
from fuzz.run import run


def main() -> None:
    """Try made inputs, or files again. The exit code is 1 if something is found."""
    parser = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help="inputs to try again")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inputs", type=int, default=20_000, help="how many")
    parser.add_argument("--kind", choices=KINDS, help="only one kind; without it, all in fixed shares")
    parser.add_argument("--minutes", type=float, default=inf, help="stop after this time")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    given = parser.parse_args()
    if given.files:
        found = {file: broken(file.name, file.read_bytes()) for file in given.files}
        print(*(f"{file}: {error or 'nothing found'}" for file, error in found.items()), sep="\n")
        sys.exit(any(found.values()))
    folder = Path(tempfile.gettempdir(), f"sloc-fuzz-{given.seed}")

    def keep(outcome: Outcome) -> None:
        folder.mkdir(exist_ok=True)
        one = made(given.seed, outcome.number, given.kind)
        (folder / one.name).write_bytes(one.data)
        print(f"\n{outcome.error.strip()}\nagain: {sys.executable} tests/fuzz {folder / one.name}", flush=True)

    figures = run(given.seed, range(given.inputs), given.kind, given.processes, given.minutes, keep)
    sys.exit(figures.errors.total() > 0)


if __name__ == "__main__":
    main()
