"""Builds of one project side by side: as `make -j` starts them, and killed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from slocompiler.cli.output import locked
from slocompiler.cli.writer import TEMPORARY
from support import killed
from support.command import files, service, sloc
from support.compile import ROOT
from support.waiting import wait_for

COMMAND = [sys.executable, "-m", "slocompiler", "build"]


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env={"PYTHONPATH": str(ROOT)}, text=True, stderr=subprocess.PIPE
    )


def ends(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, printed = process.communicate(timeout=60)
    return process.returncode, printed


def waits(process: subprocess.Popen[str]) -> bool:
    """Whether the system has the process wait for a lock."""
    return re.search(rf"-> FLOCK .* {process.pid} ", Path("/proc/locks").read_text()) is not None


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Twelve services, changed since the last build."""
    (tmp_path / "sloc.yaml").touch()
    for title in ("old", "new"):
        for number in range(12):
            (tmp_path / f"svc{number}.slo").write_text(service(f"svc{number}", title))
        if title == "old":
            assert sloc(tmp_path, "build").code == 0
    return tmp_path


def test_twelve_of_a_service_each(project: Path) -> None:
    running = [start(project, "--quiet", f"svc{number}.slo") for number in range(12)]
    assert [ends(one) for one in running] == [(0, "")] * 12
    assert sloc(project, "build", "--check", *(f"svc{number}.slo" for number in range(11))).code == 0
    assert [name for name in files(project) if name.endswith(TEMPORARY)] == []


def test_six_of_the_project_while_services_come_and_go(project: Path) -> None:
    (project / "svc11.slo").unlink()
    running = [start(project, "--quiet") for _ in range(6)]
    codes = [ends(one)[0] for one in running]
    assert codes == [0] * 6
    assert sloc(project, "build", "--check").code == 0
    assert [name for name in files(project) if name.endswith(TEMPORARY)] == []


def test_one_waits_for_another(project: Path) -> None:
    """It neither writes nor removes the temporary files of a live build."""
    theirs = project / f"generated/prometheus/.theirs{TEMPORARY}"
    theirs.touch()
    before = files(project)
    with locked(project / "generated") as is_locked:
        assert is_locked
        waiting = start(project, "--quiet")
        wait_for(lambda: waits(waiting), "process that waits")
        assert files(project) == before
    assert ends(waiting)[0] == 0
    assert not theirs.exists()
    assert sloc(project, "build", "--check").code == 0


def test_without_locks_it_sweeps_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refused(*_: object) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(fcntl, "flock", refused)
    theirs = project / f"generated/prometheus/.theirs{TEMPORARY}"
    theirs.touch()
    assert sloc(project, "build").code == 0
    assert theirs.exists()


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Twenty here; `make kills` kills two hundred."""
    assert list(killed.kill(20, seed=1, folder=tmp_path)) == []
