"""Units of metrics: a threshold is written as `300ms`, and compared with a metric in seconds as 0.3."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slocompiler.record import value
from slocompiler.syntax import tree as t


@value()
class Unit:
    """A unit of time or size."""

    name: str
    kind: str
    """`time` or `size`."""
    factor: Fraction
    """How many seconds or bytes it has."""
    words: str
    """Its name in the plural."""


_UNITS = {
    unit.name: unit
    for unit in (
        Unit("s", "time", Fraction(1), "seconds"),
        Unit("ms", "time", Fraction(1, 1000), "milliseconds"),
        Unit("us", "time", Fraction(1, 10**6), "microseconds"),
        Unit("m", "time", Fraction(60), "minutes"),
        Unit("B", "size", Fraction(1), "bytes"),
    )
}
NAMES = tuple(_UNITS)
"""The units that `in` accepts."""
BY_WORDS = {unit.words: unit.name for unit in _UNITS.values()}
"""The symbol of each unit: `s` for seconds."""
_SUFFIXES = {"_seconds": "s", "_milliseconds": "ms", "_microseconds": "us", "_minutes": "m", "_bytes": "B"}
PARTS = ("_bucket", "_count", "_sum")
"""The endings of the metrics of a classic histogram; the language names the histogram without them."""


def suffix_of(metric: str) -> str:
    """The unit in the name of a metric, "" for none: `s` for `http_request_duration_seconds`."""
    return next((unit for suffix, unit in _SUFFIXES.items() if metric.endswith(suffix)), "")


def base_of(metric: str) -> str:
    """The name of a metric without the ending of a part of a histogram."""
    return next((metric.removesuffix(part) for part in PARTS if metric.endswith(part)), metric)


def unit_of(metric: str, given: str) -> Unit | None:
    """The unit of a metric: the one in its name, else the one given with `in`; None if there is neither."""
    return _UNITS.get(suffix_of(metric) or given)


def in_unit(value: t.Quantity, unit: Unit | None) -> Decimal | None:
    """A value in `unit`: 300ms is 0.3 in seconds. None if it is of another kind, or has no exact decimal value there.

    A plain number is already in the unit of the metric.
    """
    if isinstance(value, t.Number):
        return value.value
    kind = "time" if isinstance(value, t.Duration) else "size" if isinstance(value, t.Size) else ""
    if unit is None or unit.kind != kind:
        return None
    assert isinstance(value, t.Duration | t.Size)
    exact = Fraction(value.seconds if isinstance(value, t.Duration) else value.bytes) / unit.factor
    decimal = Decimal(exact.numerator) / Decimal(exact.denominator)
    return decimal if Fraction(decimal) == exact else None
