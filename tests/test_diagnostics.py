"""Codes and their page, how diagnostics look, and goldens of typical mistakes with what is said about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from slocompiler.codes import CODES
from slocompiler.diagnostics import Diagnostic, Label, ordered
from slocompiler.explain.code import explanation
from slocompiler.formats.text import MAX_ERRORS, MAX_WARNINGS, render, write
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.project import load
from slocompiler.source import Source, Span
from support.compile import ROOT
from support.markers import diagnostics, expected, mismatches

PAGE = (ROOT / "slocompiler" / "diagnostics.md").read_text("utf-8")
SECTIONS = {match[1]: match[0] for match in re.finditer(r"^## (\w+):.*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)}
GOLDENS = sorted((ROOT / "tests" / "golden" / "diagnostics").glob("*.txt"))
OF_SERVERS = [code for code in CODES if code.startswith("V")]
"""What `sloc verify` finds: `tests/live/test_verify_pages.py` runs their programs against a server."""
NOT_IN_TEXT = ("E108", "E418", "E506", "E509", "E511", "W320", "W339")
"""What no text in a page can show: it is about bytes, about files, or about a text and a project file."""


def project_file(text: str) -> list[Diagnostic]:
    return load(Source("sloc.yaml", text))[1]


def imported_file(text: str) -> list[Diagnostic]:
    return list(imported([Source("test.yaml", text)], Options()).problems)


# The page


def test_every_code_has_its_section_in_the_order_of_the_table() -> None:
    headings = re.findall(r"^## (\w+: .*)$", PAGE, re.MULTILINE)
    assert headings == [f"{code}: {about}" for code, about in CODES.items()]


@pytest.mark.parametrize("code", [code for code in CODES if code not in OF_SERVERS])
def test_the_programs_of_a_section_raise_what_their_markers_say(code: str) -> None:
    blocks = re.findall(r"^```(slo|yaml)\n(.*?)^```", SECTIONS[code], re.MULTILINE | re.DOTALL)
    project = next(
        (load(Source("sloc.yaml", text))[0] for language, text in blocks if language == "yaml" and code[1] != "6"), None
    )
    compiled = partial(diagnostics, project=project) if project else diagnostics
    for language, text in blocks:
        of_yaml = imported_file if code[1] == "6" else project_file
        wrong = mismatches(text, compiled if language == "slo" else of_yaml)
        assert not wrong, wrong
    raised = {marker[3] for _, text in blocks for marker in expected(text)}
    assert code in raised or code in NOT_IN_TEXT


@pytest.mark.parametrize("code", CODES)
def test_what_explain_prints_holds_no_markers(code: str) -> None:
    text = explanation(code)
    assert text.startswith(f"## {code}: ")
    assert not re.search(r"(error|warning): \[", text)
    assert "\n## " not in text


def test_every_code_that_is_raised_is_in_the_table_and_the_other_way_round() -> None:
    folders = (ROOT / "slocompiler", ROOT / "targets")
    sources = [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py")]
    raised = {code for text in sources for code in re.findall(r'(?<!\n    )"([EVW]\d{3})"(?!:)', text)}
    assert raised == set(CODES)


# How they look


def spot(text: str, part: str, path: str = "a.slo") -> Span:
    return Span(Source(path, text), text.index(part), text.index(part) + len(part))


def within(span: Span, part: str) -> Span:
    at = span.source.text.index(part)
    return Span(span.source, at, at + len(part))


def test_a_diagnostic_shows_its_place_and_its_help() -> None:
    found = Diagnostic("E203", "both", spot("a\nb good c\n", "good"), help="keep one\nor the other")
    assert render(found) == (
        "error[E203]: both\n --> a.slo:2:3\n  |\n2 | b good c\n  |   ^^^^\n  = help: keep one\n          or the other"
    )


def test_a_warning_is_called_one() -> None:
    assert render(Diagnostic("W301", "hm", spot("a", "a"))).startswith("warning[W301]: hm\n")


def test_carets_stand_below_wide_characters_and_behind_tabs() -> None:
    found = render(Diagnostic("E106", "x", spot('\tslo "日本" e\u0301 née 99%', "née"))).splitlines()
    assert found[3] == '1 | \tslo "日本" e\u0301 née 99%'
    assert found[4] == "  | \t" + " " * len('slo "') + " " * 4 + " " * len('" e ') + "^^^"
    wide = render(Diagnostic("E106", "x", spot('owner "日本"', "日本"))).splitlines()
    assert wide[4] == "  |        ^^^^"


def test_several_labels_stand_in_the_order_of_the_text() -> None:
    span = spot("one\ntwo\nthree\nfour\nfive\n", "four")
    found = Diagnostic("E201", "x", span, (Label(within(span, "five"), "later"), Label(within(span, "one"), "first")))
    assert render(found) == (
        "error[E201]: x\n --> a.slo:4:1\n  |\n1 | one\n  | --- first\n… |\n4 | four\n  | ^^^^\n5 | five\n  | ---- later"
    )


def test_a_label_on_the_same_line_has_marks_of_its_own() -> None:
    span = spot("good bad", "bad")
    found = render(Diagnostic("E203", "x", span, (Label(within(span, "good"), "here"),))).splitlines()
    assert found[3:] == ["1 | good bad", "  | ---- here", "  |      ^^^"]


def test_a_label_in_another_file_names_it() -> None:
    found = Diagnostic("E201", "x", spot("b", "b", "b.slo"), (Label(spot("\n\na", "a"), "the first is here"),))
    assert render(found).splitlines()[-4:] == [
        " ::: a.slo:3:1",
        "  |",
        "3 | a",
        "  | - the first is here",
    ]


def test_an_empty_span_at_the_end_of_a_line_has_one_caret_behind_it() -> None:
    source = Source("a.slo", "owner\nbad")
    assert render(Diagnostic("E101", "x", Span(source, 5, 5))).splitlines()[2:] == ["  |", "1 | owner", "  |      ^"]
    end = Source("a.slo", "owner\n")
    assert render(Diagnostic("E101", "x", Span(end, 6, 6))).splitlines()[2:] == ["  |", "2 |", "  | ^"]
    nothing = Source("a.slo", "")
    assert render(Diagnostic("E101", "x", Span(nothing, 0, 0))).splitlines()[1:] == [
        " --> a.slo:1:1",
        "  |",
        "1 |",
        "  | ^",
    ]


def test_a_span_of_several_lines_is_marked_in_its_first() -> None:
    assert render(Diagnostic("E101", "x", spot("alerts {\n}\n", "{\n}"))).splitlines()[3:] == [
        "1 | alerts {",
        "  |        ^",
    ]


def test_a_terminal_cannot_be_taken_over() -> None:
    text = 'owner "\x1b[31m\x07\x9b\u202e" bad'
    rendered = render(Diagnostic("E101", "not `\x1b[2J`", spot(text, "bad")))
    assert not any(char < " " and char != "\n" for char in rendered)
    assert not set("\x07\x1b\x9b\u202e") & set(rendered)
    assert "\N{REPLACEMENT CHARACTER}[31m" in rendered


def test_line_ends_of_windows_are_no_part_of_a_line() -> None:
    assert "2 | bad" in render(Diagnostic("E101", "x", spot("a\r\nbad\r\n", "bad"))).splitlines()


def test_diagnostics_are_ordered_by_file_and_location_and_reported_once() -> None:
    a, b = Source("a.slo", "xyz"), Source("b.slo", "xyz")
    twice = [Diagnostic("E101", "same", Span(a, 1, 2)) for _ in range(2)]
    found = ordered([Diagnostic("E101", "x", Span(b, 0, 1)), *twice, Diagnostic("E101", "x", Span(a, 0, 1))])
    assert [(d.span.source.path, d.span.start) for d in found] == [("a.slo", 0), ("a.slo", 1), ("b.slo", 0)]


def test_of_many_errors_of_a_file_and_many_warnings_the_first_are_printed_and_the_others_counted() -> None:
    a, b = Source("a.slo", "x" * 500), Source("b.slo", "x")
    found = [Diagnostic("E101", "x", Span(a, at, at)) for at in range(MAX_ERRORS + 5)]
    found += [Diagnostic("W301", "x", Span(a, at, at)) for at in range(MAX_WARNINGS + 1)]
    found += [Diagnostic("E101", "x", Span(b, 0, 0))]
    text = write(found)
    assert (text.count("error[E101]"), text.count("warning[W301]")) == (MAX_ERRORS + 1, MAX_WARNINGS)
    assert text.endswith(
        "\n\na.slo: 5 more errors are not shown\n\n1 more warning not shown\n\n26 errors and 101 warnings"
    )
    assert write([]) == ""


# Goldens: a text, and below the line what is said about it. A new one needs only its text; `--update` adds the rest.


LINE = "~" * 80 + "\n"


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_typical_mistakes(path: Path, golden: Callable[[Path, str], None]) -> None:
    text = path.read_bytes().decode().partition(LINE)[0]
    found = diagnostics(text)
    golden(path, text + LINE + "".join(f"{render(diagnostic)}\n\n" for diagnostic in found))


def test_of_a_long_line_only_what_is_around_the_mistake_is_shown() -> None:
    text = 'service a { owner "b" ' + " " * 500 + "ownr " + " " * 60_000 + "}"
    (problem,) = (problem for problem in diagnostics(text) if "ownr" in problem.message)
    _, _, _, line, marks, *_ = render(problem).splitlines()
    assert len(line) < 200
    assert line[marks.index("^") :].startswith("ownr")
