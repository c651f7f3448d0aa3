"""The diagnostics of braces that are missing, or too many."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits, remove
from slocompiler.source import Span
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.recovery.unexpected import homes
from slocompiler.syntax.tokens import Token


def unclosed(trouble: Trouble, where: str) -> Diagnostic:
    """E102 for the innermost open brace."""
    index = trouble.stack.open_brace()
    assert index is not None, "a block is open"
    brace: Token = trouble.stack.values[index]
    half = trouble.scan.half_open(brace.end, trouble.before)
    if half >= 0:
        line = trouble.source.line_number(half)
        closes = Span(trouble.source, trouble.before - 1, trouble.before)
        here = (Label(closes, f"this `}}` closes the `{{` of line {line}"),)
        end = Span(trouble.source, half, half)
        return Diagnostic("E102", "a `}` is missing on this line", end, here, fixes=edits("add `}`", (end, "}")))
    if inner := trouble.scan.outdented(brace.end, trouble.before):
        return _outdented(trouble, *inner)
    labels = (Label(brace, "opened here"),) if brace.text else ()
    return Diagnostic("E102", f"a `}}` is missing {where}", trouble.gap, labels)


def _outdented(trouble: Trouble, opening: int, close: int) -> Diagnostic:
    """E102 for a block inside of the open one: the `}` that ends it belongs to a block around it."""
    scan, source = trouble.scan, trouble.source
    at = scan.end_of_code(scan.line_start(close))
    end = Span(source, at, at)
    fixes = edits("add `}`", (end, f"\n{scan.margin(opening)}}}"))
    labels = (
        Label(Span(source, opening, opening + 1), "opened here"),
        Label(Span(source, close, close + 1), "by its indentation, this `}` belongs to another block"),
    )
    return Diagnostic("E102", "a `}` is missing after this line", end, labels, fixes=fixes)


def closing(report: Diagnostic, trouble: Trouble, opened: list[Token]) -> Diagnostic:
    """The report of unclosed braces, with a fix that closes each on its own line."""
    if report.fixes or any(brace.end == brace.start for brace in opened):
        return report
    lines = [f"\n{trouble.scan.margin(brace.start)}}}" for brace in reversed(opened)]
    fixes = edits("add `}`", (trouble.gap, "".join(lines)))
    return Diagnostic(report.code, report.message, report.span, report.labels, report.help, fixes)


def overclosed(trouble: Trouble) -> Diagnostic:
    """E102 for the `}` before the token, which closes its block too early."""
    brace: Token = trouble.stack.values[-1]
    here = (Label(trouble.span, homes(trouble.token.value)),)
    help = "remove one `}`: the file has more of them than `{`"
    return Diagnostic("E102", "this `}` is one too many", brace, here, help, remove("remove this `}`", brace))
