"""Figures beside statements: the budget of a target in time, burn rates, bounds in the unit of the metric, counts of SLOs."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import burn, promql
from slocompiler.explain.words import plural
from slocompiler.ir import Alert, Burn, Slo, Threshold
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.record import record
from slocompiler.resolve import ResolvedSlo
from slocompiler.source import Reached
from slocompiler.syntax import tree as t


@record
class Hint:
    """A text behind the character at an offset of the file."""

    offset: int
    text: str
    meaning: str


def hints(snapshot: Snapshot) -> list[Hint]:
    """The hints of a file; none for SLOs with errors."""
    known = {slo.id: slo for service in snapshot.services for slo in service.slos}
    found = [hint for slo in snapshot.slos if slo.id in known for hint in _of_slo(slo, known[slo.id])]
    found += _uses(snapshot)
    return [hint for hint in sorted(found, key=lambda hint: hint.offset) if hint.offset]


def _of_slo(slo: ResolvedSlo, known: Slo) -> Iterator[Hint]:
    tree, window = slo.tree, slo.tree.window
    if isinstance(tree.span, Reached):
        return  # in a template, the figures of its uses differ
    outage = promql.duration(int(burn.budget(known.target) * known.window))
    yield Hint(window.span.end, outage, "the error budget, as time of full outage at even traffic")
    for line, alert in zip(slo.alerts.lines if slo.alerts else (), known.alerts, strict=False):
        if line.span.source is tree.span.source and tree.span.start <= line.span.start <= tree.span.end:
            yield from _of_line(line, alert, known)
    counting = known.counting
    part = slo.good or slo.bad
    if isinstance(counting, Threshold) and part and not counting.native:
        for node, one in zip(part.tree.bounds, counting.parts, strict=True):
            text = f"le {promql.number(one.bound)}"
            yield Hint(node.span.end, text, "the bucket of the histogram that is counted")


def _of_line(line: t.AlertLine, alert: Alert, slo: Slo) -> Iterator[Hint]:
    """The burn rate of a line, and when it fires if every event is bad."""
    time = burn.detection(alert, slo.target, slo.window, burn.SHARES[0], burn.whole_slice(slo))
    if isinstance(alert, Burn) and isinstance(line, t.BurnLine | t.ShareLine) and time is not None:
        rate = promql.rounded(burn.line_factor(alert, slo.target, slo.window))
        fires = promql.duration(max(1, round(time)))
        yield Hint(line.window.span.end, f"{rate}×, {fires}", f"the burn rate; at full outage it fires after {fires}")


def _uses(snapshot: Snapshot) -> Iterator[Hint]:
    """How many SLOs each `use` of a template makes."""
    count: dict[t.Use, int] = {}
    for slo in snapshot.slos:
        if slo.used and slo.used.span.source is snapshot.source:
            count[slo.used] = count.get(slo.used, 0) + 1
    for use, number in count.items():
        yield Hint(use.template.span.end, plural(number, "SLO"), "what this template expands to")
