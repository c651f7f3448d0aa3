"""Titles that promise other figures than the SLO: pages and alerts show the title, and people believe it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.pattern import lazy_pattern
from slocompiler.promql import percent
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t
from slocompiler.syntax.values import UNITS

_HALF = Decimal(50)
"""The least percentage that may be a target: a smaller one, as in "the slowest 10%", is something else."""
_PERCENT = lazy_pattern(r"(?<![\w.,])([0-9]{1,3}(?:\.[0-9]{1,9})?) ?%")
_TIME = lazy_pattern(r"\b(?:below|under|within|above|over) ([0-9]{1,6}(?:\.[0-9]{1,6})?) ?(ms|s|m|h)\b")
_HELP = "both need the same figure; a title without figures stays right"


def titles(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W360 for a title with a percentage that is no target of the SLO, or with a time that is not its bound."""
    title, target = slo.tree.title, slo.tree.target
    if title is None or not slo.intact or not isinstance(target, t.Percent):
        return
    if "%" in slo.title and (said := [Decimal(text) for text in _PERCENT.findall(slo.title)]):
        yield from _promised(slo, title, target, said)
    if slo.good and slo.good.tree.bounds:
        yield from _bound(title, slo.title, slo.good.tree.bounds)


def _promised(slo: ResolvedSlo, title: t.Text, target: t.Percent, said: list[Decimal]) -> Iterator[Diagnostic]:
    own = {target.ratio, *(other.target.ratio for other, _ in slo.targets if isinstance(other.target, t.Percent))}
    wrong = [one for one in said if _HALF <= one < 100 and one / 100 not in own]
    if len(wrong) == len(said):
        here = (Label(target.span, "the target is here"),)
        message = f"the title says {percent(wrong[0] / 100)}, and the target is {percent(target.ratio)}"
        yield Diagnostic("W360", message, title.span, here, _HELP)


def _bound(title: t.Text, text: str, bounds: tuple[t.Bound, ...]) -> Iterator[Diagnostic]:
    own = {bound.value.seconds for bound in bounds if isinstance(bound.value, t.Duration)}
    if len(own) < len({bound.value.span.text for bound in bounds}) or not own:
        return
    said = [(f"{count}{unit}", Decimal(count) * UNITS[unit]) for count, unit in _TIME.findall(text)]
    if said and own.isdisjoint(seconds for _, seconds in said):
        here = (Label(bounds[0].span, "the bound is here"),)
        message = f"the title says {said[0][0]}, and the bound is {bounds[0].value.span.text}"
        yield Diagnostic("W360", message, title.span, here, _HELP)
