"""How raw series are read and aggregated: by the `per` labels for rules, by another label for a breakdown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from slocompiler import promql
from slocompiler.ir import Slo, Stream
from slocompiler.record import value
from slocompiler.targets.prometheus.series import folded_events


@value()
class Reading:
    """A way to read raw series and to aggregate them; an argument of all functions that compute events."""

    read: Callable[[Stream | str], str]
    """Returns an instant vector of the series of a stream, or of raw PromQL, such as their rates."""
    fold: Callable[[str, str], str]
    """Aggregates a vector by an operator such as `sum`: to one value, or to one for each value of some labels."""

    def total(self, expr: str) -> str:
        """The sum of a vector."""
        return self.fold("sum", expr)


def rates(slo: Slo, window: str, function: str = "rate", modifier: str = "") -> Reading:
    """Reads rates over `window`, or increases, and aggregates by the `per` labels, as the rules do.

    The modifier is one such as ` offset 5m`.
    """

    def read(of: Stream | str) -> str:
        return promql.embedded(of, window) if isinstance(of, str) else promql.rate(of, window, function, modifier)

    return Reading(read, partial(folded_events, slo))


def samples(slo: Slo, lately: str = "") -> Reading:
    """Reads the newest samples, and aggregates by the `per` labels, as conditions of slices do.

    With `lately`, a series that is absent has its newest sample in that time: a scrape that fails ends every series.
    """

    def read(of: Stream | str) -> str:
        if isinstance(of, str):
            return promql.embedded(of)
        now = promql.instant(of)
        return f"{now} or {promql.rate(of, lately, 'last_over_time')}" if lately else now

    return Reading(read, partial(folded_events, slo))
