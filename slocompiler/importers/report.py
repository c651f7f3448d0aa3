"""What became of an import, for people and for programs: every SLO, and every value of the documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.importers.document import Field
from slocompiler.record import record

SCHEMA = 1
"""The version of the JSON form, which grammar/import.schema.json describes."""

_WORDS = {
    "filters": "by filters",
    "counters": "by counters",
    "bound": "by a bound",
    "slices": "by slices",
    "raw": "as PromQL",
    "refused": "refused",
}


class Row:
    """An SLO of another tool, and what became of it."""

    def __init__(self, tool: str, root: Field, field: Field, old: str) -> None:
        self.tool, self.root, self.field, self.old = tool, root, field, old
        self.new, self.how = "", "refused"
        self.codes: tuple[str, ...] = ()
        """Those of the diagnostics about it; of a refused one, the last is the reason."""

    def place(self, new: str, how: str, codes: tuple[str, ...]) -> None:
        """Say what it is called now, how it is written, and the codes of what is reported about it."""
        self.new, self.how, self.codes = new, how, tuple(dict.fromkeys(codes))


@record
class Import:
    """The files of an import, and what there is to report about it."""

    files: dict[str, str]
    """Name to text."""
    rows: tuple[Row, ...]
    documents: tuple[Field, ...]
    problems: tuple[Diagnostic, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is refused, and no query contradicts itself."""
        return not any(problem.is_error for problem in self.problems)


def as_text(of: Import, folder: str) -> str:
    """A line for each SLO below its file, and a summary."""
    lines = list[str]()
    by_file: dict[tuple[str, str], list[Row]] = {}
    for row in of.rows:
        by_file.setdefault((row.field.span.source.shown_as, row.tool), []).append(row)
    width = max((len(row.new or row.old) for row in of.rows), default=0)
    for (path, tool), rows in by_file.items():
        files = sorted({f"{folder}/{row.new.partition('/')[0]}.slo" for row in rows if row.new})
        lines.append(f"{path} ({tool}): {plural(len(rows), 'SLO')}" + (f" → {', '.join(files)}" if files else ""))
        for row in rows:
            lines.append(f"  {row.new or row.old:<{width}}  {row.how:<8}  {' '.join(row.codes)}".rstrip())
    return "\n".join([*lines, _summary(of)])


def _summary(of: Import) -> str:
    """`24 SLOs: 19 by filters, 3 by a bound, 1 as PromQL, 1 refused`."""
    counts = dict[str, int]()
    for row in of.rows:
        counts[row.how] = counts.get(row.how, 0) + 1
    parts = [f"{counts[how]:,} {words}" for how, words in _WORDS.items() if how in counts]
    return f"{plural(len(of.rows), 'SLO')}" + (f": {', '.join(parts)}" if parts else "")


def as_json(of: Import, comparison: Sequence[Mapping[str, Any]] = ()) -> str:
    """The object that grammar/import.schema.json describes, as text. It is ASCII."""
    data = {
        "schema": SCHEMA,
        "files": sorted(of.files),
        "slos": [_slo(row) for row in of.rows],
        "values": [_value(leaf) for root in of.documents for leaf in root.leaves()],
        "diagnostics": [_diagnostic(one) for one in of.problems],
        "comparison": list(comparison),
    }
    return json.dumps(data, indent=2)


def _slo(row: Row) -> dict[str, Any]:
    return {
        "tool": row.tool,
        **_location(row.field),
        "from": row.old,
        "to": row.new or None,
        "as": row.how,
        "codes": list(row.codes),
    }


def _value(leaf: Field) -> dict[str, Any]:
    return {**_location(leaf), "name": leaf.path, "status": leaf.fate, "code": leaf.code or None}


def _location(field: Field) -> dict[str, Any]:
    return {"path": field.span.source.shown_as, "line": field.span.line, "column": field.span.column}


def _diagnostic(one: Diagnostic) -> dict[str, Any]:
    where = {"path": one.span.source.shown_as, "line": one.span.line, "column": one.span.column}
    severity = "error" if one.is_error else "warning"
    return {"code": one.code, "severity": severity, "message": one.message, "help": one.help, **where}
