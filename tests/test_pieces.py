"""Files that are analysed some at a time say what they say together, and leave no syntax trees in memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler import pieces
from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.ir import to_json
from slocompiler.source import Source
from slocompiler.syntax.tree import Node

PATHS = ("a.slo", "b.slo", "c.slo", "d.slo")
IMPORTS = tuple(f'import "{path}"\n' for path in PATHS)
DECLARED = (
    'template t(x) {{ slo $x 99% over 30d {{ events t{{n="{n}"}} bad {{c=$x}} because "t" }} }}\n',
    "alerts g{n} {{ page at 2% of budget in 1h }}\n",
    "template unused() {{ }}\n",
    'defaults {{ runbook "https://r.example.org" }}\n',
    "serv",
)
SERVICES = ("a", "b", "c", "d", "e")
STATEMENTS = (
    'slo x 99% over 30d {{ events m{{n="{n}"}} bad {{c="1"}} because "x" }}\n',
    'slo y 99% over 30d {{ events same{{job="j"}} bad {{c="1"}} because "y" }}\n',
    'slo z 99% over 30d {{ events same{{job="j"}} bad {{c="1"}} because "z" allow W319 because "agreed" }}\n',
    'slo v 99% over 30d {{ events m{{n="v{n}"}} bad {{c="1"}} }}\n',
    'slo w 99% over 30d {{ events m{{n="w{n}"}} bad {{c="1"}} because "w" alerts g{n} }}\n',
    "use t(u)\n",
    "events unused = m{{}}\n",
)


@st.composite
def projects(draw: st.DrawFn) -> list[str]:
    def some(words: Sequence[str], most: int) -> str:
        return "".join(draw(st.lists(st.sampled_from(words), max_size=most, unique=True)))

    texts = []
    for number, _ in enumerate(PATHS):
        text = some(IMPORTS, 2) + some(DECLARED, 2).format(n=number)
        if name := draw(st.sampled_from(("", SERVICES[number], *SERVICES))):
            text += f'service {name} {{ owner "o" {some(STATEMENTS, 3).format(n=number)} }}\n'
        texts.append(text)
    return texts


def found(texts: Sequence[str], letters: int, monkeypatch: pytest.MonkeyPatch) -> tuple[object, list[str]]:
    sources = [Source(path, text) for path, text in zip(PATHS, texts, strict=False)]
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
@given(projects())
@example([of("a", slo(0, 1))] * 2)
@example([of("a", slo(1, 1)), of("b", slo(2, 1))])
@example([DECLARED[1].format(n=1) + of("a", ""), IMPORTS[0] + of("b", slo(4, 1))])
def test_in_pieces_or_together(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert found(texts, 0, patch) == found(texts, 10**6, patch)


def test_a_run_has_a_limit_whatever_its_pieces_are(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [of(f"s{n}", slo(0, n)) for n in range(3)]
    monkeypatch.setattr("slocompiler.resolve.templates.MOST", 2)
    assert "error[E307]" in "".join(found(texts, 0, monkeypatch)[1])


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
