"""What a comparison finds: changes in words of the domain, each told once with the SLOs that it touches."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from slocompiler import burn
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.explain.words import Unit
from slocompiler.ir import Severity

KINDS: dict[str, str] = {
    "uncompared": "BASE does not compile, so what changed is not known",
    "removed": "an SLO that is gone",
    "renamed": "the same measurement under another name: its history is lost",
    "loosened": "a target, of all or of some values, with a larger budget",
    "unreasoned": "a loosened target whose `because` is as it was",
    "easier": "what was bad is good now, the target aside: a laxer bound, fewer bad filters",
    "drafted": "an SLO that became a draft, and alerts nobody",
    "silenced": "an alert line that is gone, or that wakes nobody any more",
    "overburdened": "risks that no longer fit into the budget",
    "tightened": "a target, of all or of some values, with a smaller budget",
    "harder": "what was good is bad now, the target aside",
    "added": "an SLO that is new",
    "live": "a draft that became an SLO",
    "window": "the time over which the target holds",
    "indicator": "which events are counted, and which of them are bad",
    "exclusions": "what is left out: `exclude`, `exclude when`",
    "per": "the labels of which every value has a budget of its own",
    "alerts": "an alert line that is new, gone or different",
    "risks": "a risk that is new, gone or different",
    "project": "a setting of the project file, which holds for every SLO",
    "owner": "the team that is paged",
    "stakeholders": "the people who agreed",
    "because": "the reason of a target",
    "policy": "what was agreed for the day on which the budget runs low",
    "review": "when the target is looked at again",
    "title": "the title of an SLO or a service",
    "runbook": "where whoever is woken begins",
    "links": "further addresses",
    "labels": "labels on alerts",
}
"""The closed list of kinds, what weighs most first, each with its meaning: `--fail-on` takes them."""


def changed(before: str | None, after: str | None, *name: str | Code) -> Phrase:
    """What people wrote, before and after: `payments → shop`, `new: shop`; with a name `Wiki: …`, `Wiki is new: …`."""
    if before and after:
        return (*name, *((": ",) if name else ()), Code(before), " → ", Code(after))
    what, text = ("new", after) if after else ("gone", before)
    return (*name, f"{' is ' if name else ''}{what}: ", Code(text or ""))


@dataclass(frozen=True, slots=True)
class Budget:
    """What a target over a window (seconds) leaves."""

    target: Decimal
    window: int
    counts: Unit

    @property
    def outage(self) -> int:
        """Seconds of full outage in the window, were traffic even."""
        return int(burn.budget(self.target) * self.window)

    @property
    def per_million(self) -> Fraction:
        """How many of a million may be bad."""
        return burn.budget(self.target) * 10**6


@dataclass(frozen=True, slots=True)
class Detection:
    """How an alert line sees a share of errors: after so many seconds, with such a share of the budget gone."""

    seconds: Fraction
    spent: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """An alert line in words, and when it sees each of `burn.SHARES` errors: None for never, no entries for no data."""

    words: str
    severity: Severity
    detects: tuple[Detection | None, ...]


Lines = tuple[tuple[Line | None, Line | None], ...]
"""Alert lines before and after; None where there was or is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What a change means for some SLOs, in figures, and the values themselves."""

    notes: tuple[Phrase, ...] = ()
    budget: tuple[Budget | None, Budget | None] | None = None
    lines: Lines = ()
    before: Any = None
    """A value of the IR, or a tuple of them; None for nothing."""
    after: Any = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the change is to be seen: a line (`org.slo:5`), or a file of which a template may be meant."""

    path: str
    used_at: str | None = None
    """The `use` of the template; empty for several of them, None for no template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed for one SLO."""

    kinds: tuple[str, ...]
    what: Phrase
    place: Place
    same: Hashable = None
    """What it has in common with the same change of another SLO, where that is not `what`."""
    detail: Detail

    def __post_init__(self) -> None:
        assert self.kinds, "each change is of some kind"
        assert KINDS.keys() >= set(self.kinds), "the list of kinds is closed"


@dataclass(frozen=True, slots=True)
class Case:
    """SLOs, by identity, for which a change means the same; none for what holds for all."""

    slos: tuple[str, ...]
    detail: Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that changed, with all SLOs for which it did."""

    kinds: tuple[str, ...]
    """What weighs most first."""
    what: Phrase
    """Said of the first SLO."""
    alike: bool
    """Whether it is the same, word for word, for all of them."""
    place: Place
    cases: tuple[Case, ...]

    @property
    def slos(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(sorted(slo for case in self.cases for slo in case.slos))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that changed between two programs."""

    entries: tuple[Entry, ...]
    before: int | None
    """How many SLOs there were; None where that is not known."""
    after: int
    unchanged: int

    @property
    def kinds(self) -> tuple[str, ...]:
        """Those that occur, in the order of KINDS."""
        found = {kind for entry in self.entries for kind in entry.kinds}
        found |= {"uncompared"} if self.before is None else set()
        return tuple(kind for kind in KINDS if kind in found)

    def of(self, kind: str) -> int:
        """How many SLOs have a change of that kind."""
        return len({slo for entry in self.entries if kind in entry.kinds for slo in entry.slos})


@dataclass(frozen=True, slots=True)
class Side:
    """What was compared: as it was named, and the commit that it is, empty for files."""

    name: str
    revision: str = ""
    errors: tuple[str, ...] = ()
    """The first of those for which it does not compile, rendered."""
