"""The result of a comparison: changes in words of the domain, each once with the SLOs that it affects."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from slocompiler import burn
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.explain.words import Unit
from slocompiler.ir import Severity
from slocompiler.record import value

KINDS: dict[str, str] = {
    "uncompared": "BASE does not compile, so the changes are unknown",
    "removed": "an SLO was removed, everywhere or from a deployment, or a deployment with its rules",
    "renamed": "an SLO was renamed: its history is lost",
    "continued": "an SLO was renamed with `formerly`: its history is kept",
    "restarted": "the recorded series of an SLO have other labels: its history is lost",
    "loosened": "a target, of an SLO, of some values of `per` or in a deployment, has a larger budget",
    "unreasoned": "a target was loosened without a new `because`",
    "easier": "bad events count as good now, or are excluded: a laxer bound, fewer bad filters, more exclusions",
    "excepted": "an incident does not count any more, or counts again: `except`",
    "drafted": "an SLO became a draft, which has no alerts",
    "silenced": "an alert was removed, fires later or is less urgent: a line, a draft, a deployment, a severity",
    "overburdened": "the risks do not fit into the budget any more",
    "tightened": "a target, of an SLO, of some values of `per` or in a deployment, has a smaller budget",
    "harder": "good events count as bad now",
    "added": "an SLO was added, also to a deployment",
    "live": "a draft became an SLO",
    "window": "the window of the target changed",
    "formerly": "other former names: their history counts too, or no longer",
    "indicator": "which events count, or which of them are bad, changed",
    "exclusions": "the exclusions changed: `exclude`, `exclude when`, `maintenance`",
    "per": "the labels or the targets of `per` changed",
    "alerts": "an alert was added, removed or changed",
    "risks": "a risk was added, removed or changed",
    "project": "a setting of the project file changed, for all SLOs",
    "owner": "the team that is paged changed",
    "stakeholders": "the people who agreed to the target changed",
    "because": "the reason for the target changed",
    "policy": "an action for a low budget changed",
    "review": "the time of the next review changed",
    "feedback": "what users said was added, removed or changed",
    "title": "the title of an SLO or a service changed",
    "runbook": "the address of the runbook changed",
    "links": "a link changed",
    "labels": "a label on alerts changed",
}
"""All kinds of changes with their meanings, the most important first. `--fail-on` takes them."""
PAGES = "pages"
"""What `--fail-on` takes, too: more pages than a shift can bear, by a backtest."""


def changed(before: str | None, after: str | None, *name: str | Code) -> Phrase:
    """User text before and after: `payments → shop`, `added: shop`; with a name `Wiki: …`, `Wiki added: …`."""
    if before and after:
        return (*name, *((": ",) if name else ()), Code(before), " → ", Code(after))
    verb, text = ("added", after) if after else ("removed", before)
    return (*name, f"{' ' if name else ''}{verb}: ", Code(text or ""))


@value()
class Budget:
    """The error budget of a target over a window in seconds."""

    target: Decimal
    window: int
    counts: Unit

    @property
    def outage(self) -> int:
        """Seconds of full outage in the window, at even traffic."""
        return int(burn.budget(self.target) * self.window)

    @property
    def per_million(self) -> Fraction:
        """The number of events in a million that may be bad."""
        return burn.budget(self.target) * 10**6


@value()
class Detection:
    """When an alert line detects a share of errors: after how many seconds, and with which share of the budget spent."""

    seconds: Fraction
    spent: Fraction


@value()
class Line:
    """An alert line in words, and when it detects each of `burn.SHARES` errors: None is never, () is a line for no data."""

    words: str
    severity: Severity
    detects: tuple[Detection | None, ...]


@value()
class First:
    """After how many seconds the first alert of a severity fires, for each of `burn.SHARES` errors: None is never."""

    severity: Severity
    before: tuple[Fraction | None, ...]
    after: tuple[Fraction | None, ...]


Lines = tuple[tuple[Line | None, Line | None], ...]
"""Alert lines before and after; None for a line that was added or removed."""


@value(kw_only=True)
class Detail:
    """The meaning of a change for some SLOs in figures, and the values themselves."""

    notes: tuple[Phrase, ...] = ()
    budget: tuple[Budget | None, Budget | None] | None = None
    lines: Lines = ()
    firsts: tuple[First, ...] = ()
    """Of pages and of tickets; () if none fires at another time."""
    before: Any = None
    """A value of the IR, or a tuple of them; None for nothing."""
    after: Any = None

    @property
    def is_timed(self) -> bool:
        """Whether it has times of alerts."""
        return any(one and one.detects for both in self.lines for one in both)


@value()
class Location:
    """Where the change is: a line (`org.slo:5`), or a file, possibly in a template of it."""

    path: str
    used_at: str | None = None
    """Where the template is used, "" for several uses, None for no template."""


@value(kw_only=True)
class Change:
    """One thing that changed for one SLO."""

    kinds: tuple[str, ...]
    what: Phrase
    location: Location
    same: Hashable = None
    """The key that the same change of other SLOs shares, if it is not `what`."""
    detail: Detail

    def __post_init__(self) -> None:
        assert self.kinds, "each change has a kind"
        assert KINDS.keys() >= set(self.kinds), "there are no other kinds"


@value()
class Case:
    """SLOs as service/slo, for which a change means the same; () for a change of all."""

    slos: tuple[str, ...]
    detail: Detail


@value(kw_only=True)
class Entry:
    """One change, with all SLOs that it affects."""

    kinds: tuple[str, ...]
    """The most important first."""
    what: Phrase
    """In words for the first SLO."""
    alike: bool
    """Whether the words are the same for all SLOs."""
    location: Location
    cases: tuple[Case, ...]

    @property
    def slos(self) -> tuple[str, ...]:
        """All SLOs of the cases, sorted."""
        return tuple(sorted(slo for case in self.cases for slo in case.slos))


@value()
class Cost:
    """What the rules of the changed SLOs cost before and after: series that they record, samples that they read in a minute."""

    series: tuple[int, int]
    samples: tuple[int, int]
    is_counted: bool = False
    """Whether the raw series were counted, not assumed."""


@value(kw_only=True)
class Comparison:
    """All changes between two programs."""

    entries: tuple[Entry, ...]
    before: int | None
    """The number of SLOs before; None if it is unknown."""
    after: int
    unchanged: int
    delays: str = ""
    """A note about the times of alerts in the entries; "" if there are none."""
    cost: Cost | None = None
    """None if it stays the same, or is not estimated."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the changes, in the order of KINDS."""
        found = {kind for entry in self.entries for kind in entry.kinds}
        found |= {"uncompared"} if self.before is None else set()
        return tuple(kind for kind in KINDS if kind in found)

    def of(self, kind: str) -> int:
        """The number of SLOs with a change of that kind."""
        return len({slo for entry in self.entries if kind in entry.kinds for slo in entry.slos})


@value()
class Side:
    """One side of a comparison: its name, and its commit, "" for files."""

    name: str
    revision: str = ""
    errors: tuple[str, ...] = ()
    """The first errors for which it does not compile, as text."""
