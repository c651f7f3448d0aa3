"""Runs the command line in processes that the system holds to bounds, without starting Python for each of them.

`python bounded.py FILE_SIZE <COMMANDS` forks for each command of a JSON list, and prints as JSON how each ended.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

SECONDS, MEMORY = 5, 500 * 2**20
"""What a run may take of a processor, and the most that it may hold."""


class End(NamedTuple):
    """How a command ended: negative codes are signals."""

    code: int
    seconds: float
    printed: str
    """Standard error."""


def bounded(folder: Path, commands: list[list[str]], file_size: int = -1) -> list[End]:
    """How `sloc` ends with these arguments in the folder, each within the bounds, and writing files of at most a size."""
    command = [sys.executable, __file__, str(file_size)]
    done = subprocess.run(command, cwd=folder, input=json.dumps(commands), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [End(*end) for end in json.loads(done.stdout)]


def checked(folder: Path, texts: Mapping[str, bytes]) -> dict[str, End]:
    """How `sloc check` ends for each of these texts, by their names: for a correct one it would also read the others."""
    for name, data in texts.items():
        (folder / f"{name}.slo").write_bytes(data)
    (folder / "sloc.yaml").write_text("sources: [none.slo]")
    return dict(zip(texts, bounded(folder, [["check", f"{name}.slo"] for name in texts]), strict=True))


def _run(arguments: list[str], file_size: int) -> End:
    with tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(printed.fileno(), 2)
            _limit(file_size)
            _main(arguments)
        _, status, usage = os.wait4(child, 0)
        printed.seek(0)
        code, seconds = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
        return End(code, seconds, printed.read().decode("utf-8", "replace"))


def _limit(file_size: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if file_size >= 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # to be refused, as by a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))


def _main(arguments: list[str]) -> None:
    from slocompiler.cli.run import main

    gc.disable()  # as the command does
    try:
        main(arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    import slocompiler.compiler  # noqa: F401  # what every command imports, once for all of them

    print(json.dumps([_run(arguments, int(sys.argv[1])) for arguments in json.load(sys.stdin)]))
