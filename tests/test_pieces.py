"""Files that are analysed some at a time say what they say together, and leave no syntax trees in memory."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler import compiler, pieces
from slocompiler.compiler import analyse, changed, linked, together
from slocompiler.compiler import render as render_target
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render
from slocompiler.ir_json import to_json
from slocompiler.project import Project
from slocompiler.source import Source
from slocompiler.syntax.parse import parse
from slocompiler.syntax.tree import File, Node
from slocompiler.targets import TARGETS
from slocompiler.targets.shared import Options
from support.compile import ROOT
from support.ties import DECLARED, IMPORTS, JOURNEY, LIBRARY, PATHS, SERVICES, STATEMENTS, texts, usual

PROJECTS = st.tuples(*(texts(number, ("", SERVICES[number], *SERVICES)) for number in range(len(PATHS))))

USUAL = st.tuples(*map(usual, range(len(PATHS))))


def found(project: Sequence[str], letters: int, monkeypatch: pytest.MonkeyPatch) -> tuple[object, list[str]]:
    sources = [Source(path, text) for path, text in zip(PATHS, project, strict=False)]
    with monkeypatch.context() as patch:
        patch.setattr(pieces, "LETTERS", letters)
        program, problems = analyse(sources)
    return program and to_json(program), list(map(render, problems))


def of(name: str, items: str) -> str:
    """A file with a service."""
    return f'service {name} {{ owner "o" {items} }}\n'


def slo(kind: int, n: int) -> str:
    return STATEMENTS[kind].format(n=n)


@settings(max_examples=60)
@given(PROJECTS)
@example([of("a", slo(0, 1))] * 2)
@example([of("a", slo(1, 1)), of("b", slo(2, 1))])
@example([of("a", slo(0, 1)), JOURNEY.format(n=1), of("b", slo(0, 2))])
@example([of("a", slo(0, 1)), JOURNEY.format(n=1), of("c", slo(0, 2))])
@example([DECLARED[1].format(n=1) + of("a", ""), IMPORTS[0] + of("b", slo(4, 1))])
def test_in_pieces_or_together(project: Sequence[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert found(project, 0, patch) == found(project, 10**6, patch)


def test_what_several_pieces_import_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = list[str]()

    def counted(source: Source) -> tuple[File, list[Diagnostic]]:
        parsed.append(source.path)
        return parse(source)

    monkeypatch.setattr(compiler, "parse", counted)
    monkeypatch.setattr(pieces, "LETTERS", 0)
    own = [Source(f"{name}.slo", 'import "lib.slo"\n' + of(name, slo(0, n))) for n, name in enumerate("abc")]
    program, _ = analyse(own, read=lambda path: Source(path, 'defaults { owner "o" }'))
    assert program
    assert sorted(parsed) == ["a.slo", "b.slo", "c.slo", "lib.slo"]


def test_a_changed_project_is_as_if_all_of_it_was_analysed() -> None:
    reused = 0
    steps = of("a", slo(0, 1)), of("b", slo(0, 2))

    @settings(max_examples=200)
    @given(USUAL, st.lists(st.sampled_from((None, None, None, "", "", "-")), min_size=4, max_size=4), USUAL)
    @example((of("a", slo(0, 1)), of("b", slo(0, 2)), "", ""), [None, "", "-", "-"], ("", of("b", slo(0, 3)), "", ""))
    @example((of("a", slo(0, 1)), of("b", ""), "", ""), [None, "", None, None], ("", of("a", slo(0, 3)), "", ""))
    @example((of("a", STATEMENTS[6]), of("c", ""), "", ""), [None, "", None, None], ("", of("b", ""), "", ""))
    @example((steps[0], steps[1], JOURNEY.format(n=1), ""), ["", None, None, None], (of("a", slo(0, 7)), "", "", ""))
    @example((LIBRARY + steps[0], "", "", DECLARED[3].format()), [None, None, None, ""], ("", "", "", ""))
    @example((steps[0], of("b", "slo"), "", ""), [None, "", None, None], ("", steps[1], "", ""))
    @example((*steps, "", ""), [None, "", None, None], ("", of("b", slo(0, 2).replace("99%", "100%")), "", ""))
    def law(project: Sequence[str], kept: Sequence[str | None], other: Sequence[str]) -> None:
        """Of each file, the text stays (None), is another one (""), or the file is gone ("-")."""
        nonlocal reused
        before = dict(zip(PATHS, project, strict=True))
        new = {path: text for path, text, how in zip(PATHS, other, kept, strict=True) if how == ""}
        gone = {path for path, how in zip(PATHS, kept, strict=True) if how == "-"}
        after = {path: Source(path, text) for path, text in {**before, **new}.items() if path not in gone}
        piece = together([Source(*one) for one in before.items()], Project(), whole=True)
        differing = [after[path] for path in new if new[path] != before[path]]
        found = changed(piece, differing, gone, Project(), lambda path: after.get(path, "gone"))
        program, _ = analyse(after.values())
        if found:
            reused += bool(found.services)
            assert program is not None
            assert linked(found) == program

    law()
    assert reused > 10


def test_a_run_has_a_limit_whatever_its_pieces_are(monkeypatch: pytest.MonkeyPatch) -> None:
    project = [of(f"s{n}", slo(0, n)) for n in range(3)]
    monkeypatch.setattr("slocompiler.resolve.templates.MOST", 2)
    assert "error[E307]" in "".join(found(project, 0, monkeypatch)[1])


def test_no_tree_outlives_its_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_by_one(
        analyse_: Callable[[Sequence[Source]], pieces.Piece], groups: Sequence[Sequence[Source]]
    ) -> Iterable[pieces.Piece]:
        for group in groups:
            yield analyse_(group)
            trees = [one for one in gc.get_objects() if isinstance(one, Node) and one.span.source in group]
            alive.append(len(trees))

    alive: list[int] = []
    monkeypatch.setattr(pieces, "LETTERS", 0)
    gc.disable()  # as a command does
    try:
        program, problems = analyse(
            [Source("1.slo", of("a", slo(3, 1))), Source("2.slo", of("b", slo(3, 2)))], spread=one_by_one
        )
    finally:
        gc.enable()
    assert program
    assert problems
    assert alive == [0, 0]


@pytest.mark.parametrize("target", TARGETS)
def test_no_circles_are_left(target: str) -> None:
    """A command collects no garbage: what refers to itself would stay in memory until its end."""

    def run() -> None:
        program, _ = analyse(
            [Source(f"{n}.slo", of(f"s{n}", "".join(slo(kind, n) for kind in range(4)))) for n in range(3)]
        )
        assert program
        render_target(program, target, options)

    options = Options()
    run()  # what is made once stays
    gc.collect()
    gc.disable()
    try:
        run()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_promises_have_the_same_numbers_in_every_process() -> None:
    code = """
import sys
from pathlib import Path
from slocompiler.compiler import together
from slocompiler.project import Project
from slocompiler.source import Source
paths = sorted(Path(sys.argv[1]).rglob("*.slo"))
facts = together([Source(path.name, path.read_text(encoding="utf-8")) for path in paths]).facts
print(sorted(number for one in facts.values() for number in one.promises))
"""
    numbers = {
        subprocess.run(
            [sys.executable, "-c", code, ROOT / "examples"],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in "12"
    }
    (found,) = numbers
    assert found.count(",") > 20


def test_a_journey_finds_its_steps_in_other_files() -> None:
    """Those beside the files of a run are read if a journey needs them; their errors are reported, their warnings not."""
    a, b, journey = (
        Source(path, text)
        for path, text in zip(
            PATHS, (of("a", slo(3, 1) + slo(0, 1)), of("b", slo(0, 2)), JOURNEY.format(n=1)), strict=False
        )
    )
    unread = Source("d.slo", of("d", "slo"))
    program, problems = analyse([journey], beside=[a, b, unread])
    assert program is not None, list(map(render, problems))
    assert [service.name for service in program.services] == ["j1"]
    assert {problem.span.source for problem in problems} == {journey}
    whole, _ = analyse([a, b, journey])
    assert whole is not None
    assert program.services[0] == next(one for one in whole.services if one.name == "j1")
    wrong = Source("b.slo", of("b", slo(0, 2).replace("99%", "100%")))
    assert [(one.code, one.span.source.path) for one in analyse([journey], beside=[a, wrong])[1] if one.is_error] == [
        ("E401", "b.slo")
    ]
    alone = [(one.code, one.span.text) for one in analyse([journey])[1] if one.is_error]
    assert alone == [("E205", "a/x"), ("E205", "b/x")]
