"""A quota on the SLOs of a file (E307). Inherited settings count once per SLO: else a small file could fill the memory."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic
from slocompiler.resolve.resolved import Part, ResolvedSlo, Term
from slocompiler.source import Source
from slocompiler.syntax import tree as t

MOST = 400_000
"""The quota of a file: settings, series, filters, alert lines and the like. Ten thousand usual SLOs fit."""
LEAST = 20
"""The least that an SLO costs: its own statements, and the output for it."""
PLANNED = 10
"""What a maintenance costs: its condition is in several rules."""
EXCEPTED = 40
"""What an exception costs: it is subtracted piece by piece in the rules of all long windows."""
LETTERS = 8
"""Characters of a template's text that cost 1."""


class QuotaExceeded(Exception):
    """The run or a file exceeds its quota; `problem` is the E307."""

    def __init__(self, problem: Diagnostic) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Quota:
    """The quota that is left for each file."""

    def __init__(self) -> None:
        self._left: dict[Source, int] = {}

    def charge(self, node: t.Node, amount: int) -> None:
        """Charge an amount for a node to its file; raises QuotaExceeded."""
        file = node.span.source
        self._left[file] = self._left.get(file, MOST) - amount
        if self._left[file] < 0:
            help = "nothing else was checked; split the file, or let its SLOs inherit fewer settings"
            message = "this file expands to too much: its SLOs, and the settings that each of them inherits"
            raise QuotaExceeded(Diagnostic("E307", message, node.span, help=help))

    def charge_slo(self, slo: ResolvedSlo) -> None:
        """Charge the settings and series of an SLO to its file; raises QuotaExceeded."""
        self.charge(slo.used.template if slo.used else slo.tree.name, _size(slo))


def _size(slo: ResolvedSlo) -> int:
    lists = (slo.exclude, slo.former, slo.stakeholders, slo.links, slo.labels, slo.allowed, slo.actions)
    lines = sum([len(alerts.lines) for alerts in (slo.alerts, *[one.alerts for one in slo.variants]) if alerts])
    filters = sum([len(part.filters) for part in (slo.good, slo.bad) if part])
    targets = len(slo.targets)
    # each filter is compared with each series and exclusion, and each target with those before it
    compared = (1 + filters) * len(slo.total) * (1 + len(slo.exclude)) + targets * targets
    held = sum(map(len, lists)) + lines * (1 + targets) + _series(slo.total) + _part(slo.good) + _part(slo.bad)
    return held + compared + PLANNED * len(slo.maintenance) + EXCEPTED * len(slo.exceptions)


def _part(part: Part | None) -> int:
    return len(part.filters) + _series(part.terms) if part else 0


def _series(terms: tuple[Term, ...]) -> int:
    return sum([1 + len(term.matchers) + len(term.exclude) for term in terms])
