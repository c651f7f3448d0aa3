"""How a recorded series of an SLO is selected: by `slo`, so that overlapping SLOs cannot mix; and aggregated by `per`."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Filter, Label, Matcher, Slo


def deployed(slo: Slo) -> tuple[Label, ...]:
    """The labels by which what one deployment records is told from the others'."""
    return slo.deployment.labels if slo.deployment else ()


def identity(slo: Slo) -> dict[str, str]:
    """The labels of all that is recorded of an SLO, and of its alerts. Nothing that people edit is among them."""
    place = {label.name: label.value for label in deployed(slo)}
    return {"slo": slo.id, "service": slo.service, **place}


def up(slo: Slo, job: Filter) -> str:
    """Which targets of a job are scraped, in the SLO's deployment."""
    return promql.selector("up", (*job, *(slo.deployment.where if slo.deployment else ())))


def series(name: str, slo: Slo, matchers: Filter = ()) -> str:
    """A recorded series of this SLO in its deployment, narrowed to some values of its `per` labels."""
    if not matchers and not slo.deployment:  # most are
        return f'{name}{{slo="{slo.id}"}}'
    matchers = (*(Matcher(label.name, "=", label.value) for label in deployed(slo)), *matchers)
    more = "".join(f",{promql.label_name(m.label)}{m.op}{promql.quote(m.value)}" for m in matchers)
    return f'{name}{{slo="{slo.id}"{more}}}'  # a name of ours holds nothing to quote


def ratio(slo: Slo, window: int, matchers: Filter = ()) -> str:
    """The recorded error ratio over `window` seconds."""
    return series(f"slo:error_ratio:rate{promql.duration(window)}", slo, matchers)


def on(slo: Slo) -> str:
    """`on(P)`: operators match by the `per` labels."""
    return f"on({', '.join(map(promql.label_name, slo.per))})"


def folded(slo: Slo, fold: str, expr: str) -> str:
    """`fold P (…)`: one value, or one for each value of the `per` labels."""
    by = f" by ({', '.join(map(promql.label_name, slo.per))}) " if slo.per else ""
    return f"{fold}{by}({expr})"


def total(slo: Slo, expr: str) -> str:
    """`sum P (…)`."""
    return folded(slo, "sum", expr)
