"""Kills builds that run side by side, and looks at their files: `python -m support.killed KILLS [SEED]`.

In each round the sources change, and three builds start, the first one by two processes. Two of them are killed at random
moments, but not the child of the first; the third one, and a build after all of them, must succeed. Every file must be
that of the former or of the new sources at any time.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from slocompiler import cli, pieces
from slocompiler.cli import processes, rendering
from slocompiler.cli.writer import TEMPORARY
from support.command import service, sloc

SERVICES = 12
WRITING = 0.8
"""The share of kills that come after a build has begun to write; the others come at any time."""
LONGEST = 0.1
"""Seconds until a kill, at most."""
BUILDS = (["build"], ["build"], ["build", "s1.slo", "s2.slo"])
"""The last one is not killed."""
PROJECT, OUTPUT = "project", "generated"
Files = dict[str, bytes]


def kill(count: int, seed: int, folder: Path) -> Iterator[str]:
    """Kill at least so many builds; a line for each round that left something wrong. The folder must be empty."""
    chance = random.Random(seed)
    project = folder / PROJECT
    project.mkdir()
    (project / "sloc.yaml").write_text("targets: {docs: {build: false}}\n")
    _sources(project, 0)
    sloc(project, "build", "-o", f"{folder}/first")  # so that no process imports anything
    expected = [_expected(project, version) for version in (0, 1)]
    killed, version = 0, 1
    while killed < count:
        version = 1 - version
        _sources(project, version)
        running = [_start(project, arguments, forks=number == 0) for number, arguments in enumerate(BUILDS)]
        for pid in chance.sample(running[:2], 2):
            if chance.random() < WRITING:
                _wait_for_writing(project)
            time.sleep(chance.random() * LONGEST)
            os.kill(pid, signal.SIGKILL)
        ended = [_ended(pid) for pid in running]
        killed += ended.count(-signal.SIGKILL)
        if wrong := [code for code in ended if code not in (0, -signal.SIGKILL)]:
            yield f"kill {killed}: a build ended with {wrong[0]}"
        for name, data in _generated(project).items():
            if data not in (one.get(name) for one in expected):
                yield f"kill {killed}: {name} is damaged"
        if _ended(_start(project, ["build"])) != 0 or _generated(project) != expected[version]:
            yield f"kill {killed}: the next build is wrong"


def _generated(project: Path) -> Files:
    """The generated files. Temporary ones may vanish: the child of a build that was killed removes its own."""
    found = (path for path in (project / OUTPUT).rglob("*") if not path.name.endswith(TEMPORARY) and path.is_file())
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in found}


def _wait_for_writing(project: Path) -> None:
    """Wait until a build has begun to write, a second at most."""
    end = time.monotonic() + 1
    while time.monotonic() < end and not any((project / OUTPUT).glob(f"**/.*{TEMPORARY}")):
        time.sleep(0.001)


def _sources(project: Path, version: int) -> None:
    """Services that change with the version; one of them is only in the first version, another one in the second."""
    for number in range(SERVICES):
        file = project / f"s{number}.slo"
        if number == (0, SERVICES - 1)[version]:
            file.unlink(missing_ok=True)
        else:
            file.write_text(service(f"s{number}", f"version {version}"))


def _expected(project: Path, version: int) -> Files:
    _sources(project, version)
    assert _ended(_start(project, ["build"])) == 0
    return _generated(project)


def _start(project: Path, arguments: list[str], forks: bool = False) -> int:
    """The process of a command, a fork that imports nothing."""
    pid = os.fork()
    if not pid:
        os.chdir(project)
        if forks:
            processes._has_processors, pieces.LETTERS, rendering.MANY = (lambda: True), 0, 0
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        try:
            os.environ["SLOC_CACHE"] = str(project.parent / "cache")
            sys.argv[1:] = arguments
            cli.main()
        except SystemExit as end:
            os._exit(end.code if isinstance(end.code, int) else 1)
        os._exit(0)
    return pid


def _ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(count: int, seed: int) -> int:
    """Print what is wrong; the number of lines is the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="sloc-killed-"))
    try:
        wrong = list(kill(count, seed, folder))
    finally:
        shutil.rmtree(folder)
    print("\n".join(wrong) or f"{count} builds killed (seed {seed}): every file whole, every next build right")
    return min(len(wrong), 100)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
