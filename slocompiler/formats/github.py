"""`sloc check --format github`: a workflow command for each diagnostic, and a summary of the step in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.formats import markdown
from slocompiler.formats.locations import Locate, Region, anchor, region
from slocompiler.source import Span
from slocompiler.visible import visible

SUMMARY_MOST = 900_000
"""Bytes of a summary. GitHub rejects one of more than 1 MiB."""


def write(diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """One workflow command per diagnostic. GitHub shows ten errors and ten warnings of a step in the changed files."""
    return "\n".join(_command(diagnostic, locate) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, locate: Locate) -> str:
    span, others = anchor(diagnostic, locate)
    kind = "error" if diagnostic.is_error else "warning"
    properties = {**_location(span, locate), "title": f"sloc {diagnostic.code}"}
    lines = [diagnostic.message, *diagnostic.help.split("\n")]
    lines += [f"{label.text}: {_named(label.span, locate)}" for label in others]
    about = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "\n".join(visible(line) for line in lines if line)
    return f"::{kind} {about}::{_data(text)}"


def _location(span: Span, locate: Locate) -> dict[str, str | int]:
    """The properties of a location. The runner accepts columns only within one line. A source without a file has none."""
    path = locate(span.source)
    if path is None:
        return {}
    at = region(span)
    found: dict[str, str | int] = {"file": path, "line": at.line, "endLine": _last_line(at)}
    if at.line == at.end_line:
        found |= {"col": at.column, "endColumn": at.end_column}
    return found


def _last_line(at: Region) -> int:
    """The last line of a region; an end in the first column belongs to the line before."""
    return at.end_line - 1 if at.end_column == 1 and at.end_line > at.line else at.end_line


def _named(span: Span, locate: Locate) -> str:
    return f"{locate(span.source) or span.source.path}:{span.line}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# The summary of the step


def summary(diagnostics: Sequence[Diagnostic], locate: Locate, title: str) -> str:
    """A table of all diagnostics below `title`; those beyond the limit of GitHub are counted."""
    if not diagnostics:
        return f"### {markdown.text(title)}\n\n"
    lines = [f"### {markdown.text(title)}", "", "| code | location | |", "|---|---|---|"]
    size = 0
    for shown, row in enumerate(_rows(diagnostics, locate)):
        size += len(row.encode("utf-8", "replace")) + 1
        if size > SUMMARY_MOST:
            lines += ["", f"{len(diagnostics) - shown:,} more are not shown here. The log has them."]
            break
        lines.append(row)
    return "\n".join([*lines, "", ""])


def _rows(diagnostics: Sequence[Diagnostic], locate: Locate) -> Iterator[str]:
    for diagnostic in diagnostics:
        span, others = anchor(diagnostic, locate)
        kind = "error" if diagnostic.is_error else "warning"
        parts = [markdown.prose(line, in_table=True) for line in (diagnostic.message, *diagnostic.help.split("\n"))]
        parts += [
            f"{markdown.prose(one.text, True)}: {markdown.code(_named(one.span, locate), True)}" for one in others
        ]
        text = "<br>".join(part for part in parts if part)
        yield f"| {kind} {diagnostic.code} | {markdown.code(_named(span, locate), True)} | {text} |"
