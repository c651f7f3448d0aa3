"""The command line as people use it: scenario files with commands, outputs and exit codes."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from slocompiler.cli.group import COMMANDS
from support.compile import ROOT
from support.golden import compare
from support.scenarios import parse, run

SCENARIOS = sorted((ROOT / "tests" / "cli" / "scenarios").glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path, tmp_path: Path, update: bool) -> None:
    answers = run(parse(path.read_bytes().decode()), tmp_path)
    if path.stem == "init":  # the only command that writes today's date
        assert "last 2" in answers
        answers = re.sub(r"last \d{4}-\d\d-\d\d", "last TODAY", answers)
    compare(path, answers, update)


def test_init_writes_the_day_from_which_reviews_count(tmp_path: Path) -> None:
    before = date.today()
    assert sloc(tmp_path, "init").returncode == 0
    days = {f"review  every 90d last {day.isoformat()}  #" for day in (before, date.today())}
    assert any(day in (tmp_path / "first.slo").read_text(encoding="utf-8") for day in days)
    assert sloc(tmp_path, "check", "--strict").returncode == 0


def test_every_command_is_tried_in_a_scenario() -> None:
    everything = "".join(path.read_text(encoding="utf-8") for path in SCENARIOS)
    assert [command for command in COMMANDS if f"$ sloc {command}" not in everything] == []


def sloc(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "slocompiler", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, check=False)


def test_a_file_that_is_not_text_is_reported_with_its_location(tmp_path: Path) -> None:
    (tmp_path / "latin.slo").write_bytes('service caf {\n  owner "caf\xe9"\n}\n'.encode("latin-1"))
    (tmp_path / "utf16.slo").write_bytes('service a {\n  owner "b"\n}\n'.encode("utf-16"))
    (tmp_path / "good.slo").write_text('service a {\n  ownr "b"\n}\n', encoding="utf-8")
    done = sloc(tmp_path, "check")
    printed = done.stderr.decode()
    assert done.returncode == 1
    assert "error[E108]: this is not UTF-8\n --> latin.slo:2:13" in printed
    assert "error[E108]: this is not UTF-8\n --> utf16.slo:1:1" in printed
    assert "good.slo:2:3" in printed, "the other files are read all the same"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "large.slo").write_bytes(b"# much\n" * 700_000)
    done = sloc(tmp_path, "check", "large.slo")
    assert done.returncode == 1
    assert b"error[E108]: a file of more than 4 MiB" in done.stderr


def test_standard_input_is_read_as_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    text = 'service a "Größe" {\n  owner "b"\n  slo c 99% over 30d {\n    events x{}\n    bad {d="ü"}\n  }\n}\n'
    done = sloc(tmp_path, "build", "-o", "-", "-", stdin=text.encode())
    assert done.returncode == 0
    assert 'd="ü"'.encode() in done.stdout


@pytest.mark.parametrize(
    ("arguments", "writes"),
    [
        *[(one, True) for one in ("list", "check", "show", "explain E201", "std", "build -o -", "--version", "--help")],
        *[(one, True) for one in ("list --help", "simulate a/b", "fmt --diff")],
        ("build --quiet", False),
    ],
)
def test_outputs_that_take_nothing(tmp_path: Path, arguments: str, writes: bool) -> None:
    """A closed output is no failure, a full disk is one: in a line, and never as a bug of sloc."""
    body = 'events x_total{job="a"} bad {code="500"} because "y"'
    (tmp_path / "a.slo").write_text(f'service a {{ owner "b" slo b 99% over 30d {{ {body} }} }}\n', encoding="utf-8")
    command = f"{shlex.quote(sys.executable)} -m slocompiler {arguments}"
    usual = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    closed = subprocess.run(["sh", "-c", f"{command} >&-"], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    full = subprocess.run(["sh", "-c", f"{command} >/dev/full"], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    assert bool(usual.stdout) == writes
    assert (closed.returncode, closed.stderr) == (usual.returncode, usual.stderr)
    assert full.returncode == (2 if writes else usual.returncode)
    assert full.stderr.endswith(b"sloc: No space left on device\n" if writes else usual.stderr)
    assert b"Traceback" not in full.stderr


def test_broken_pipes_and_closed_outputs_are_no_tracebacks(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text('service a {\n  ownr "b"\n}\n' * 400, encoding="utf-8")
    command = f"{shlex.quote(sys.executable)} -m slocompiler check 2>&1 | head -n 1"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    assert b"Traceback" not in done.stdout + done.stderr
