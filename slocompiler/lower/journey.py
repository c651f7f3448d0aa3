"""Lowers the steps of a journey: the SLOs that it names, each with what the journey has to know of it."""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler import ir
from slocompiler.lower.indicator import ratio
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Part, Through


def through(slo: ResolvedSlo, tree: Through, known: Mapping[str, ResolvedSlo]) -> ir.Through:
    """The steps of a journey without errors; `known` are the SLOs of the project by their ids."""
    steps = tuple(
        ir.Step(any=tuple(_passed(known[one.text]) for one in part.choices), times=times(part)) for part in tree.parts
    )
    return ir.Through(steps=steps, by=slo.counted.by.text if slo.counted else steps[0].any[0].id)


def times(part: Part) -> int:
    """How often a journey takes a step."""
    return int(part.times.value) if part.times else 1


def _passed(slo: ResolvedSlo) -> ir.Passed:
    length = slo.slices.length if slo.slices else None
    seconds = int(length.seconds) if isinstance(length, t.Duration) else 0
    return ir.Passed(id=slo.id, title=slo.title, target=ratio(slo.tree.target), slices=seconds)
