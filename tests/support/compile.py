"""Compiling in tests: examples and small texts, with every diagnostic shown where there should be none."""

from __future__ import annotations

from pathlib import Path

from slocompiler.cli.sources import reader
from slocompiler.compiler import analyse
from slocompiler.formats.text import render as as_text
from slocompiler.ir import Program
from slocompiler.project import Project
from slocompiler.source import Source
from slocompiler.targets import render
from slocompiler.targets.shared import Options

ROOT = Path(__file__).parent.parent.parent
SHARED = ROOT / "examples" / "org.slo"
"""What others import."""
EXAMPLES = [path for path in sorted((ROOT / "examples").glob("*.slo")) if path != SHARED]
"""Those with services."""


def answers(body: str) -> str:
    """The text of a service `shop` with one SLO `answers`, which has these statements."""
    return f'service shop {{\n owner "web"\n slo answers 99% over 30d {{ {body} }}\n}}\n'


def compile_text(text: str, path: str = "test.slo", server: str = "2.42") -> Program:
    """The program of a text that has no errors for the oldest server."""
    program, problems = analyse([Source(path, text)], Project(server=server))
    assert program is not None, "\n".join(as_text(problem) for problem in problems)
    return program


def compile_files(*paths: Path) -> Program:
    """The program of files that have no errors, named relative to the repository."""
    sources = [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    program, problems = analyse(sources, read=reader(ROOT))
    assert program is not None, "\n".join(as_text(problem) for problem in problems)
    return program


def rules(text: str, options: Options | None = None) -> str:
    """The Prometheus rules of a text with one service."""
    (rendered,) = render(compile_text(text), "prometheus", options or Options()).values()
    return rendered
