"""tests/corpus/odd.md: programs that look like a mistake mean what their authors mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from slocompiler.compiler import analyse
from slocompiler.resolve.imports import nothing
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import ROOT
from support.markers import cases, expected, files
from support.promtool import check_rules
from support.structure import reads

CASES = cases((ROOT / "tests" / "corpus" / "odd.md").read_text(encoding="utf-8"))


def rules(text: str) -> dict[str, str]:
    """The Prometheus rules of a program, by service."""
    sources = files(text)
    known = {source.path: source for source in sources}
    program, problems = analyse(sources[-1:], read=lambda path: known.get(path, nothing(path)))
    assert program, problems
    return dict(render(program, "prometheus", Options()))


def test_they_are_many_and_none_has_a_mistake() -> None:
    assert len(CASES) >= 60
    assert [case.name for case in CASES if expected(case.text)] == []


def test_what_they_read(golden: Callable[[Path, str], None]) -> None:
    """The events and the bad events of each, as expressions."""
    parts = ["\n".join((f"## {case.name}", "", *reads(rules(case.text)))) + "\n" for case in CASES]
    golden(ROOT / "tests" / "golden" / "odd.txt", "\n".join(parts))


def test_promtool_accepts_their_rules(tmp_path: Path) -> None:
    paths = []
    for number, case in enumerate(CASES):
        for name, text in rules(case.text).items():
            paths.append(tmp_path / f"{number}-{name}")
            paths[-1].write_text(text, encoding="utf-8")
    check_rules(*paths)
