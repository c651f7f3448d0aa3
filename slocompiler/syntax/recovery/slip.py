"""A known mistake: what to say about it, what to read instead, and what to write instead."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.record import record
from slocompiler.source import Source, Span


@record
class Slip:
    """A known mistake from `start` to `end`; read as `terminal` with `value`, where that is clear."""

    message: str
    help: str
    start: int
    end: int
    code: str = "E107"
    terminal: str = ""
    value: str = ""
    dropped: bool = False
    """Whether the parse goes on as if it were not there."""
    clear: bool = True
    """Whether another mistake on its line is one of its own."""
    renames: str = ""
    """What the name read last should have been."""
    replaces: bool = False
    """Whether it is the name read last, which is forgotten."""
    written: tuple[str, ...] = ()
    """Texts that could stand there instead, the likeliest first; "" removes it."""
    safe: bool = False
    """Whether the first of them can only be what was meant."""
    title: str = ""
    """What a fix does, if it is not that it writes the text."""

    def diagnostic(self, source: Source) -> Diagnostic:
        """How it is reported, with a fix for each of the texts."""
        span = Span(source, self.start, self.end)
        fixes: tuple[Fix, ...] = ()
        for text in self.written:
            title = self.title or (f"write `{text}`" if text else f"remove `{span.text}`")
            fixes += edits(title, (span, text), safe=self.safe)
        return Diagnostic(self.code, self.message, span, help=self.help, fixes=fixes)
