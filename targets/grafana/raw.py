"""Readings of raw series on dashboards: for the values and by the label that a reader chooses."""

from __future__ import annotations

from collections.abc import Callable

from slocompiler import promql
from slocompiler.ir import Matcher, Slo, Stream
from slocompiler.targets.grafana import text
from slocompiler.targets.grafana.queries import variable
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import folded_events

BY = "by"
"""The variable that holds the label to break down by."""


def by_label(slo: Slo, server: str, window: str, function: str = "rate") -> Reading:
    """Aggregates by the chosen label, with its name in quotes if the server supports quoted names."""
    label = f'"${BY}"' if promql.is_version_3(server) else f"${BY}"
    return Reading(_reader(slo, window, function), lambda fold, expr: f"{fold} by ({label}) ({expr})")


def by_value(slo: Slo, window: str = "") -> Reading:
    """Aggregates by the `per` labels. Without a window, it reads samples instead of rates."""
    return Reading(
        _reader(slo, window, "rate"),
        lambda fold, expr: text.query(folded_events(slo, fold, "\0")).replace("\0", expr),
    )


def _reader(slo: Slo, window: str, function: str) -> Callable[[Stream | str], str]:
    """Reads the series of the chosen values of the `per` labels.

    User text is escaped first. Then the variables replace the NULs, which no expression holds otherwise.
    """
    more = tuple(
        Matcher(label, "=~", f"\0{variable(name)}") for label, name in zip(slo.event_labels, slo.per, strict=True)
    )

    def read(of: Stream | str) -> str:
        if isinstance(of, str):
            expr = promql.embedded(of, "\0")
        else:
            chosen = Stream(metric=of.metric, all=of.all + more, any=of.any, none=of.none)
            expr = promql.rate(chosen, "\0", function) if window else promql.instant(chosen)
        return text.query(expr).replace("\0", window).replace('=~"\\x00per_', '=~"$per_')

    return read
