"""The corpus: programs with their mistakes marked, every diagnostic at its line and no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from slocompiler.codes import CODES
from slocompiler.formats.text import render
from support.compile import ROOT
from support.markers import FILE, Case, cases, diagnostics, expected, mismatches

PAGES = sorted((ROOT / "tests" / "corpus").glob("*.md"))
CASES = [
    pytest.param(case, id=f"{page.stem}: {case.name}") for page in PAGES for case in cases(page.read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_every_mistake_is_found_at_its_line_and_nothing_else(case: Case) -> None:
    wrong = mismatches(case.text)
    assert not wrong, wrong


@pytest.mark.parametrize("case", CASES)
def test_line_ends_and_a_byte_order_mark_change_nothing(case: Case) -> None:
    def said(text: str) -> list[tuple[str, int, str]]:
        return [(found.code, found.span.line, found.message) for found in diagnostics(text)]

    begun = FILE.sub(lambda header: header[0] + "\ufeff", case.text)
    marked = begun if begun != case.text else "\ufeff" + case.text
    assert said(marked.replace("\n", "\r\n")) == said(case.text)


RENDERED = ROOT / "tests" / "golden" / "corpus"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_message_reads_as_ever(page: Path, golden: Callable[[Path, str], None]) -> None:
    """Each with its source, for the question: would I know what to do?"""
    parts = []
    for case in cases(page.read_text("utf-8")):
        found = diagnostics(case.text)
        parts.append(f"## {case.name}\n\n" + ("\n\n".join(render(one) for one in found) or "nothing") + "\n")
    golden(RENDERED / f"{page.stem}.txt", "\n".join(parts))


def test_no_page_of_messages_is_stale() -> None:
    assert {path.stem for path in RENDERED.iterdir()} == {page.stem for page in PAGES}


def test_every_code_is_rendered_in_a_golden() -> None:
    texts = [
        path.read_text("utf-8")
        for folder in ("golden", "cli/scenarios")
        for path in (ROOT / "tests").glob(f"{folder}/**/*.txt")
    ]
    shown = {code for text in texts for code in re.findall(r"^(?:error|warning)\[(\w+)\]: ", text, re.MULTILINE)}
    assert shown == set(CODES) - {"V715"}, "which is a line for people, and no problem"


def test_names_of_cases_are_unique() -> None:
    for page in PAGES:
        names = [case.name for case in cases(page.read_text("utf-8"))]
        assert sorted(set(names)) == sorted(names), page.name


ELSEWHERE = ("E108", "E109", "E231", "E418", "W320", "W339")
"""What a page does not show: bytes, sizes, a text with a project file. E5xx, E6xx and W6xx are about YAML, V7xx are found on
servers. All have tests of their own."""


def test_the_corpus_is_large_and_has_every_mistake_twice() -> None:
    found = [case for page in PAGES for case in cases(page.read_text("utf-8"))]
    assert len(found) >= 200
    marked = Counter(code for case in found for _, _, _, code, _ in expected(case.text))
    wanted = [code for code in CODES if code not in ELSEWHERE and code[0] != "V" and code[1] not in "56"]
    assert {code: marked[code] for code in wanted if marked[code] < 2} == {}
