"""Fixes of diagnostics: in every program of the corpus and of the explanations, each does what it says and no harm."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic, Edit, Fix
from slocompiler.fixes import add_statement, edits, remove, remove_item
from slocompiler.formats.text import render
from slocompiler.ir import Program, to_json
from slocompiler.project import load
from slocompiler.regex.sets import plain
from slocompiler.resolve.imports import nothing
from slocompiler.source import Reached, Source, Span
from support.markers import TODAY, cases, files

ROOT = Path(__file__).parent.parent
PAGES = (*sorted((ROOT / "tests" / "corpus").glob("*.md")), ROOT / "slocompiler" / "diagnostics.md")
CASES = [
    pytest.param(case.text, id=f"{page.stem}: {case.name}") for page in PAGES for case in cases(page.read_text("utf-8"))
]
SAFE = {"E212", "E213", "E407", "W308", "W315"}
"""Codes with a fix that `sloc check --fix` applies."""


def analysed(sources: list[Source], text: str) -> tuple[Program | None, list[Diagnostic]]:
    """The program of the last file, which may import the others, and its problems."""
    known = {source.path: source for source in sources}
    day = TODAY.search(text)
    today = date.fromisoformat(day[1]) if day else None
    return analyse(sources[-1:], read=lambda path: known.get(path, nothing(path)), today=today)


def problems_of(sources: list[Source], text: str) -> list[Diagnostic]:
    return analysed(sources, text)[1]


def changed(text: str, changes: tuple[Edit, ...]) -> str:
    """The text after edits that do not overlap."""
    for edit in sorted(changes, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def applied(fix: Fix, sources: list[Source]) -> list[Source]:
    """The files after a fix of one of them."""
    (path,) = {edit.span.source.path for edit in fix.edits}
    return [
        Source(source.path, changed(source.text, fix.edits) if source.path == path else source.text)
        for source in sources
    ]


def counted(problems: list[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.message) for one in problems)


@pytest.mark.parametrize("text", CASES)
def test_a_fix_removes_its_diagnostic_and_adds_no_error(text: str) -> None:
    sources = files(text)
    before = problems_of(sources, text)
    for problem in before:
        for fix in problem.fixes:
            after = problems_of(applied(fix, sources), text)
            new = counted([one for one in after if one.is_error]) - counted(before)
            about = f"{render(problem)}\nfix: {fix.title}\n\n{applied(fix, sources)[-1].text}"
            assert not new, f"{about}\n{new}"
            gone = counted(before)[problem.code, problem.message] - counted(after)[problem.code, problem.message]
            assert gone >= 1, about


def meaning(data: Any) -> Any:
    """The JSON of a program without locations, where a pattern for one value is that value."""
    if isinstance(data, list):
        return [meaning(item) for item in data]
    if not isinstance(data, dict):
        return data
    if data.keys() == {"label", "op", "value"} and data["op"] in ("=~", "!~"):
        value = plain(data["value"])
        return data if value is None else {**data, "op": "=" if data["op"] == "=~" else "!=", "value": value}
    return {key: meaning(value) for key, value in data.items() if key not in ("source", "used_at", "origins")}


@pytest.mark.parametrize("text", CASES)
def test_a_safe_fix_of_a_warning_changes_no_meaning(text: str) -> None:
    sources = files(text)
    program, problems = analysed(sources, text)
    for fix in (fix for problem in problems for fix in problem.fixes if fix.safe and program):
        after, _ = analysed(applied(fix, sources), text)
        assert after
        assert meaning(to_json(after)) == meaning(to_json(program)), fix.title


def offered() -> list[tuple[Diagnostic, Fix]]:
    texts = [case.text for page in PAGES for case in cases(page.read_text("utf-8"))]
    found = [one for text in texts for one in problems_of(files(text), text)]
    return [(one, fix) for one in found for fix in one.fixes]


def test_what_is_fixed_unasked() -> None:
    """A safe fix is the only one of its diagnostic, and outside of templates, whose text serves several uses."""
    safe = [(one, fix) for one, fix in offered() if fix.safe]
    assert {one.code for one, _ in safe} == SAFE
    for one, fix in safe:
        assert one.fixes == (fix,), render(one)
        assert not any(isinstance(edit.span, Reached) for edit in fix.edits), render(one)


def test_titles_are_imperatives() -> None:
    verbs = {fix.title.partition(" ")[0] for _, fix in offered()}
    assert verbs == {"add", "compare", "remove", "use", "write"}


@pytest.mark.parametrize(
    ("body", "code", "title"),
    [
        ('events x_total{} bad {code="5"} labels { cluster = "q" }', "E209", "remove this label"),
        ('events x_total{} bad {code="5"} labels { a = "b", cluster = "q" }', "E209", "remove this label"),
        ('events x_total{} bad {code="5"} per route, cluster', "E215", "remove `cluster` from `per`"),
        ('events x_total{cluster="us", a="b"} bad {code="5"}', "E217", "remove this matcher"),
        ('events x_total{} bad {status-code="5"}', "E106", 'write `"status-code"`'),
        ("slices 45s good when max(q{}) < 5", "W320", "write `1m`"),
        ("slices 10s good when max(q{}) < 5", "E417", "write `1m`"),
        ("slices 1m bad when max(q{}) >= 5", "E216", "write `good when … < …`"),
        ("events q_wait{} in seconds good below 3s", "E214", "write `s`"),
    ],
)
def test_fixes_that_depend_on_the_project(body: str, code: str, title: str) -> None:
    project, _ = load(
        Source(
            "sloc.yaml",
            "scrape_interval: 1m\nevaluation_interval: 20s\ntargets: {prometheus: {server: '3.0'}}\n"
            "deployments: [{name: eu, where: {cluster: eu}, labels: {cluster: eu}}]\n",
        )
    )

    def problems(source: Source) -> list[Diagnostic]:
        return [one for one in analyse([source], project)[1] if one.is_error or one.code == code]

    source = Source("a.slo", f'service a {{ owner "x"\nslo s 99% over 30d {{ {body} alerts none }}\n}}\n')
    (problem,) = problems(source)
    assert problem.code == code
    (fix,) = problem.fixes
    assert fix.title == title
    assert problems(*applied(fix, [source])) == []


# How a text is edited


def mark(text: str) -> tuple[Source, Span]:
    """A text without its brackets, and the span that was between them."""
    begin, end = text.index("[["), text.index("]]") - 2
    source = Source("a.slo", text.replace("[[", "").replace("]]", ""))
    return source, Span(source, begin, end)


def fixed(source: Source, fixes: tuple[Fix, ...]) -> str:
    (fix,) = fixes
    return changed(source.text, fix.edits)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a\n  [[allow x]]\nb\n", "a\nb\n"),
        ("a\r\n  [[allow x]]  \r\nb\r\n", "a\r\nb\r\n"),
        ("[[events x {\n}]]", ""),
        ("a [[allow x]]   b\n", "a b\n"),
        ("  [[allow x]]  # why\n", "  # why\n"),
        ("a {\n  b  [[allow x]]\n}\n", "a {\n  b  \n}\n"),
    ],
)
def test_a_statement_is_removed_with_its_line(text: str, after: str) -> None:
    source, span = mark(text)
    assert fixed(source, remove("remove it", span)) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("{[[a]], b}", "{b}"),
        ("{a, [[b]]}", "{a}"),
        ("{a,\n  [[b]],\n}", "{a,\n  \n}"),
        ("{a\n , [[b]] }", "{a\n  }"),
        ("{[[a]]}", None),
    ],
)
def test_an_item_is_removed_with_one_comma(text: str, after: str | None) -> None:
    source, span = mark(text)
    fixes = remove_item("remove it", span)
    assert (fixed(source, fixes) if fixes else None) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("  [[slo {\n    a\n  }]]\n", "  slo {\n    a\n    b c\n  }\n"),
        ("[[slo {\r\n}]]\r\n", "slo {\r\n  b c\r\n}\r\n"),
        ("[[slo { a }]]", "slo { a b c }"),
        ("[[slo {}]]", "slo { b c }"),
        ("[[slo a]]", None),
    ],
)
def test_a_statement_is_added_before_the_closing_brace(text: str, after: str | None) -> None:
    source, span = mark(text)
    fixes = add_statement("add it", span, "b c")
    assert (fixed(source, fixes) if fixes else None) == after


def test_no_edit_of_a_template_is_safe() -> None:
    source, span = mark("a [[b]] c")
    (own,), (shared,) = (
        edits("write `d`", (where, "d"), safe=True) for where in (span, Reached(source, 2, 3, span, "used here"))
    )
    assert (own.safe, shared.safe) == (True, False)
