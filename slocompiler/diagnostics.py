"""Diagnostics: the table of codes, a mistake with its places, and how it looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.record import record
from slocompiler.source import Reached, Span
from slocompiler.visible import cells

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
    "E109": "what is too long or too deep to be read",
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
    "E216": "two shapes of an SLO mixed up, or half a shape",
    "E217": "matchers that contradict each other",
    "E218": "a regular expression that does not compile",
    "E301": "an import that cannot be read",
    "E302": "imports in a circle",
    "E303": "two imports that disagree",
    "E304": "an argument that a template does not have, lacks or is given twice",
    "E305": "an argument of the wrong kind",
    "E306": "a template that uses itself, or too many within one another",
    "E307": "a run of too many SLOs, or a file that makes too much",
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
    "E413": "a risk that cannot be one",
    "E414": "an error that cannot be allowed, or a doubt allowed without a reason",
    "E416": "raw PromQL that is none, or no rate",
    "E417": "slices of time that are too short or too long",
    "E418": "raw PromQL that does not say in which deployment",
    "E501": "a project file that is not YAML",
    "E502": "a key that the project file does not have, or has twice",
    "E503": "a value that a key of the project file cannot have",
    "E504": "a project that requires a newer sloc",
    "W301": "a target below 50%",
    "W302": "a page that could wait until morning",
    "W303": "a ticket that should wake someone",
    "W304": "an exhaustion alert without a burn alert",
    "W305": "a window longer than Prometheus keeps data",
    "W306": "something declared and never used",
    "W307": "a filter that matches everything",
    "W308": "a regular expression that is not what it seems",
    "W309": "a matcher that also matches what has no such label",
    "W310": "a target to which nobody is said to have agreed",
    "W311": "a target without a reason",
    "W312": "pages without a runbook",
    "W313": "risks that a target cannot carry",
    "W314": "a review that is due",
    "W315": "an `allow` that silences nothing",
    "W316": "alerts that nobody has to answer",
    "W317": "more nines than the window can hold",
    "W318": "a target far looser than the stated risks",
    "W319": "two SLOs that promise the same",
    "W320": "slices of time shorter than the scrape interval",
    "W321": "budgets per too many labels",
    "W322": "`increase` where a rate is read",
    "W323": "a moment excluded whatever the value",
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
    lead = "".join("\t" if char == "\t" else " " * cells(char) for char in line[:begin])
    return lead + mark * max(1, cells(line[begin:end]))


def visible(line: str) -> str:
    """A terminal must not act on what a file holds: control characters show as `?`-like signs, joiners may join."""
    return "".join(
        char if char in "\t\u200c\u200d" or char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line
    )
