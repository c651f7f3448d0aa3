"""A report as a whole: the SLOs with the sums of their groups, and what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from slocompiler import burn
from slocompiler.live.period import Period
from slocompiler.live.report import NEVER, Account
from slocompiler.live.shifts import FEW, USUAL, Load, Shifts, load
from slocompiler.live.tiles import Count, summed


class Total(NamedTuple):
    """The SLOs of a group together."""

    name: str
    kept: int
    """How many targets were kept."""
    judged: int
    """How many have data."""
    slos: int
    total: Count
    """Of those that count events: slices of time are no events."""
    pages: int
    a_shift: float
    """The pages of a shift, on average; of twelve hours if nobody said when shifts begin."""
    load: Load
    """The pages of its shifts: one person gets those of all SLOs of a team."""


def total(name: str, found: Sequence[Account], shifts: Shifts | None, lasts: int) -> Total:
    """The sums of a group over `lasts` seconds. A share is that of all its events, never an average of shares."""
    known = [one for one in found if one.values]
    counted = [value.total for one in known if not burn.slice_of(one.slo) for value in one.values]
    kept = sum(all(value.is_kept is not False for value in one.values) for one in known)
    fired = [
        alert for one in found for alerts in (one.others, *(value.fired for value in one.values)) for alert in alerts
    ]
    pages = [alert.begin for alert in fired if alert.severity == "page"]
    a_shift = len(pages) * (shifts.length if shifts else USUAL) / max(lasts, 1)
    return Total(name, kept, len(known), len(found), summed(counted), len(pages), a_shift, load(pages, shifts, FEW))


def overdue(found: Iterable[Account], day: date) -> list[Account]:
    """The SLOs whose target was to be reviewed by a day."""
    return [one for one in found if one.review and (one.review == NEVER or one.review <= day.isoformat())]


class Changed(NamedTuple):
    """A change of a promise in the period, from git: its day, its SLO, what changed, the reason, and who agreed."""

    day: str
    slo: str
    what: str
    because: str
    agreed: str


class Report(NamedTuple):
    """All that a report shows."""

    period: Period
    until: int
    """When the data end: the period may go on."""
    accounts: Sequence[Account]
    by: str
    """What the sums are grouped by, such as `service`."""
    totals: Sequence[Total]
    shift: Shifts | None
    """The shifts of the totals; None if nobody said when they begin."""
    changes: Sequence[Changed] | None
    """None if nobody asked git."""
    drafts: int
