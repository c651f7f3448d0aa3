"""Diagnostics: the table of codes, and an error or a warning as a value. `formats/` renders them."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.record import record
from slocompiler.source import Reached, Span

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
    "E204": "a missing statement that is required",
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
    "E220": "a word that is no metric",
    "E221": "a gauge where a counter is needed",
    "E222": "a quantile where a histogram is needed",
    "E223": "a link that runs code",
    "E224": "a ratio where a rate is needed",
    "E225": "events that are all good, or all bad",
    "E227": "a condition that cannot change",
    "E240": "a bound that no event can stay below",
    "E241": "an alert for what is down without a job",
    "E242": "a label that is not recorded apart",
    "E243": "a proof that proves nothing",
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
    "E408": "an alert for missing data or targets that fires too early",
    "E409": "a window that is too short for the standard alerts",
    "E410": "a duplicate alert or policy step",
    "E411": "an invalid minimum of events",
    "E412": "a feature that the Prometheus version does not have",
    "E413": "an impossible risk",
    "E414": "an `allow` for an error, or without a reason",
    "E416": "invalid raw PromQL",
    "E417": "time slices that are too short or too long",
    "E418": "raw PromQL that does not select its deployment",
    "E501": "a project file that is not valid YAML",
    "E502": "an unknown or duplicate key in the project file",
    "E503": "an invalid value in the project file",
    "E504": "a project that needs a newer sloc",
    "E505": "a secret in the project file",
    "E601": "a file to import that is not YAML",
    "E602": "a missing or unreadable value to import",
    "E610": "bad events that are no part of the events",
    "E611": "a latency whose fast events are called bad",
    "E612": "a query that selects nothing",
    "E613": "a query that makes every event bad, or every event good",
    "E614": "sides of a ratio that never match",
    "E620": "a query that counts no events",
    "E621": "a query from a plugin",
    "E640": "a target to import that leaves no budget",
    "E653": "a kind of budget that sloc does not have",
    "E658": "a query for a server that does not read PromQL",
    "E661": "an SLO that the language does not take",
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
    "W322": "a function that returns no rate",
    "W323": "a condition in raw PromQL without a comparison",
    "W330": "an exclusion without a reason",
    "W335": "a pattern that is compared as text",
    "W336": "a metric with almost the name of a stream",
    "W337": "a metric that is no counter by its name",
    "W338": "a counter that is not a part of the events",
    "W339": "an owner that the project file does not have",
    "W340": "a runbook or a link that is not an address",
    "W341": "a target that changes nothing",
    "W342": "a label without a value",
    "W345": "a counter compared as a value",
    "W346": "a sum in raw PromQL that can be absent",
    "W347": "a percentage of a gauge that may count to 100",
    "W348": "a rate of a subquery",
    "W349": "labels in `by` that `per` does not have",
    "W350": "an age that must be high",
    "W351": "a budget that can be spent without an alert",
    "W352": "a minimum of events that is too high",
    "W353": "a review that comes late or never",
    "W354": "a notification that nobody gets",
    "W355": "a label that looks mistyped",
    "W356": "a label of alerts that contradicts the events",
    "W357": "slices that are good while everything is gone",
    "W358": "time slices that one bad event makes bad",
    "W359": "a minimum of events without effect",
    "W360": "a title with other figures than the SLO",
    "W361": "a placeholder instead of a name or a reason",
    "W362": "a bound that looks wrong for a latency",
    "W363": "several stakeholders in one text",
    "W601": "a query that stays PromQL",
    "W602": "series that were not added up",
    "W603": "a counter without `rate`",
    "W604": "`irate` instead of `rate`",
    "W605": "a window that is written into the query",
    "W606": "a ratio that is given as a number of events",
    "W607": "a ratio that was made up for the time without events",
    "W608": "events that were counted twice",
    "W609": "a budget of time instead of requests",
    "W622": "a plugin for SLOs that is lost",
    "W630": "a label that is lost",
    "W631": "a name that had to change",
    "W632": "a text of an alert that is lost",
    "W633": "a label of an alert that is lost",
    "W634": "an alert that cannot be kept",
    "W652": "a window that does not follow the calendar",
    "W654": "a value that goes up and down, read as a counter",
    "W660": "a value without a counterpart",
    "W663": "a service without an owner",
    "W664": "a document of another kind",
    "V701": "a selector that finds no series",
    "V702": "a label that the metric does not have",
    "V703": "a filter that finds no series",
    "V704": "a bound that is no bucket",
    "V705": "a metric of another type",
    "V706": "too many budgets, or too few events for them",
    "V707": "another scrape interval",
    "V708": "bad events that are no events",
    "V709": "a target that is down",
    "V710": "rules that the server does not have as they are built",
    "V711": "rules that are not evaluated any more",
    "V712": "a recorded ratio that the raw series contradict",
    "V713": "alerts that no Alertmanager receives",
    "V714": "a window longer than the server keeps data",
    "V715": "how an SLO is doing",
}
"""A title for each code. Its section in `diagnostics.md` explains it; the programs there run in tests.

E is an error and W a warning. V is what `sloc verify` finds on a server.
"""
_ERRORS_OF_SERVERS = ("V701", "V702", "V704", "V705")
"""The findings on a server that are errors: the SLO measures nothing, or something else."""
MAX_USES = 3
"""How many uses of a template a diagnostic shows: further ones with the same problem, or a chain of nested ones."""


def is_error(code: str) -> bool:
    """Whether a code is that of an error."""
    return code.startswith("E") or code in _ERRORS_OF_SERVERS


@record
class Label:
    """A second location that explains the diagnostic, and what is there."""

    span: Span
    text: str


@record
class Edit:
    """A text that replaces a span; with an empty span it is inserted."""

    span: Span
    text: str


@record
class Fix:
    """A way to resolve a diagnostic: edits of one file that do not overlap, and a title in the imperative."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    """Whether it is certainly what was meant and changes no meaning: `sloc check --fix` applies only safe fixes."""


@record
class Diagnostic:
    """An error or a warning: `code` is a key of CODES, `span` the location of the problem."""

    code: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    """Alternatives, the most likely first."""

    @property
    def is_error(self) -> bool:
        """Whether it is an error, which ends a build or a verification with 1; a warning does not."""
        return is_error(self.code)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics by file and location. Equal ones of several SLOs, or of several uses of a template, become one."""
    found: dict[tuple[str, int, str, str], list[Diagnostic]] = {}
    for one in diagnostics:
        found.setdefault((one.span.source.path, one.span.start, one.code, one.message), []).append(one)
    return [_merged(found[key]) for key in sorted(found)]


def _merged(found: list[Diagnostic]) -> Diagnostic:
    """The first of equal diagnostics, with labels for some of the other uses of the template that have it too."""
    by_use = {_use(one): one for one in reversed(found)}
    (_, first), *others = sorted(by_use.items(), key=lambda entry: entry[0])
    if not others or not isinstance(first.span, Reached):  # the problem is not the fault of a use
        return first
    uses = [_outermost(one.span) for _, one in others]
    *some, last = [Label(use, "and here") for use in uses[:MAX_USES]]
    rest = len(uses) - MAX_USES
    last = Label(last.span, f"and here, and {rest:,} more") if rest > 0 else last
    return Diagnostic(first.code, first.message, first.span, (*first.labels, *some, last), first.help, first.fixes)


def _use(diagnostic: Diagnostic) -> tuple[bool, str, int]:
    """The location of the outermost use of a template; a diagnostic outside of templates is first."""
    use = _outermost(diagnostic.span)
    return isinstance(diagnostic.span, Reached), use.source.path, use.start


def _outermost(span: Span) -> Span:
    while isinstance(span, Reached):
        span = span.by
    return span
