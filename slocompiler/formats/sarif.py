"""`sloc check --format sarif`: SARIF 2.1.0, for GitHub's code scanning and other viewers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from slocompiler import __version__
from slocompiler.codes import CODES, is_error
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.explain.code import explanations
from slocompiler.formats.fingerprint import line_hashes
from slocompiler.formats.locations import Locate, anchor
from slocompiler.source import Source, Span
from slocompiler.visible import visible

_ROOT = "%SRCROOT%"
"""The name, known to viewers, of the folder that paths are relative to."""
_BOM = "\ufeff"


def write(diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """A log of one run. Its rules are all codes, so that two logs differ only in their results."""
    results = [_result(diagnostic, locate) for diagnostic in diagnostics]
    run = {
        "tool": {"driver": {"name": "sloc", "semanticVersion": __version__, "rules": _rules()}},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": results,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


# Rules


def _rules() -> list[dict[str, Any]]:
    sections = explanations()
    return [_rule(code, about, sections[code]) for code, about in CODES.items()]


def _rule(code: str, about: str, section: str) -> dict[str, Any]:
    level = "error" if is_error(code) else "warning"
    body = section.partition("\n")[2].strip()
    reason = re.sub(r"\s+", " ", body.partition("\n\n")[0])
    return {
        "id": code,
        "shortDescription": {"text": f"{about[0].upper()}{about[1:]}."},
        "fullDescription": {"text": reason[:1024]},
        "help": {"text": body, "markdown": body},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["slo"], "precision": "very-high", "problem.severity": level},
    }


# Results


def _result(diagnostic: Diagnostic, locate: Locate) -> dict[str, Any]:
    span, others = anchor(diagnostic, locate)
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": list(CODES).index(diagnostic.code),
        "level": "error" if diagnostic.is_error else "warning",
        "message": {"text": _message(diagnostic, others)},
        "locations": [{"physicalLocation": _physical(span, locate)}],
        "partialFingerprints": {"primaryLocationLineHash": _hashes(span.source)[span.line]},
    }
    if others:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": _plain(label.text)}, "physicalLocation": _physical(label.span, locate)}
            for number, label in enumerate(others, 1)
        ]
    if diagnostic.fixes:
        result["fixes"] = [_fix(fix, locate) for fix in diagnostic.fixes]
    return result


def _fix(fix: Fix, locate: Locate) -> dict[str, Any]:
    """A fix in the form of SARIF. All of its edits are in one file; an empty region inserts."""
    edits = [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}} for edit in fix.edits]
    change = {"artifactLocation": _artifact(fix.edits[0].span.source, locate), "replacements": edits}
    return {"description": {"text": _sentence(fix.title)}, "artifactChanges": [change]}


def _message(diagnostic: Diagnostic, others: list[Label]) -> str:
    """The message, its help, and a link to each label: GitHub shows no related location without a link.

    The standard doubles braces (3.11.5). They stay single here, because viewers show the text as it is, and none takes
    a brace for a placeholder in a message without arguments.
    """
    lines = [_sentence(diagnostic.message), *map(_plain, diagnostic.help.split("\n"))]
    lines += [f"[{_link(label.text)}]({number})" for number, label in enumerate(others, 1)]
    return "\n".join(line for line in lines if line)


def _sentence(message: str) -> str:
    """The message as a sentence, because GitHub shows only the first sentence in lists."""
    text = _plain(message)
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _plain(text: str) -> str:
    """Text in which nothing reads as an embedded link."""
    return re.sub(r"\[(?=[^\]]*\]\()", r"\\[", visible(text))


def _link(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", visible(text))


# Locations


def _physical(span: Span, locate: Locate) -> dict[str, Any]:
    return {"artifactLocation": _artifact(span.source, locate), "region": _region(span)}


def _artifact(source: Source, locate: Locate) -> dict[str, str]:
    """A file of the repository by its path from the root, another file by its URL, any other source by its name."""
    path = locate(source)
    if path is None:
        return {"uri": quote(source.path)}
    return {"uri": f"file://{quote(path)}"} if path.startswith("/") else {"uri": quote(path), "uriBaseId": _ROOT}


def _region(span: Span) -> dict[str, int]:
    """Lines, columns, offset and length in code units of UTF-16. A byte order mark does not count."""
    source, (begin, end) = span.source, (span.start, span.end)
    first, last = source.line_number(begin), source.line_number(end)
    mark = len(_BOM) if source.text.startswith(_BOM) else 0
    return {
        "startLine": first,
        "startColumn": _units(source, max(source.line_start(first), mark), begin) + 1,
        "endLine": last,
        "endColumn": _units(source, max(source.line_start(last), mark), end) + 1,
        "charOffset": _units(source, mark, begin),
        "charLength": _units(source, max(begin, mark), end),
    }


def _units(source: Source, begin: int, end: int) -> int:
    """The number of code units between two offsets; a character beyond the basic plane is two."""
    return len(source.text[begin:end].encode("utf-16-le", "surrogatepass")) // 2


@cache
def _hashes(source: Source) -> dict[int, str]:
    return line_hashes(source.text)
