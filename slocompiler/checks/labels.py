"""Labels that look mistyped, and labels of alerts that contradict the events."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.selection import counters, filters
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.promql import label_name
from slocompiler.resolve import Choice, ResolvedSlo, Term, text_of
from slocompiler.syntax import tree as t

_USUAL = frozenset(
    re.findall(
        r"\w+",
        "code status status_code response_code method handler route router path job instance namespace cluster region "
        "zone service result reason state error type name host node queue topic stage phase endpoint operation",
    )
)
"""Labels that many exporters have."""
_SHORTEST = 4
"""Shorter names are too much alike."""
_OF_TARGETS = ("job", "instance", "namespace", "pod")
"""Labels that a scrape puts on the series of a target."""


def labels(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics W355 and W356 of an SLO."""
    if slo.intact:
        yield from _mistyped(slo)
        yield from _contradicting(slo)


def _used(slo: ResolvedSlo) -> dict[str, t.Name | t.Text]:
    """The first use of each label in selectors, filters and `per`."""
    choices: list[Term | Choice] = [*slo.total, *counters(slo), *filters(slo)]
    choices += (choice for term in slo.total for choice in term.exclude)
    nodes = [matcher.label for choice in choices for matcher in choice.nodes]
    nodes += slo.per.labels if slo.per else ()
    return {text_of(node): node for node in reversed(nodes)}


def _mistyped(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W355 for a label that is one slip of the keyboard away from a usual one, or from another one of the SLO."""
    used = _used(slo)
    order = list(reversed(used))
    for at, (name, node) in enumerate((name, used[name]) for name in order):
        known = (*order[:at], *sorted(_USUAL)) if name not in _USUAL else ()
        meant = next((one for one in known if _is_slip(name, one)), "")
        if meant:
            here = (Label(used[meant].span, "another label"),) if meant in used else ()
            help = f"did you mean `{meant}`? A label that no series has is empty everywhere"
            fixes = edits(f"write `{meant}`", (node.span, label_name(meant)))
            yield Diagnostic("W355", f"the label `{name}` is almost `{meant}`", node.span, here, help, fixes)


def _is_slip(name: str, other: str) -> bool:
    """Whether a letter is missing, added, swapped with the next, or a capital.

    A plural, a number or another first letter is another name: `rcode`.
    """
    if (
        name[:1].lower() != other[:1].lower()
        or min(len(name), len(other)) < _SHORTEST - 1
        or max(len(name), len(other)) < _SHORTEST
    ):
        return False
    if name.lower() == other.lower():
        return True
    shorter, longer = sorted((name, other), key=len)
    if len(longer) - len(shorter) == 1:
        at = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
        added = longer[at]
        is_other_word = added.isdigit() or added == "_" or (at == len(shorter) and added == "s")
        return not is_other_word and shorter[at:] == longer[at + 1 :]
    return len(longer) == len(shorter) and any(
        name[:n] + name[n + 1] + name[n] + name[n + 2 :] == other for n in range(len(name) - 1)
    )


def _contradicting(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W356 for a label of alerts that names another target than the one that counts the events."""
    for entry, value in slo.labels:
        name = text_of(entry.name)
        found = [[m for m in term.nodes if text_of(m.label) == name] for term in slo.total]
        values = {m.value for term in slo.total for m in term.matchers if m.label == name and m.op == "="}
        if name in _OF_TARGETS and len(values) == 1 and all(found) and value and value not in values:
            (counted,) = values
            here = (Label(found[0][0].span, "the events are counted here"),)
            message = f"alerts get `{name}={value}`, but the events have `{name}={counted}`"
            help = f"use another name for the label, such as `{name}_group`, or remove it"
            yield Diagnostic("W356", message, entry.span, here, help)
