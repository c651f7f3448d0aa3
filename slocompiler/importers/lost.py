"""Warnings about values that an import loses: one for each reason and file, with the values that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field

NO_COUNTERPART = "W660"
_REASONS = {
    "W622": (
        "a plugin for SLOs is lost",
        "`needs` asks for a number of bad events, and `ticket when budget below 0%` alerts",
    ),
    "W630": ("a label is lost: sloc sets it, Prometheus does not take it, or it has more than one value", ""),
    "W632": (
        "the name, the text, the receiver or the delay of an alert is lost",
        "alerts are called SLOBurn, SLOBudget, SLONoData and SLODown, and say themselves what is wrong",
    ),
    "W633": (
        "a label of an alert is lost",
        "`severities` in sloc.yaml names severities, and `labels` adds labels to all alerts",
    ),
    "W634": (
        "an alert window is lost",
        "the short window of a line is a twelfth of the long one, and a line of burn rate 1 would fire all the time",
    ),
    "W652": (
        "the window rolls, and no longer follows the calendar",
        "a budget that begins anew each month forgets what users remember",
    ),
    NO_COUNTERPART: ("a value without a counterpart is lost", ""),
    "W664": ("a document of another kind is not imported", ""),
    "W666": ("a recorded series is left out: it divides no bad events by all events of one window", ""),
    "W667": (
        "an alert is left out: it compares no ratio of events with a burn rate",
        "`alerts` of the language has its kinds",
    ),
    "W665": (
        "an annotation of sloc is ignored, because the document has changed since `sloc build`, or another version built it",
        "make the change in the `.slo` file, and build again",
    ),
}
_SHOWN = 3
"""How many values a warning names."""


def lost(fields: Iterable[Field]) -> Iterator[Diagnostic]:
    """The warnings about what is lost of documents, which are complete."""
    found: dict[tuple[int, str], list[Field]] = {}
    for root in fields:
        for leaf in root.leaves():
            if leaf.fate == "lost":
                leaf.code = leaf.code or NO_COUNTERPART
                found.setdefault((id(leaf.span.source), leaf.code), []).append(leaf)
    for (_, code), leaves in found.items():
        message, help = _REASONS[code]
        names = ", ".join([f"`{leaf.path}`" for leaf in leaves[:_SHOWN]])
        more = f" and {len(leaves) - _SHOWN:,} more" if len(leaves) > _SHOWN else ""
        yield Diagnostic(code, f"{message}: {names}{more}", leaves[0].span, help=help)
