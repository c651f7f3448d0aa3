"""`sloc test` leaves nothing behind: asked to end it removes its folder, and the next run removes that of a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.command import service
from support.waiting import wait_for

SLOW = """\
#!{}
import signal, time
from pathlib import Path
signal.signal(signal.SIGINT, signal.SIG_DFL)
Path("{}").touch()
time.sleep(60)
"""
"""A signal ends it at once, as it ends promtool. A shell, and Python's own handler, may sleep on for the minute."""


def _heed() -> None:
    """Heed the signals that a process in the background, or a worker of the tests, ignores or blocks."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


def started(folder: Path) -> subprocess.Popen[bytes]:
    """A run whose promtool takes a minute, in a temporary folder of its own; it has started that."""
    (folder / "temporary").mkdir(exist_ok=True)
    (folder / "shop.slo").write_text(service("shop"), encoding="utf-8")
    promtool = folder / "promtool"
    promtool.write_text(SLOW.format(sys.executable, folder / "log"))
    promtool.chmod(0o755)
    (folder / "log").unlink(missing_ok=True)
    run = subprocess.Popen(
        [sys.executable, "-m", "slocompiler", "test", "--promtool", promtool, "shop.slo"],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder / "temporary")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_heed,
    )
    wait_for((folder / "log").exists, "promtool")
    assert len(list((folder / "temporary").iterdir())) == 1
    return run


def end(run: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Send the signal to the run and to its promtool, as a terminal or a job that is cancelled does."""
    os.killpg(run.pid, number)
    return run.wait(30)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_asked_to_end(number: signal.Signals, code: int, tmp_path: Path) -> None:
    assert end(started(tmp_path), number) == code
    assert list((tmp_path / "temporary").iterdir()) == []


def test_killed(tmp_path: Path) -> None:
    assert end(started(tmp_path), signal.SIGKILL) == -signal.SIGKILL
    (left,) = (tmp_path / "temporary").iterdir()
    os.utime(left, (time.time() - 90,) * 2)
    running = started(tmp_path)
    assert not left.exists()
    assert end(running, signal.SIGTERM) == 143
    assert list((tmp_path / "temporary").iterdir()) == []
