"""The buckets of the histogram that an SLO counts, which its bound may be, from a snapshot of the server."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler.explain.language import quantity
from slocompiler.lower.units import unit_of
from slocompiler.lsp.situation import Item, Situation
from slocompiler.resolve.resolved import Term


def buckets(here: Situation) -> Iterator[Item]:
    """After `good below` and the like, the smallest first, as the language writes them: `300ms` where the server has `0.3`."""
    if here.top not in ("BELOW", "ABOVE") or "DURATION" not in here.following.terminals:
        return  # `budget below` has a percentage
    for term in _events(here):
        written = here.known.of_metric.get(f"{term.metric}_bucket", {}).get("le", ())
        bounds = {bound for bound in map(Decimal, written) if bound.is_finite()}
        unit = unit_of(term.metric, term.unit.text if term.unit else "")
        for bound in sorted(bounds):
            yield Item(quantity(bound, unit.name if unit else ""), "bucket", f"bucket of {term.metric}")


def _events(here: Situation) -> Iterator[Term]:
    """What the SLO around counts; of a template, what it counts where it is used, each metric once."""
    spans = ((slo, slo.tree.span) for slo in here.snapshot.slos)
    around = (slo for slo, at in spans if at.source is here.snapshot.source and at.start <= here.offset <= at.end)
    yield from {term.metric: term for slo in around for term in slo.total}.values()
