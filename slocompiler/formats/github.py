"""`sloc check --format github`: a workflow command for each diagnostic, and a summary of the step in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.formats import markdown
from slocompiler.formats.locations import Locate, Region, anchor, region
from slocompiler.source import Span
from slocompiler.visible import visible

SUMMARY_MOST = 900_000
"""Bytes of a summary; GitHub refuses a step's that is larger than 1 MiB."""


def write(diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """A line for each, by which GitHub marks the place in the change; it shows ten errors and ten warnings of a step."""
    return "\n".join(_command(diagnostic, locate) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, locate: Locate) -> str:
    span, others = anchor(diagnostic, locate)
    kind = "error" if diagnostic.is_error else "warning"
    properties = {**_place(span, locate), "title": f"sloc {diagnostic.code}"}
    lines = [diagnostic.message, *diagnostic.help.split("\n")]
    lines += [f"{label.text}: {_named(label.span, locate)}" for label in others]
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = "\n".join(visible(line) for line in lines if line)
    return f"::{kind} {said}::{_data(text)}"


def _place(span: Span, locate: Locate) -> dict[str, str | int]:
    """The properties of a place; the runner takes columns of one line only, and reads what is no file as none."""
    path = locate(span.source)
    if path is None:
        return {}
    at = region(span)
    place: dict[str, str | int] = {"file": path, "line": at.line, "endLine": _last_line(at)}
    if at.line == at.end_line:
        place |= {"col": at.column, "endColumn": at.end_column}
    return place


def _last_line(at: Region) -> int:
    """The last line of which something is meant: an end at the first column means the line before."""
    return at.end_line - 1 if at.end_column == 1 and at.end_line > at.line else at.end_line


def _named(span: Span, locate: Locate) -> str:
    return f"{locate(span.source) or span.source.path}:{span.line}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# The summary of the step


def summary(diagnostics: Sequence[Diagnostic], locate: Locate, title: str) -> str:
    """A table of all diagnostics below `title`; what is beyond the limit of GitHub is counted."""
    if not diagnostics:
        return f"### {markdown.text(title)}\n\n"
    lines = [f"### {markdown.text(title)}", "", "| code | place | |", "|---|---|---|"]
    size = 0
    for shown, row in enumerate(_rows(diagnostics, locate)):
        size += len(row.encode("utf-8", "replace")) + 1
        if size > SUMMARY_MOST:
            lines += ["", f"{len(diagnostics) - shown:,} more are not shown here; the log has them."]
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
        said = "<br>".join(part for part in parts if part)
        yield f"| {kind} {diagnostic.code} | {markdown.code(_named(span, locate), True)} | {said} |"
