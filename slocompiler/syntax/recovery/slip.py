"""A known mistake: its message, how the parser reads it, and its fixes."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.record import record
from slocompiler.source import Source, Span


@record
class Slip:
    """A known mistake from `start` to `end`. The parser reads it as `terminal` with `value`, if they are known."""

    message: str
    help: str
    start: int
    end: int
    code: str = "E107"
    terminal: str = ""
    value: str = ""
    dropped: bool = False
    """Whether the parse continues as if it were not there."""
    clear: bool = True
    """Whether another mistake on its line is reported too."""
    renames: str = ""
    """What the name before it should be."""
    replaces: bool = False
    """Whether it is the name read last, which is dropped."""
    written: tuple[str, ...] = ()
    """Texts that could replace it, the likeliest first; "" removes it."""
    safe: bool = False
    """Whether it can only mean the first of them."""
    title: str = ""
    """The title of the fix, if it is not that it writes the text."""

    def diagnostic(self, source: Source) -> Diagnostic:
        """Its diagnostic, with a fix for each of the texts."""
        span = Span(source, self.start, self.end)
        fixes: tuple[Fix, ...] = ()
        for text in self.written:
            title = self.title or (f"write `{text}`" if text else f"remove `{span.text}`")
            fixes += edits(title, (span, text), safe=self.safe)
        return Diagnostic(self.code, self.message, span, help=self.help, fixes=fixes)
