"""Labels that look mistyped, and labels of alerts that contradict the events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from slocompiler import quoting
from slocompiler.checks.context import Run
from slocompiler.checks.selection import counters, filters
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.ir import Filter
from slocompiler.resolve import Choice, ResolvedSlo, Term, text_of
from slocompiler.suggest import without_a_letter
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
"""The length of the longer of two names that are compared; the other one may lack a letter."""
_LONGEST = 40
"""The longest name that is compared with others: the work grows with the square of its length."""
_OF_TARGETS = ("job", "instance", "namespace", "pod")
"""Labels that a scrape puts on the series of a target."""


def labels(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics W355 and W356 of an SLO."""
    if slo.intact:
        yield from _mistyped(slo)
        yield from _contradicting(slo)


def _choices(slo: ResolvedSlo) -> list[Term | Choice]:
    """The selectors and filters of an SLO."""
    found: list[Term | Choice] = [*slo.total, *counters(slo), *filters(slo)]
    for term in slo.total:
        found += term.exclude
    return found


@lru_cache(maxsize=8192)
def _are_usual(matchers: Filter) -> bool:
    return all(matcher.label in _USUAL for matcher in matchers)


def _used(slo: ResolvedSlo, choices: Iterable[Term | Choice]) -> dict[str, t.Name | t.Text]:
    """The first use of each label in these, and in `per`."""
    nodes = [matcher.label for choice in choices for matcher in choice.nodes]
    nodes += (one.label for one in (slo.per.labels if slo.per else ()))
    found: dict[str, t.Name | t.Text] = {}
    for node in nodes:
        found.setdefault(text_of(node), node)
    return found


class _Known:
    """Names, and the strings that are one slip away from them: a look-up takes as long for many names as for a few."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.lower: dict[str, str] = {}
        self.shorter: dict[str, str] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name; of two names with the same slip, the first counts."""
        if len(name) <= _LONGEST:
            self.lower.setdefault(name.lower(), name)
            for part in without_a_letter(name.lower()):
                self.shorter.setdefault(part, name)

    def meant(self, name: str) -> str:
        """The name that is one slip away from another one; "" for none."""
        if len(name) > _LONGEST:
            return ""
        low = name.lower()
        swapped = (low[:n] + low[n + 1] + low[n] + low[n + 2 :] for n in range(len(low) - 1))
        near = (self.lower.get(one) for one in (low, *swapped, *without_a_letter(low)))
        return next((one for one in (*near, self.shorter.get(low)) if one and _is_slip(name, one)), "")


@cache
def _usual() -> _Known:
    return _Known(sorted(_USUAL))


def _mistyped(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W355 for a label that is one slip of the keyboard away from a usual one, or from another one of the SLO."""
    choices = _choices(slo)
    if not slo.per and all(map(_are_usual, [choice.matchers for choice in choices])):
        return
    used, own = _used(slo, choices), _Known()
    for name, node in used.items():
        meant = "" if name in _USUAL else own.meant(name) or _usual().meant(name)
        own.add(name)
        if meant:
            here = (Label(used[meant].span, "another label"),) if meant in used else ()
            help = f"did you mean `{meant}`? A label that no series has is empty everywhere"
            fixes = edits(f"write `{meant}`", (node.span, quoting.label(meant)))
            yield Diagnostic("W355", f"the label `{name}` is almost `{meant}`", node.span, here, help, fixes)


def _is_slip(name: str, other: str) -> bool:
    """Whether two names that are so near are likely to mean the same.

    Short names are too much alike. A plural, a number and another first letter make another name: `rcode`.
    """
    is_short = min(len(name), len(other)) < _SHORTEST - 1 or max(len(name), len(other)) < _SHORTEST
    if is_short or name[:1].lower() != other[:1].lower():
        return False
    name, other = name.lower(), other.lower()
    if len(name) == len(other):
        return True  # only its letters' order or case differ
    shorter, longer = sorted((name, other), key=len)
    at = next((n for n, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    added = longer[at]
    return not (added.isdigit() or added == "_" or (at == len(shorter) and added == "s"))


def _contradicting(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W356 for a label of alerts that names another target than the one that counts the events."""
    for entry, value in slo.labels:
        name = text_of(entry.name)
        if name in _OF_TARGETS and value:
            found = [[m for m in term.nodes if text_of(m.label) == name] for term in slo.total]
            values = {m.value for term in slo.total for m in term.matchers if m.label == name and m.op == "="}
            if len(values) == 1 and all(found) and value not in values:
                here = (Label(found[0][0].span, "the events are counted here"),)
                message = f"alerts get `{name}={value}`, but the events have `{name}={values.pop()}`"
                help = f"use another name for the label, such as `{name}_group`, or remove it"
                yield Diagnostic("W356", message, entry.span, here, help)
