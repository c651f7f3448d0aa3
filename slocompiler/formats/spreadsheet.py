"""Tables as CSV, for spreadsheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from io import StringIO

_FORMULA = re.compile(r"[=\t\r]|[+-](?![0-9.]+\Z)|@.*\(", re.DOTALL)
"""How a text begins that a spreadsheet computes. A number may begin with a sign, and the name of a team with `@`."""


def csv_of(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A header and a line for each row, as RFC 4180 has them. An apostrophe stands before what would be a formula."""
    text = StringIO()
    written = csv.writer(text)
    written.writerow(columns)
    written.writerows(_harmless(row) for row in rows)
    return text.getvalue()


def _harmless(row: Iterable[object]) -> list[object]:
    return [f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in row]
