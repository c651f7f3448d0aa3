"""Which jobs of a server have the metrics of a template, with which values of its labels and which buckets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from slocompiler import promql
from slocompiler.burn import DAY
from slocompiler.ir import Filter, Matcher
from slocompiler.live.drafts.signatures import Need, Signature
from slocompiler.live.questions import Answers, Asking, Endpoint, Sample, Table, together
from slocompiler.live.tables import selected
from slocompiler.record import record

LOOKBACK = DAY
"""How far back series are looked for, in seconds."""
MOST = 10
"""The most services that one job and one template make, such as those behind a proxy."""
MILLISECONDS = {"s": Decimal(1000), "ms": Decimal(1)}
"""Of the units of histograms whose bounds are chosen."""


@record
class Fit:
    """A template that a job fits."""

    signature: Signature
    job: str
    keys: tuple[tuple[str, str], ...]
    """The values of the parameters that are labels."""
    needs: tuple[Need, ...]
    """Its SLOs that can be measured."""
    bounds: Mapping[str, str]
    """Values of the parameters for bounds: each is a bucket."""
    among: int
    """How many combinations of values the job has; the first MOST are chosen."""


def jobs_of(now: int) -> Asking[list[str]]:
    """The jobs of a server."""
    question = _values("job", (), now)
    answers = yield (question,)
    return sorted(set(answers.data(question) or ()) - {""})


def metrics_of(job: str, now: int, where: Filter = ()) -> Asking[frozenset[str]]:
    """The metrics of a job, where a deployment runs."""
    question = _values("__name__", (("match[]", promql.selector("", (Matcher("job", "=", job), *where))),), now)
    answers = yield (question,)
    return frozenset(answers.data(question) or ())


def fits(job: str, metrics: frozenset[str], signatures: Iterable[Signature], now: int) -> Asking[list[Fit]]:
    """The templates that a job fits, each with up to MOST combinations of values."""
    likely = [(one, _measured(one, metrics)) for one in signatures]
    askings = [_fits(job, one, needs, now) for one, needs in likely if needs]
    found = yield from together(askings)
    return [fit for several in found for fit in several]


def _values(label: str, more: tuple[tuple[str, str], ...], now: int) -> Endpoint:
    times = (("start", str(now - LOOKBACK)), ("end", str(now)))
    return Endpoint(f"label/{label}/values", (*more, *times))


def _measured(of: Signature, metrics: frozenset[str]) -> list[Need]:
    """Its SLOs whose metrics are there, if these fix all of its labels."""
    needs = [need for need in of.needs if metrics.issuperset(need.metrics)]
    return needs if {key for need in needs for key in need.keys} == set(of.keys) else []


def _fits(job: str, of: Signature, needs: Sequence[Need], now: int) -> Asking[list[Fit]]:
    tables = [_table(job, need, need.metrics[0], _labels(need), now) for need in needs]
    buckets = {need.name: _table(job, need, need.metrics[0], ("le",), now) for need in needs if need.bound}
    answers = yield (*tables, *buckets.values())
    rows = {need.name: selected(answers.vector(table), need.fixed) for need, table in zip(needs, tables, strict=True)}
    usable = [need for need in needs if rows[need.name] and _is_told(need, rows[need.name])]
    if {key for need in usable for key in need.keys} != set(of.keys):
        return []
    most = max(usable, key=lambda need: len(need.keys))
    chosen = {
        tuple((key, job if label == "job" else row.labels.get(label, "")) for key, label in most.keys.items())
        for row in rows[most.name]
    }
    bounds = dict(found for need in usable if (found := _bound(need, buckets, answers)))
    usable = [need for need in usable if not need.bound or need.bound in bounds]
    if not usable:
        return []
    every = sorted(keys for keys in chosen if all(value for _, value in keys))
    return [
        Fit(signature=of, job=job, keys=keys, needs=tuple(usable), bounds=bounds, among=len(every))
        for keys in every[:MOST]
    ]


def _labels(need: Need) -> tuple[str, ...]:
    """The labels that tell whether the SLO fits."""
    told = [*need.keys.values(), *(one.label for one in need.fixed), *(m.label for one in need.bad for m in one)]
    return tuple(dict.fromkeys(label for label in told if label != "job"))


def _table(job: str, need: Need, metric: str, labels: tuple[str, ...], now: int) -> Table:
    positive = tuple(one for one in need.fixed if one.op == "=")
    matchers = (Matcher("job", "=", job), *positive)
    return Table(metric=metric, matchers=matchers, labels=labels, lookback=LOOKBACK, at=now)


def _is_told(need: Need, rows: Sequence[Sample]) -> bool:
    """Whether the metric has a label that tells bad events; a counter of its own, or a gauge, needs none."""
    labels = {matcher.label for one in need.bad for matcher in one}
    return not labels or any(row.labels.get(label) for row in rows for label in labels)


def _bound(need: Need, buckets: Mapping[str, Table], answers: Answers) -> tuple[str, str] | None:
    """The bucket at the bound of the template, else the next one above, else the largest; none without a usable one."""
    if not need.bound or need.limit is None or need.unit not in MILLISECONDS:
        return None
    scale = MILLISECONDS[need.unit]
    found = {Decimal(row.labels["le"]) * scale for row in answers.vector(buckets[need.name]) if row.labels.get("le")}
    usable = sorted(one for one in found if one.is_finite() and one == int(one) and one > 0)
    above = [one for one in usable if one >= need.limit * scale]
    if not usable:
        return None
    return need.bound, _literal(above[0] if above else usable[-1])


def _literal(milliseconds: Decimal) -> str:
    """A bound as the language writes it."""
    whole = int(milliseconds)
    return f"{whole // 1000}s" if whole % 1000 == 0 else f"{whole}ms"
