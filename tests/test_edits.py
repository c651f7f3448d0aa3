"""How fixes edit a text: statements, items of lists and blocks, whatever stands around them."""

from __future__ import annotations

import pytest

from slocompiler.diagnostics import Fix
from slocompiler.fixes import add_statement, correct, edits, remove, remove_item
from slocompiler.source import Reached, Source, Span
from support.edited import changed


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


@pytest.mark.parametrize(("name", "after"), [("evnts", "a events c"), ("events", "a events c"), ("zzz", None)])
def test_a_name_is_corrected_by_one_that_is_like_it(name: str, after: str | None) -> None:
    source, span = mark(f"a [[{name}]] c")
    fixes = correct(span, name, ["events", "owner"])
    assert (fixed(source, fixes) if fixes else None) == after
