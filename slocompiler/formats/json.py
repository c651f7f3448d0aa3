"""`sloc check --format json`: one object, which grammar/check.schema.json describes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.formats.locations import Locate, labels, region
from slocompiler.source import Span

SCHEMA = 2
"""The number of the shape, which grammar/check.schema.json names too."""


def write(diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """The object as text; what is no ASCII is escaped, so that no encoding on the way can harm it."""
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    data = {
        "schema": SCHEMA,
        "counts": {"errors": errors, "warnings": len(diagnostics) - errors},
        "diagnostics": [_diagnostic(diagnostic, locate) for diagnostic in diagnostics],
    }
    return json.dumps(data, indent=2)


def _diagnostic(diagnostic: Diagnostic, locate: Locate) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "severity": "error" if diagnostic.is_error else "warning",
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_place(diagnostic.span, locate),
        "labels": [{"message": label.text, **_place(label.span, locate)} for label in labels(diagnostic)],
        "fixes": [_fix(fix, locate) for fix in diagnostic.fixes],
    }


def _fix(fix: Fix, locate: Locate) -> dict[str, Any]:
    edits = [{**_place(edit.span, locate), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _place(span: Span, locate: Locate) -> dict[str, Any]:
    at = region(span)
    return {
        "path": locate(span.source) or span.source.path,
        "start": {"line": at.line, "column": at.column},
        "end": {"line": at.end_line, "column": at.end_column},
    }
