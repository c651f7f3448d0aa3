"""`make demo`: what it says to look at is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.clone import copy
from support.compile import ROOT


def test_the_demo_builds_what_it_names(tmp_path: Path) -> None:
    demo = re.search(r"(?m)^demo: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"))
    assert demo
    build, *said = demo[1].splitlines()
    checkout = copy(tmp_path / "checkout")
    command = build.strip().replace("$(abspath $(BIN))/sloc", f'"{sys.executable}" -m slocompiler')
    subprocess.run(
        ["bash", "-c", command], cwd=checkout, capture_output=True, check=True, env={"PYTHONPATH": str(ROOT)}
    )
    named = re.findall(r"\b(?:generated|examples)/[\w./*-]+", "\n".join(said))
    assert len(named) > 2
    assert [name for name in named if not list(checkout.glob(name))] == []
