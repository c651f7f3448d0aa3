"""CSV: what a library of spreadsheets reads of it."""

from slocompiler.formats.spreadsheet import csv_of
from support import spreadsheet


def test_text_is_text_and_a_number_is_a_number() -> None:
    texts = ['Say "hello",\nthen pay', "shop/availability", "@payments", "route=/a,b", "büro 😀", " ", "-", "a=1+1"]
    numbers = ["0.99900000000123", "-0.25", "+3", "12"]
    rows = spreadsheet.rows(csv_of(("text", "number"), zip(texts, numbers * 2, strict=True)))
    assert [row["text"] for row in rows[:6]] == texts[:6]
    assert [row["number"] for row in rows[:4]] == [0.99900000000123, -0.25, 3, 12]


def test_no_text_is_computed() -> None:
    formulas = ["=1+1", "=HYPERLINK(A1)", "+1+cmd", "-2+3", "@SUM(1,1)", "\t=1", "\r=1", "=\n1"]
    found = spreadsheet.rows(csv_of(("text", "end"), ((text, "end") for text in formulas)))
    assert [row["text"] for row in found] == [f"'{text}" for text in formulas]


def test_the_library_would_compute_them() -> None:
    (found,) = spreadsheet.rows("text\r\n=1+1\r\n")
    assert found == {"text": {"formula": "1+1"}}
