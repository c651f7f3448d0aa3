"""Selectors of recorded series, by the label `slo`, so that overlapping SLOs cannot mix; and aggregation by `per` labels."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Filter, Label, Matcher, Slo


def deployed(slo: Slo) -> tuple[Label, ...]:
    """The labels of the deployment in recorded series."""
    return slo.deployment.labels if slo.deployment else ()


def identity(slo: Slo) -> dict[str, str]:
    """The labels of every recorded series and alert of an SLO. No label that people edit is among them."""
    return {"slo": slo.id, "service": slo.service, **{label.name: label.value for label in deployed(slo)}}


def up(slo: Slo, job: Filter) -> str:
    """The `up` series of a job in the deployment of the SLO."""
    return promql.selector("up", (*job, *(slo.deployment.where if slo.deployment else ())))


def series(name: str, slo: Slo, matchers: Filter = ()) -> str:
    """The selector of a recorded series of the SLO in its deployment, for some values of its `per` labels."""
    return named(name, slo.id, slo, matchers)


def named(name: str, id: str, slo: Slo, matchers: Filter = ()) -> str:
    """The selector of a recorded series of the SLO with an id, in the deployment of this SLO."""
    if not matchers and not slo.deployment:  # the most frequent case
        return f'{name}{{slo="{id}"}}'
    return _selector(name, slo, f'="{id}"', matchers)


def history(name: str, slo: Slo, matchers: Filter = ()) -> str:
    """The selector of a recorded series of the SLO, also under the names that it had before."""
    if not slo.formerly:
        return series(name, slo, matchers)
    return _selector(name, slo, f'=~"{"|".join((slo.id, *slo.formerly))}"', matchers)


def _selector(name: str, slo: Slo, id: str, matchers: Filter = ()) -> str:
    matchers = (*(Matcher(label.name, "=", label.value) for label in deployed(slo)), *matchers)
    more = "".join(f",{promql.label_name(m.label)}{m.op}{promql.quote(m.value)}" for m in matchers)
    return f"{name}{{slo{id}{more}}}"  # names of recorded series need no quotes


def over_time(fold: str, name: str, slo: Slo, within: str) -> str:
    """The `sum`, `count`, `min` or `max` of a recorded series within a range such as `[5m]` or `[1d] offset 1d`.

    After a rename, the series under the new name goes on where that under the former one ends: they count as one.
    """
    expr = f"{fold}_over_time({history(name, slo)}{within})"
    return folded(slo, "sum" if fold == "count" else fold, expr) if slo.formerly else expr


def ratio(slo: Slo, window: int, matchers: Filter = ()) -> str:
    """The selector of the recorded error ratio over `window` seconds."""
    return series(f"slo:error_ratio:rate{promql.duration(window)}", slo, matchers)


def on(slo: Slo) -> str:
    """By which labels operators match: those of `per`.

    Prometheus 3.5 drops the quotes of `on("a.b")` when it evaluates a rule, and cannot read what is left. Then operators
    match by all labels except those that every series of the SLO has.
    """
    names = [*map(promql.label_name, slo.per)]
    return f"on({', '.join(names)})" if names == [*slo.per] else f"ignoring({', '.join(identity(slo))})"


def folded(slo: Slo, fold: str, expr: str) -> str:
    """The aggregation `fold` of recorded series: one value, or one for each value of the `per` labels."""
    return _folded(fold, slo.per, expr)


def folded_events(slo: Slo, fold: str, expr: str) -> str:
    """The aggregation `fold` of series of events, likewise, with the names of recorded labels.

    The names are given after the aggregation, so that no two series become one. A sum of single series then removes the
    labels of the events.
    """
    found = _folded(fold, slo.event_labels, expr)
    for one in slo.renamed:
        found = f'label_join({found}, {promql.quote(one.name)}, "", {promql.quote(one.label)})'
    return _folded("sum", slo.per, found) if slo.renamed else found


def _folded(fold: str, labels: tuple[str, ...], expr: str) -> str:
    by = f" by ({', '.join(map(promql.label_name, labels))}) " if labels else ""
    return f"{fold}{by}({expr})"


def total(slo: Slo, expr: str) -> str:
    """The sum of an expression: one value, or one for each value of the `per` labels."""
    return folded(slo, "sum", expr)
