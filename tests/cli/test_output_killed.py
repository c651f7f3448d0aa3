"""A build that is killed at any moment leaves every file intact, and the next build completes its work."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.command import files, service, sloc
from support.compile import ROOT

KILLED_AT_EACH_CALL = """
import os, shutil, sys
from pathlib import Path
from slocompiler.cli import writer
from slocompiler.cli.run import main

where = Path(sys.argv[1])
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.chdir(where / "project")
try:
    main(["build", "-o", f"{where}/once"])  # so that no child imports anything
except SystemExit as end:
    assert not end.code

def killing_at(n):
    calls = 0
    def dying(function, half=None):
        def called(*arguments, **named):
            nonlocal calls
            calls += 1
            if calls == n:
                if half:
                    half(*arguments)
                os.kill(os.getpid(), 9)
            return function(*arguments, **named)
        return called
    writer.open = dying(open, lambda handle, mode: mode == "wb" and os.write(handle, b"# @generated"))
    Path.mkdir, Path.unlink, os.replace = dying(Path.mkdir), dying(Path.unlink), dying(os.replace)

status, n = 9, 0
while status == 9:
    n += 1
    folder = where / f"{n}"
    shutil.copytree(where / "project", folder)
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        killing_at(n)
        main(["build"])
    status = os.waitpid(child, 0)[1]
assert status == 0, status
"""
"""Runs the command in a child for every n, and kills it at its n-th call to the disk; a write is killed halfway."""
Made = Callable[..., tuple[dict[str, bytes], dict[str, bytes]]]


@pytest.fixture
def old_and_new(tmp_path: Path) -> Made:
    """Creates a project that was built and then changed. Returns its generated files now, and after a build."""

    def made(count: int, settings: str = "") -> tuple[dict[str, bytes], dict[str, bytes]]:
        project = tmp_path / "project"
        project.mkdir()
        (project / "sloc.yaml").write_text(settings)
        names = [f"s{number}" for number in range(count)]
        for name in names[:-1]:
            (project / f"{name}.slo").write_text(service(name, "old"))
        sloc(project, "build")
        old = files(project / "generated")
        for name in names[1:]:
            (project / f"{name}.slo").write_text(service(name, "new"))
        (project / f"{names[0]}.slo").unlink()
        shutil.copytree(project, tmp_path / "whole")
        sloc(tmp_path / "whole", "build")
        return old, files(tmp_path / "whole" / "generated")

    return made


def assert_whole(folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Every file is the old one or the new one. Another build makes all of them new, and leaves no other file."""
    found = {name: data for name, data in files(folder / "generated").items() if not name.endswith("sloc-tmp")}
    assert {n: data for n, data in found.items() if data not in (old.get(n), new.get(n))} == {}
    assert old.keys() & new.keys() <= found.keys(), "what stays was never away"
    assert sloc(folder, "build").code == 0
    assert files(folder / "generated") == new


def test_at_each_call(tmp_path: Path, old_and_new: Made) -> None:
    old, new = old_and_new(7, "targets: {docs: {build: false}, grafana: {build: false}}\n")
    subprocess.run([sys.executable, "-c", KILLED_AT_EACH_CALL, tmp_path], cwd=ROOT, check=True, timeout=60)
    moments = sorted(path for path in tmp_path.iterdir() if path.name.isdigit())
    assert len(moments) >= 14, "six files: written, put in place; one removed; done"
    for folder in moments:
        assert_whole(folder, old, new)


MOMENTS: dict[str, Callable[[int, int], bool]] = {
    "when writing begins": lambda temporary, _: temporary > 0,
    "while writing": lambda temporary, _: temporary > 30,
    "while renaming": lambda temporary, most: most > temporary + 5,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_real_process(tmp_path: Path, moment: str, old_and_new: Made) -> None:
    """Sixty services; the moment is seen from outside, so that it is early or late by a little."""
    old, new = old_and_new(61)
    project, most = tmp_path / "project", 0
    process = subprocess.Popen(
        [sys.executable, "-m", "slocompiler", "build"],
        cwd=project,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        temporary = len(list(project.glob("generated/**/.*.sloc-tmp")))
        most = max(most, temporary)
        if MOMENTS[moment](temporary, most):
            process.kill()
            break
    process.wait()
    assert_whole(project, old, new)
