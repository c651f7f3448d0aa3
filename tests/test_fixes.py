"""Fixes of diagnostics: in every program of the corpus and of the explanations, each does what it says and no harm."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.formats.text import render
from slocompiler.ir import Program
from slocompiler.ir_json import to_json
from slocompiler.project import load
from slocompiler.regex.sets import plain
from slocompiler.resolve.imports import nothing
from slocompiler.source import Reached, Source
from support.edited import changed
from support.markers import TODAY, cases, files

ROOT = Path(__file__).parent.parent
PAGES = (*sorted((ROOT / "tests" / "corpus").glob("*.md")), ROOT / "slocompiler" / "diagnostics.md")
HIDING = ("E201", "E202", "E205", "E304")
"""Codes of names that mean nothing, or two things: what they stand for is not judged."""
MARK = re.compile(r"[ \t]*#\^? (?:error|warning): .*")


def programs(page: Path) -> list[tuple[str, str]]:
    """The programs of a page with their names, without the marks of their mistakes, as people write them."""
    return [(f"{page.stem}: {case.name}", MARK.sub("", case.text)) for case in cases(page.read_text("utf-8"))]


CASES = [pytest.param(text, id=name) for page in PAGES for name, text in programs(page)]
SAFE = {"E101", "E103", "E202", "E104", "E107", "E212", "E213", "E407", "W308", "W315"}
"""Codes with a fix that `sloc check --fix` applies."""


def analysed(sources: list[Source], text: str) -> tuple[Program | None, list[Diagnostic]]:
    """The program of the last file, which may import the others, and its problems."""
    known = {source.path: source for source in sources}
    day = TODAY.search(text)
    today = date.fromisoformat(day[1]) if day else None
    return analyse(sources[-1:], read=lambda path: known.get(path, nothing(path)), today=today)


def problems_of(sources: list[Source], text: str) -> list[Diagnostic]:
    return analysed(sources, text)[1]


def applied(fix: Fix, sources: list[Source]) -> list[Source]:
    """The files after a fix of one of them."""
    (path,) = {edit.span.source.path for edit in fix.edits}
    return [
        Source(source.path, changed(source.text, fix.edits) if source.path == path else source.text)
        for source in sources
    ]


def counted(problems: list[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.message) for one in problems)


def may_hide(problem: Diagnostic, fix: Fix, other: Diagnostic) -> bool:
    """Whether a mistake that a fix removes may hide another one.

    A syntax error hides others on its line and, before a fix that is not safe, what is wrong with what is meant. A name
    that means nothing and a statement that is repeated hide what is wrong on their lines.
    """
    beside = other.span.line == problem.span.line or line(other) == line(problem)
    syntax = problem.code < "E2"
    if fix.safe:
        return syntax and beside and other.code < "E2"
    return (syntax and other.code >= "E2") or (beside and (syntax or problem.code in HIDING))


def line(problem: Diagnostic) -> str:
    return problem.span.source.line(problem.span.line)


@pytest.mark.parametrize("text", CASES)
def test_a_fix_removes_its_diagnostic_and_adds_no_error(text: str) -> None:
    sources = files(text)
    before = problems_of(sources, text)
    for problem in before:
        for fix in problem.fixes:
            after = problems_of(applied(fix, sources), text)
            errors = [one for one in after if one.is_error and not may_hide(problem, fix, one)]
            new = counted(errors) - counted(before)
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
    texts = [text for page in PAGES for _, text in programs(page)]
    found = [one for text in texts for one in problems_of(files(text), text)]
    return [(one, fix) for one in found for fix in one.fixes]


def test_what_is_fixed_unasked() -> None:
    """A safe fix is the only one of its diagnostic, and outside of templates, whose text serves several uses."""
    safe = [(one, fix) for one, fix in offered() if fix.safe]
    assert {one.code for one, _ in safe} == SAFE
    for one, fix in safe:
        assert one.fixes == (fix,), render(one)
        assert not any(isinstance(edit.span, Reached) for edit in fix.edits), render(one)


def test_edits_lie_in_their_file_and_do_not_overlap() -> None:
    for one, fix in offered():
        spans = sorted((edit.span for edit in fix.edits), key=lambda span: span.start)
        assert all(0 <= span.start <= span.end <= len(span.source.text) for span in spans), render(one)
        assert all(a.end < b.start for a, b in pairwise(spans)), render(one)
        assert {span.source.path for span in spans} == {spans[0].source.path}


UNFIXED = [
    ("E101", "a name with dots", "the name is legal for Prometheus 3 only"),
    ("E101", "is not a statement here", "the head may have a target and a window already"),
    ("E101", "ends the string", "which quotes are inside of it is not known"),
    ("E101", r"expected `\{` after the name", "which parameter is missing is not known"),
    ("E105", "half of a character", "its other half is not known"),
    ("E106", "has no metric", "the metric is not known"),
    ("E205", "the template .* has no SLO", "to leave out another SLO changes what is measured"),
    ("E208", "", "which events count is not known"),
    ("E209", "`le`", "the threshold is not known"),
    ("E212", "a sum", "SLOs are to be written"),
    ("E214", "", "the value in the right unit is not known"),
    ("E216", "raw PromQL|only one metric|no events to exclude", "a query is to be written"),
    ("E217", "has both", "the matchers stand in several places"),
    ("E218", "", "what the pattern is to match is not known"),
    ("E305", "followed by braces", "other uses of the template need them"),
    ("E407", "is not a share", "the share is not known"),
    ("E412", "", "the version of the server is not known"),
    ("E241", "", "which job serves the users is not known"),
    ("E416", "", "the query is to be changed"),
    ("E224", "", "the expression is to be split"),
    ("E227", "a count of series|a constant after|is 0 or 1", "which condition is meant is not known"),
    ("E248", "cannot be used inside", "what is meant is not known"),
    ("W306", "the parameter", "where it belongs is not known"),
    ("W307", "applies to all events", "which of the two targets is meant is not known"),
    ("W308", "a dot", "a template may be given patterns and plain strings"),
    ("W314", "", "the day is not known"),
    ("W316", "", "the lines are those of a name"),
    ("W369", "", "the day is not known"),
]
"""Diagnostics whose help says what to write, and that have no fix: their codes, what is in their messages, and why."""


def test_what_is_to_be_written_is_offered_as_a_fix() -> None:
    texts = [text for page in PAGES for _, text in programs(page)]
    problems = [one for text in texts for one in problems_of(files(text), text)]
    bare = [one for one in problems if re.search(r"\bwritt?en?\b|did you mean", one.help) and not one.fixes]
    listed = {
        (code, part) for one in bare for code, part, _ in UNFIXED if one.code == code and re.search(part, one.message)
    }
    assert listed == {(code, part) for code, part, _ in UNFIXED}
    for one in bare:
        assert any(one.code == code and re.search(part, one.message) for code, part, _ in UNFIXED), render(one)


def test_titles_are_imperatives() -> None:
    verbs = {fix.title.partition(" ")[0] for _, fix in offered()}
    assert verbs == {"add", "compare", "move", "remove", "use", "write"}


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
