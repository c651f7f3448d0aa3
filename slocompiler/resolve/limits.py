"""How much may be made of one file: what an SLO inherits counts for each, or a small file would fill the memory."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic
from slocompiler.resolve.resolved import Part, ResolvedSlo, Term
from slocompiler.source import Source
from slocompiler.syntax import tree as t

MOST = 150_000
"""Settings, series, filters, lines of alerts and the like; thousands of SLOs of the usual kind."""
LEAST = 20
"""What any SLO counts for: its own statements, and what is made of it."""
LETTERS = 8
"""Of the text of a template for one thing that stands there."""


class TooMuch(Exception):
    """More would be made than a run or its file may make: E307 tells where."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Room:
    """What is left for the SLOs of each file."""

    def __init__(self) -> None:
        self._left: dict[Source, int] = {}

    def take(self, place: t.Node, amount: int) -> None:
        """Count so much for what stands at a place of a service; raises TooMuch."""
        file = place.span.source
        self._left[file] = self._left.get(file, MOST) - amount
        if self._left[file] < 0:
            help = "nothing else was checked; split the file, or let its SLOs inherit fewer settings"
            message = "this file expands to too much: its SLOs, and the settings that each of them inherits"
            raise TooMuch(Diagnostic("E307", message, place.span, help=help))

    def fill(self, slo: ResolvedSlo) -> None:
        """Count what an SLO inherits and adds up; raises TooMuch."""
        self.take(slo.used.template if slo.used else slo.tree.name, _size(slo))


def _size(slo: ResolvedSlo) -> int:
    lists = (slo.exclude, slo.stakeholders, slo.links, slo.labels, slo.allowed, slo.actions)
    lines = len(slo.alerts.lines) if slo.alerts else 0
    filters = sum(len(part.filters) for part in (slo.good, slo.bad) if part)
    targets = len(slo.targets)
    # each filter is compared with each series, as what is excluded leaves it, and a target with those before it
    compared = (1 + filters) * len(slo.total) * (1 + len(slo.exclude)) + targets * targets
    held = sum(map(len, lists)) + lines * (1 + targets) + _series(slo.total) + _part(slo.good) + _part(slo.bad)
    return held + compared


def _part(part: Part | None) -> int:
    return len(part.filters) + _series(part.terms) if part else 0


def _series(terms: tuple[Term, ...]) -> int:
    return sum(1 + len(term.matchers) + len(term.exclude) for term in terms)
