"""Marks on the dashboard of an SLO at the times that count as neither good nor bad: who sees a gap sees why."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.explain import language
from slocompiler.ir import Excepted, Slo
from slocompiler.targets.grafana import text
from slocompiler.targets.grafana.model import Annotation
from slocompiler.targets.prometheus.maintenance import holds
from slocompiler.targets.prometheus.schedule import between

_WHAT = "what"
"""The label with the text of a mark."""


def marks(slo: Slo) -> tuple[Annotation, ...]:
    """The marks of planned maintenance and of incidents that do not count; nothing without any."""
    times = [_marked(holds(one, 0), f"Maintenance: {one.text}") for one in slo.maintenance]
    times += [
        _marked(between(one.begin, one.end), f"Left out by agreement{_of(one)}: {one.because}")
        for one in slo.exceptions
    ]
    if not times:
        return ()
    return (Annotation("Left out", text.query("\nor\n".join(times)), f"{{{{{_WHAT}}}}}", "1m", "blue"),)


def _of(one: Excepted) -> str:
    return f", of {language.filters((one.filter,))}" if one.filter else ""


def _marked(condition: str, what: str) -> str:
    """The condition, with a text as a label."""
    return f'label_replace(\n  {condition},\n  "{_WHAT}", {promql.replacement(what)}, "", ""\n)'
