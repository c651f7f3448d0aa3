"""Diagnostics for people: location, source lines with marks, help. A terminal adds colors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.explain.words import plural
from slocompiler.formats.locations import labels
from slocompiler.source import Span
from slocompiler.visible import cells, visible

WIDEST = 160
"""Characters of a source line, or a third of a message, that are printed; of a longer line those around the mistake."""
MAX_ERRORS, MAX_WARNINGS = 20, 100
"""Errors of one file, and warnings of a run, that are printed. The others are counted."""


def write(diagnostics: Iterable[Diagnostic]) -> str:
    """All diagnostics of a run, a blank line between them, then how many there are; "" for none."""
    found = ordered(diagnostics)
    seen: Counter[str] = Counter()
    blocks = []
    for one in found:
        path = one.span.source.shown_as if one.is_error else ""
        seen[path] += 1
        if seen[path] <= (MAX_ERRORS if path else MAX_WARNINGS):
            blocks.append(render(one))
    more_warnings = seen.pop("", 0) - MAX_WARNINGS
    blocks += [
        f"{visible(path)}: {n - MAX_ERRORS} more errors are not shown" for path, n in seen.items() if n > MAX_ERRORS
    ]
    blocks += [f"{plural(more_warnings, 'more warning')} not shown"] if more_warnings > 0 else []
    return "\n\n".join([*blocks, count(found)] if found else [])


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """`2 errors and 1 warning`; "" for none."""
    errors = sum(one.is_error for one in diagnostics)
    counts = ((errors, "error"), (len(diagnostics) - errors, "warning"))
    return " and ".join(plural(n, word) for n, word in counts if n)


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic in several lines."""
    return "\n".join(_lines(diagnostic))


def _lines(diagnostic: Diagnostic) -> Iterable[str]:
    kind = "error" if diagnostic.is_error else "warning"
    message = visible(diagnostic.message)
    yield f"{kind}[{diagnostic.code}]: {message if len(message) <= 3 * WIDEST else message[: 3 * WIDEST] + '…'}"
    source = diagnostic.span.source
    marks = {source: [(diagnostic.span, "^", "")]}
    for label in labels(diagnostic):
        marks.setdefault(label.span.source, []).append((label.span, "-", label.text))
    width = max(len(str(span.line)) for found in marks.values() for span, _, _ in found)
    for where, found in marks.items():
        begin = diagnostic.span if where is source else min((span for span, _, _ in found), key=lambda span: span.start)
        yield f"{' ' * width}{'-->' if where is source else ':::'} {visible(str(begin))}"
        yield from _excerpt(found, width)
    if diagnostic.help:
        first, *rest = diagnostic.help.split("\n")
        yield f"{' ' * width} = help: {visible(first)}"
        yield from (f"{' ' * width}         {visible(line)}" for line in rest)


def _excerpt(marks: list[tuple[Span, str, str]], width: int) -> Iterable[str]:
    """The source lines of the spans in order, each with its marks and their texts below."""
    yield f"{' ' * width} |"
    last = 0
    for span, mark, text in sorted(marks, key=lambda one: (one[0].line, one[0].start)):
        if last and span.line > last + 1:
            yield f"{'…':>{width}} |"
        line, begin, end = _clipped(span)
        if span.line != last or len(span.source.line(span.line)) > WIDEST:
            yield f"{span.line:>{width}} | {visible(line)}".rstrip()
        last = span.line
        yield f"{' ' * width} | {_underline(line, begin, end, mark)} {visible(text)}".rstrip()


def _clipped(span: Span) -> tuple[str, int, int]:
    """The line of a span, cut to what is around it if it is long, and the columns of the span in that, from 0."""
    line = span.source.line(span.line)
    begin = span.start - span.source.line_start(span.line)
    end = min(begin + span.end - span.start, len(line))
    if len(line) <= WIDEST:
        return line, begin, end
    left = max(0, begin - WIDEST // 2)
    dots = "…" if left else ""
    text = dots + line[left : left + WIDEST] + ("…" if left + WIDEST < len(line) else "")
    shift = left - len(dots)
    return text, begin - shift, min(end - shift, len(text))


def _underline(line: str, begin: int, end: int, mark: str) -> str:
    """Blanks and marks as wide as the characters above them; a span of several lines is marked in its first."""
    lead = "".join("\t" if char == "\t" else " " * cells(char) for char in line[:begin])
    return lead + mark * max(1, cells(line[begin:end]))
