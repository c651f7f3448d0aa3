"""Diagnostics: the table of codes, a mistake with its places, and how it looks in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from slocompiler.record import record
from slocompiler.source import Reached, Span

# What each code is about, in a line. `diagnostics.md` has a section for each, which tests execute.
CODES: dict[str, str] = {
    "E101": "unexpected syntax",
    "E102": "an unclosed string, back-quote or brace",
    "E103": "a statement in the wrong block",
    "E104": "an argument or a brace on the wrong line",
    "E105": "an unknown escape or placeholder in a string",
    "E106": "an invalid name",
    "E107": "a malformed duration, percentage or number",
    "E108": "an unreadable or oversized file",
    "E109": "a text beyond the size limits",
    "E201": "a duplicate name",
    "E202": "a duplicate statement",
    "E203": "both `good` and `bad`",
    "E204": "a missing owner, event or classification",
    "E205": "an undeclared name",
    "E206": "filters joined with `+`, or counters joined with `or`",
    "E207": "a sum that selects one metric twice",
    "E208": "an exclusion that does not fit another counter",
    "E209": "a reserved label",
    "E210": "an empty or impossible filter",
    "E212": "a threshold or unit that does not fit the events",
    "E213": "a part of a histogram instead of the histogram",
    "E214": "a value in the wrong unit",
    "E215": "an unsuitable label in `per` or `target {…}`",
    "E216": "incompatible or incomplete ways to measure",
    "E217": "contradictory matchers",
    "E218": "an invalid regular expression",
    "E301": "an unreadable import",
    "E302": "an import cycle",
    "E303": "conflicting imports",
    "E304": "a missing, unknown or repeated template argument",
    "E305": "a template argument of the wrong kind",
    "E306": "a template that uses itself, or nests too deeply",
    "E307": "a run or a file over the quota",
    "E401": "a target without an error budget, or outside 0% to 100%",
    "E402": "a window that follows the calendar",
    "E403": "a window of an unsupported length",
    "E404": "an alert that fires while the SLO is met",
    "E405": "an alert that can never fire",
    "E406": "an alert window that is too short or too long",
    "E407": "a share outside its range",
    "E408": "a no-data alert that fires too early",
    "E409": "a window that is too short for the standard alerts",
    "E410": "a duplicate alert or policy step",
    "E411": "an invalid minimum of bad events",
    "E412": "a feature that the Prometheus version does not have",
    "E413": "an impossible risk",
    "E414": "an `allow` for an error, or without a reason",
    "E416": "invalid raw PromQL",
    "E417": "time slices that are too short or too long",
    "E418": "raw PromQL that does not select its deployment",
    "E501": "a project file that is not valid YAML",
    "E502": "an unknown or duplicate key in the project file",
    "E503": "an invalid value in the project file",
    "W301": "a target below 50%",
    "W302": "a page that could be a ticket",
    "W303": "a ticket that should be a page",
    "W304": "an exhaustion alert without a burn-rate alert",
    "W305": "a window longer than Prometheus keeps data",
    "W306": "an unused declaration",
    "W307": "a filter that matches everything",
    "W308": "a misleading regular expression",
    "W309": "a matcher that also matches series without the label",
    "W310": "a target without stakeholders",
    "W311": "a target without a reason",
    "W312": "pages without a runbook",
    "W313": "risks that exceed the error budget",
    "W314": "an overdue review",
    "W315": "an unnecessary `allow`",
    "W316": "alerts without a page or a ticket",
    "W317": "a target that is too strict for its window",
    "W318": "a target far looser than the known risks",
    "W319": "two identical SLOs",
    "W320": "time slices shorter than the scrape interval",
    "W321": "separate budgets for too many labels",
    "W322": "`increase` instead of `rate`",
    "W323": "an `exclude when` without a comparison",
}

WIDEST = 160
"""Of a longer line only what is around the mistake is shown."""
MAX_SHOWN = 20
"""So many errors are shown of one file; the rest is counted."""

MAX_USES = 3
"""So many uses of a template are shown of those that share a mistake, and of those within one another."""


@record
class Label:
    """A second place that helps to understand the first."""

    span: Span
    text: str


@record
class Edit:
    """Text that replaces a span; an empty span inserts."""

    span: Span
    text: str


@record
class Fix:
    """What would mend a diagnostic: edits of one file that do not overlap, and a title in the imperative."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    """Whether it can only be what was meant, so that `sloc check --fix` applies it unasked."""


@record
class Diagnostic:
    """One mistake or doubt: `code` is a key of CODES, `span` the place to look at."""

    code: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    """Alternatives, the likeliest first."""

    @property
    def is_error(self) -> bool:
        """Whether it stops the build; a warning does not."""
        return self.code.startswith("E")

    def render(self) -> str:
        """As people read it in a terminal: place, source lines, carets, help."""
        return "\n".join(_lines(self))


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """By file and place, each once: what several SLOs inherit, or uses of a template share, is told of once."""
    found: dict[tuple[str, int, str, str], list[Diagnostic]] = {}
    for one in diagnostics:
        found.setdefault((one.span.source.path, one.span.start, one.code, one.message), []).append(one)
    return [_united(found[key]) for key in sorted(found)]


def _united(found: list[Diagnostic]) -> Diagnostic:
    """The first of those that say the same of one place; of the other uses of a template that they concern, some."""
    by_use = {_use(one): one for one in reversed(found)}
    (_, first), *others = sorted(by_use.items(), key=lambda entry: entry[0])
    if not others or not isinstance(first.span, Reached):  # nobody who uses it can help it
        return first
    places = [_outermost(one.span) for _, one in others]
    *some, last = [Label(place, "and here") for place in places[:MAX_USES]]
    rest = len(places) - MAX_USES
    last = Label(last.span, f"and here, and {rest:,} more") if rest > 0 else last
    return Diagnostic(first.code, first.message, first.span, (*first.labels, *some, last), first.help, first.fixes)


def _use(diagnostic: Diagnostic) -> tuple[bool, str, int]:
    """Of the use of a template because of which its place counts; without one it is the first."""
    place = _outermost(diagnostic.span)
    return isinstance(diagnostic.span, Reached), place.source.path, place.start


def _outermost(span: Span) -> Span:
    while isinstance(span, Reached):
        span = span.by
    return span


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
    labels = (*diagnostic.labels, *reached(diagnostic.span))
    places = {source: [(diagnostic.span, "^", "")]}
    for label in labels:
        places.setdefault(label.span.source, []).append((label.span, "-", label.text))
    width = max(len(str(span.line)) for found in places.values() for span, _, _ in found)
    for where, found in places.items():
        begin = diagnostic.span if where is source else min((span for span, _, _ in found), key=lambda span: span.start)
        yield f"{' ' * width}{'-->' if where is source else ':::'} {begin}"
        yield from _excerpt(found, width)
    if diagnostic.help:
        first, *rest = diagnostic.help.split("\n")
        yield f"{' ' * width} = help: {first}"
        yield from (f"{' ' * width}         {line}" for line in rest)


def reached(span: Span) -> list[Label]:
    """The other places because of which a place counts, nearest first; of many the nearest, and where it began."""
    found = []
    while isinstance(span, Reached):
        found.append(Label(span.by, span.because))
        span = span.by
    return found if len(found) <= MAX_USES else [*found[: MAX_USES - 1], found[-1]]


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
