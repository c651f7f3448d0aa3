"""Diagnostics: the table of codes, and a mistake or a warning as a value. `formats/` writes them."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.record import record
from slocompiler.source import Reached, Span

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
