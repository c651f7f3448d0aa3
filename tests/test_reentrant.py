"""Analysis is re-entrant: many threads find what one finds, in good files and in damaged ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.ir import Program
from slocompiler.source import Source
from support.compile import EXAMPLES, ROOT
from support.markers import cases, files

TEXTS = [path.read_text("utf-8") for path in EXAMPLES]
TEXTS += [
    case.text for page in sorted((ROOT / "tests" / "corpus").glob("*.md")) for case in cases(page.read_text("utf-8"))
]
DAMAGED = [text[: len(text) * 2 // 3] for text in TEXTS]
"""Files that break off somewhere, most of them within a statement."""


@pytest.fixture(autouse=True)
def restless() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def found(text: str) -> tuple[Program | None, list[str]]:
    """The program and every diagnostic as it is shown."""
    known = {source.path: source for source in files(text)}
    own = list(known.values())[-1:]
    program, problems = analyse(own, read=lambda path: known.get(path, "there is no such file"))
    return program, [render(problem) for problem in problems]


@pytest.mark.parametrize("texts", [TEXTS, DAMAGED], ids=["as they are", "damaged"])
def test_threads_find_what_one_thread_finds(texts: list[str]) -> None:
    alone = [found(text) for text in texts]
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = list(pool.map(found, texts))
    assert together == alone


def test_one_source_may_be_read_by_many_threads() -> None:
    source = Source("test.slo", DAMAGED[0])
    with ThreadPoolExecutor(max_workers=8) as pool:
        reported = set(pool.map(lambda _: "".join(render(p) for p in analyse([source])[1]), range(40)))
    assert len(reported) == 1
