"""`sloc check --format json`: one object, as grammar/check.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.formats.locations import Locate, labels, region
from slocompiler.source import Span

SCHEMA = 2
"""The version of the form, which grammar/check.schema.json has, too."""


def write(diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """The object as text. It is ASCII, so that no encoding on its way can damage it."""
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
        **_location(diagnostic.span, locate),
        "labels": [{"message": label.text, **_location(label.span, locate)} for label in labels(diagnostic)],
        "fixes": [_fix(fix, locate) for fix in diagnostic.fixes],
    }


def _fix(fix: Fix, locate: Locate) -> dict[str, Any]:
    edits = [{**_location(edit.span, locate), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _location(span: Span, locate: Locate) -> dict[str, Any]:
    at = region(span)
    return {
        "path": locate(span.source) or span.source.path,
        "start": {"line": at.line, "column": at.column},
        "end": {"line": at.end_line, "column": at.end_column},
    }
