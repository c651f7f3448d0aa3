"""Diagnostics: the table of codes, a mistake with its places, and how it looks in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from slocompiler.record import record
from slocompiler.source import Span

# What each code is about, in a line. `diagnostics.md` has a section for each, which tests execute.
CODES: dict[str, str] = {
    "E101": "what the grammar does not expect here",
    "E102": "a string, a back-quote or a brace that is not closed",
    "E103": "a statement where it may not stand",
    "E104": "an argument or a brace on another line than its word",
    "E105": "a string with an unknown escape or interpolation",
    "E106": "a name that cannot be one",
    "E107": "a duration, percentage or number of the wrong form",
    "E108": "a file that cannot be read as text, or is too large",
    "E201": "two of one name",
    "E202": "a statement said twice",
    "E203": "`good` and `bad` both given",
    "E204": "something required is missing",
    "E205": "a name that nothing declares",
    "E206": "`or` and `+` mixed up",
    "E207": "two selectors of one metric in a sum",
    "E208": "an exclusion that another counter cannot take over",
    "E209": "a label that may not be used",
    "E210": "an empty selection",
    "E212": "a bound, or a unit, that does not fit what is measured",
    "E213": "a part of a histogram instead of the histogram",
    "E214": "a bound in another unit than the metric",
    "E215": "a label of `per` or `target {…}` that cannot be one",
    "E401": "a target that leaves no error budget, or no objective",
    "E402": "a window that follows the calendar",
    "E403": "a window that is too short or too long",
    "E404": "an alert that fires on a service that keeps its promise",
    "E405": "an alert that cannot fire",
    "E406": "an alert window that is too short, or longer than the SLO's",
    "E407": "a share of the budget that is no share",
    "E408": "a no-data alert that is too quick",
    "E409": "a window that the standard policy does not know",
    "E410": "an alert line or policy step given twice",
    "E411": "a count of bad events that is no count",
    "E412": "what the server named in the project lacks",
    "E501": "a project file that is not YAML",
    "E502": "a key that the project file does not have, or has twice",
    "E503": "a value that a key of the project file cannot have",
    "E901": "a statement that this version does not compile yet",
    "W301": "a target below 50%",
    "W302": "a page that could wait until morning",
    "W303": "a ticket that should wake someone",
    "W304": "an exhaustion alert without a burn alert",
    "W305": "a window longer than Prometheus keeps data",
}

WIDEST = 160
"""Of a longer line only what is around the mistake is shown."""
MAX_SHOWN = 20
"""So many errors are shown of one file; the rest is counted."""


@record
class Label:
    """A second place that helps to understand the first."""

    span: Span
    text: str


@record
class Diagnostic:
    """One mistake or doubt: `code` is a key of CODES, `span` the place to look at."""

    code: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    help: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it stops the build; a warning does not."""
        return self.code.startswith("E")

    def render(self) -> str:
        """As people read it in a terminal: place, source lines, carets, help."""
        return "\n".join(_lines(self))


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file and place, each once: a setting that several SLOs inherit is told of once."""
    once = {(d.span.source.path, d.span.start, d.code, d.message): d for d in diagnostics}
    return [once[key] for key in sorted(once)]


def shown(diagnostics: Iterable[Diagnostic]) -> tuple[list[Diagnostic], dict[str, int]]:
    """What is worth printing, in order, and how many errors of each file are left out."""
    keep: list[Diagnostic] = []
    count: dict[str, int] = {}
    for diagnostic in ordered(diagnostics):
        path = diagnostic.span.source.shown_as
        if diagnostic.is_error:
            count[path] = count.get(path, 0) + 1
        if not diagnostic.is_error or count[path] <= MAX_SHOWN:
            keep.append(diagnostic)
    return keep, {path: n - MAX_SHOWN for path, n in count.items() if n > MAX_SHOWN}


def _lines(diagnostic: Diagnostic) -> Iterable[str]:
    kind = "error" if diagnostic.is_error else "warning"
    message = visible(diagnostic.message)
    yield f"{kind}[{diagnostic.code}]: {message if len(message) <= 3 * WIDEST else message[: 3 * WIDEST] + '…'}"
    source = diagnostic.span.source
    here = [(diagnostic.span, "^", "")]
    here += [(label.span, "-", label.text) for label in diagnostic.labels if label.span.source is source]
    width = max(len(str(span.line)) for span, _, _ in here)
    yield f"{' ' * width}--> {diagnostic.span}"
    yield from _excerpt(here, width)
    for label in diagnostic.labels:
        if label.span.source is not source:
            yield f"{' ' * width}::: {label.span}"
            yield from _excerpt([(label.span, "-", label.text)], width)
    if diagnostic.help:
        first, *rest = diagnostic.help.split("\n")
        yield f"{' ' * width} = help: {first}"
        yield from (f"{' ' * width}         {line}" for line in rest)


def _excerpt(places: list[tuple[Span, str, str]], width: int) -> Iterable[str]:
    """The source lines of `places` in order, each with its marks below."""
    yield f"{' ' * width} |"
    last = 0
    for span, mark, text in sorted(places, key=lambda place: (place[0].line, place[0].start)):
        if last and span.line > last + 1:
            yield f"{'…':>{width}} |"
        line, begin, end = _clipped(span)
        if span.line != last or len(span.source.line(span.line)) > WIDEST:
            yield f"{span.line:>{width}} | {visible(line)}".rstrip()
        last = span.line
        yield f"{' ' * width} | {_underline(line, begin, end, mark)} {text}".rstrip()


def _clipped(span: Span) -> tuple[str, int, int]:
    """The line of a place, what is around it where it is long, and where the place begins and ends in that."""
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
    """Blanks and marks as wide as what stands above; a span of many lines is marked in its first."""
    lead = "".join("\t" if char == "\t" else " " * _width(char) for char in line[:begin])
    return lead + mark * max(1, sum(_width(char) for char in line[begin:end]))


def visible(line: str) -> str:
    """A terminal must not act on what a file holds: control characters show as `?`-like signs, joiners may join."""
    return "".join(
        char if char in "\t\u200c\u200d" or char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line
    )


def _width(char: str) -> int:
    """Terminal cells that a character takes."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
