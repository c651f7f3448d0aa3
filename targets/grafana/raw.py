"""Raw series on dashboards: of the values that readers choose, by the label that they choose."""

from __future__ import annotations

import re
from collections.abc import Callable

from slocompiler import promql
from slocompiler.ir import Matcher, Slo, Stream
from slocompiler.targets.grafana import text
from slocompiler.targets.grafana.queries import variable
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import folded

BY = "by"
"""The variable that holds the label to break down by."""
COMPARED = re.compile(r"(.+?)\s*(<=|>=|<|>)\s*(-?[0-9][0-9.eE+-]*)\s*\Z", re.DOTALL)
"""A condition that ends in a bound."""
_SETS = re.compile(r"\b(?:and|or|unless|bool)\b")


def by_label(slo: Slo, server: str, window: str, function: str = "rate") -> Reading:
    """Aggregates by the label that is chosen; its name is quoted where the server knows any name."""
    label = f'"${BY}"' if promql.is_version_3(server) else f"${BY}"
    return Reading(_reader(slo, window, function), lambda fold, expr: f"{fold} by ({label}) ({expr})")


def by_value(slo: Slo, window: str = "") -> Reading:
    """Aggregates by the `per` labels, or to one value; without a window it reads samples and not rates."""
    return Reading(
        _reader(slo, window, "rate"),
        lambda fold, expr: text.query(folded(slo, fold, "\0")).replace("\0", expr),
    )


def _reader(slo: Slo, window: str, function: str) -> Callable[[Stream | str], str]:
    """Reads those values of the `per` labels that are chosen.

    What users wrote is escaped before the signs of variables come in: no expression holds a NUL as it is.
    """
    more = tuple(Matcher(label, "=~", f"\0{variable(label)}") for label in slo.per)

    def read(of: Stream | str) -> str:
        if isinstance(of, str):
            expr = promql.embedded(of, "\0")
        else:
            chosen = Stream(metric=of.metric, all=of.all + more, any=of.any, none=of.none)
            expr = promql.rate(chosen, "\0", function) if window else promql.instant(chosen)
        return text.query(expr).replace("\0", window).replace('=~"\\x00per_', '=~"$per_')

    return read


def compared(expr: str) -> tuple[str, str, str] | None:
    """What a raw condition compares, how and with which number; None where its form does not show it."""
    found = COMPARED.match(expr)
    if not found or _SETS.search(expr):
        return None
    return found[1], found[2], found[3]
