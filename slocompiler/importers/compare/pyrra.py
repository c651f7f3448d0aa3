"""Pyrra's rules for an SLO: the events of its window, and its four alerts.

Pyrra records the increase of all events and of a part of them over the whole window, by the labels that tell them apart,
and divides their sums. Here both sums are recorded. A ratio has the bad events as its part, and a latency the good ones.

An alert fires if a factor of the budget burns over two windows, which are parts of that of the SLO, in whole minutes.

Source: `slo/rules.go` of pyrra-dev/pyrra.
"""

from __future__ import annotations

from slocompiler.importers.compare.theirs import Alert, Line, Rule, Theirs
from slocompiler.importers.document import Field
from slocompiler.importers.pyrra import selected
from slocompiler.ir import Severity, Slo
from slocompiler.promql import duration
from slocompiler.promql.tree import read as tree

_ALERTS: tuple[tuple[Severity, int, int, int, int], ...] = (
    ("page", 14, 20160, 8064, 672),
    ("page", 7, 2688, 1344, 112),
    ("ticket", 2, 672, 336, 28),
    ("ticket", 1, 224, 112, 7),
)
"""The severity and the factor; the parts of the window for which the condition holds, of the short window and of the long one."""
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
    bad = "success" if kind == "latency" else "errors"
    matchers = tree(selected(found.get("total", "metric"))[0]).matchers
    negative = any(one.op == "!=" for one in matchers)
    lengths = dict.fromkeys(_part_of(slo, part) for *_, short, long in _ALERTS for part in (short, long))

    def burning(length: int) -> Rule:
        def rate(name: str) -> str:
            selector, offset = selected(found.get(name, "metric"))
            return f"sum by ({by}) (rate({selector}[{duration(length)}]{offset}))"

        share = f"{rate(bad)} / {rate('total')}"
        return Rule(
            _ratio_of(length), f"({rate('total')} - {rate(bad)}) / {rate('total')}" if kind == "latency" else share
        )

    return Theirs(
        "Pyrra",
        (Rule(_TOTAL, increase("total")), Rule(_PART, part)),
        answer,
        tuple(map(burning, lengths)),
        () if negative else tuple(_alert(slo, *one) for one in _ALERTS),
        "its alerts select by `!=` a label that its series do not have" if negative else "",
    )


def _part_of(slo: Slo, part: int) -> int:
    """A part of the window, in whole minutes, as seconds."""
    return round(slo.window / part / 60) * 60


def _ratio_of(length: int) -> str:
    return f"pyrra:burnrate{duration(length)}"


def _alert(slo: Slo, urgency: Severity, factor: int, lasting: int, short: int, long: int) -> Alert:
    height = factor * (1 - slo.target)
    windows = _part_of(slo, short), _part_of(slo, long)
    both = (f"{_ratio_of(one)} > {height}" for one in windows)
    return Alert(urgency, " and ".join(both), _part_of(slo, lasting), (Line(*windows, float(height)),))
