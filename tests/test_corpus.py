"""The corpus: programs with their mistakes marked, every diagnostic at its line and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.markers import Case, cases, diagnostics, mismatches

PAGES = sorted((Path(__file__).parent / "corpus").glob("*.md"))
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

    assert said("\ufeff" + case.text.replace("\n", "\r\n")) == said(case.text)


def test_names_of_cases_are_unique() -> None:
    for page in PAGES:
        names = [case.name for case in cases(page.read_text("utf-8"))]
        assert sorted(set(names)) == sorted(names), page.name
