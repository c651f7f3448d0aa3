"""Units of histograms: a bound is written as people say it and compared as the metric has it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from slocompiler.syntax import tree as t


class Unit(NamedTuple):
    """A unit of time or size, as so many seconds or bytes."""

    name: str
    kind: str
    factor: Fraction
    words: str


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
"""The series of which a classic histogram consists: it is named without them."""


def suffix_of(metric: str) -> str:
    """The unit that a metric's name says, "" for none: `http_request_duration_seconds` is in `s`."""
    return next((unit for suffix, unit in _SUFFIXES.items() if metric.endswith(suffix)), "")


def base_of(metric: str) -> str:
    """The name of the histogram of which `metric` may be a part."""
    return next((metric.removesuffix(part) for part in PARTS if metric.endswith(part)), metric)


def unit_of(metric: str, said: str) -> Unit | None:
    """The unit of a histogram: of its name, else what was said with `in`; None where neither tells."""
    return _UNITS.get(suffix_of(metric) or said)


def in_unit(value: t.Quantity, unit: Unit | None) -> Decimal | None:
    """A bound in the metric's own unit; None where it has another kind, or no exact value there.

    300ms is 0.3 in seconds. A plain number is in whatever unit the metric has.
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
