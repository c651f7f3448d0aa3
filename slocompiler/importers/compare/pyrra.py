"""Pyrra's recording rules for the window of an SLO.

Pyrra records the increase of all events and of a part of them over the whole window, by the labels that tell them apart,
and divides their sums. Here both sums are recorded. A ratio has the bad events as its part, and a latency the good ones.

Source: `slo/rules.go` of pyrra-dev/pyrra.
"""

from __future__ import annotations

from slocompiler.importers.compare.theirs import Rule, Theirs
from slocompiler.importers.document import Field
from slocompiler.importers.pyrra import selected
from slocompiler.ir import Slo
from slocompiler.promql import duration

_TOTAL, _PART = "pyrra:total:increase", "pyrra:part:increase"


def rules(field: Field, slo: Slo) -> Theirs | str:
    """The rules for the SLO of a document, or the reason why sloc does not know them."""
    indicator = field.get("spec", "indicator")
    kind = next((name for name in ("ratio", "latency") if indicator.get(name)), "")
    found = indicator.get(kind)
    by = ", ".join([one.text for one in found.get("grouping").elements()])

    def increase(name: str) -> str:
        selector, offset = selected(found.get(name, "metric"))
        return f"sum by ({by}) (increase({selector}[{duration(slo.window)}]{offset}))"

    share = f"({_PART} / {_TOTAL} or 0 * {_TOTAL})"
    if kind == "ratio":
        part, answer = increase("errors"), share
    elif kind == "latency":
        part, answer = increase("success"), f"1 - {share}"
    else:
        return "promtool cannot load a whole window of native histograms"
    return Theirs("Pyrra", (Rule(_TOTAL, increase("total")), Rule(_PART, part)), answer)
