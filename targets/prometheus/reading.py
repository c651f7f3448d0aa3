"""How raw series are read and added up: the rules do it by the `per` labels, a breakdown by any label."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from slocompiler import promql
from slocompiler.ir import Slo, Stream
from slocompiler.targets.prometheus.series import folded


class Reading(NamedTuple):
    """The aggregation that the algebra of events works with, whatever the events are counted in."""

    read: Callable[[Stream | str], str]
    """The rate of each series of a stream, or of raw PromQL, as an instant vector."""
    fold: Callable[[str, str], str]
    """An aggregation such as `sum` or `max`, and a vector: one value, or one for each value of some labels."""

    def total(self, expr: str) -> str:
        """The sum of a vector."""
        return self.fold("sum", expr)


def rates(slo: Slo, window: str, function: str = "rate") -> Reading:
    """The reading of the rules: rates over `window`, or increases, by the `per` labels."""

    def read(of: Stream | str) -> str:
        return promql.embedded(of, window) if isinstance(of, str) else promql.rate(of, window, function)

    return Reading(read, partial(folded, slo))


def samples(slo: Slo) -> Reading:
    """The reading of conditions: the newest samples, by the `per` labels."""

    def read(of: Stream | str) -> str:
        return promql.embedded(of) if isinstance(of, str) else promql.instant(of)

    return Reading(read, partial(folded, slo))
