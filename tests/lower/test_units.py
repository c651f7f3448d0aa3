"""Units of histograms, and how a bucket's bound is found however it is spelled."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slocompiler.lower import units
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.targets.prometheus.histograms import bucket

HERE = Span(Source("test.slo", ""), 0, 0)
BOUNDS = st.builds(lambda digits, power: Decimal(digits).scaleb(power), st.integers(1, 10**12), st.integers(-18, 12))
"""Of as many digits as a float holds exactly apart."""


def time(seconds: str) -> t.Duration:
    return t.Duration(HERE, Decimal(seconds))


def size(count: str) -> t.Size:
    return t.Size(HERE, Decimal(count))


class TestUnits:
    """A bound is compared in the metric's own unit, exactly or not at all."""

    @pytest.mark.parametrize(
        ("metric", "said", "unit"),
        [
            ("http_request_duration_seconds", "", "s"),
            ("took_milliseconds", "", "ms"),
            ("took_microseconds", "", "us"),
            ("took_minutes", "", "m"),
            ("sent_bytes", "", "B"),
            ("sent_bytes", "B", "B"),
            ("took", "ms", "ms"),
            ("took_seconds", "ms", "s"),  # refused elsewhere; the name is what others read
            ("took_nanoseconds", "", None),
            ("sent_kilobytes", "", None),
            ("seconds", "", None),
            ("took_seconds_total", "", None),
            ("took", "", None),
            ("took", "fortnights", None),
        ],
    )
    def test_of_a_metric(self, metric: str, said: str, unit: str | None) -> None:
        found = units.unit_of(metric, said)
        assert (found.name if found else None) == unit

    @pytest.mark.parametrize(
        ("value", "unit", "bound"),
        [
            (time("0.3"), "s", "0.3"),
            (time("0.3"), "ms", "300"),
            (time("0.0015"), "us", "1500"),
            (time("5400"), "m", "90"),
            (time("0.3"), "m", "0.005"),
            (time("1"), "m", None),  # a sixtieth has no end
            (time("0.3"), "B", None),
            (size("10485760"), "B", "10485760"),
            (size("10485760"), "s", None),
            (time("0.3"), "", None),
            (t.Number(HERE, Decimal("0.250")), "", "0.25"),
            (t.Number(HERE, Decimal("7")), "ms", "7"),
            (t.Param(HERE, "bound"), "s", None),
        ],
    )
    def test_of_a_bound(self, value: t.Quantity, unit: str, bound: str | None) -> None:
        got = units.in_unit(value, units.unit_of("took", unit))
        assert got == (None if bound is None else Decimal(bound))

    @given(st.integers(1, 10**15), st.sampled_from(["s", "ms", "us", "m"]))
    def test_exact_or_not_at_all(self, micros: int, name: str) -> None:
        unit = units.unit_of("took", name)
        assert unit
        got = units.in_unit(t.Duration(HERE, Decimal(micros).scaleb(-6)), unit)
        factor = {"s": Decimal(1), "ms": Decimal("0.001"), "us": Decimal("0.000001"), "m": Decimal(60)}[name]
        assert got is None or got * factor == Decimal(micros).scaleb(-6)
        assert got is not None or name == "m"


class TestBuckets:
    """The pattern for a bound takes every spelling of that number, and no other number."""

    @pytest.mark.parametrize(
        ("bound", "pattern"),
        [
            ("0.3", r"0\.3"),
            ("1", r"1|1\.0"),
            ("0.0001", r"0\.0001|1(\.0)?[eE]-0*4"),
            ("100000", r"100000|100000\.0"),
            ("1000000", r"1000000|1000000\.0|1(\.0)?[eE][+]?0*6"),
            ("10485760", r"10485760|10485760\.0|1\.048576[eE][+]?0*7"),
        ],
    )
    def test_pattern(self, bound: str, pattern: str) -> None:
        assert bucket(Decimal(bound)) == pattern

    @given(BOUNDS)
    def test_takes_every_spelling(self, bound: Decimal) -> None:
        go = go_text(bound)
        openmetrics = go if "." in go or "e" in go else f"{go}.0"
        for text in (go, openmetrics, python_text(bound), java_text(bound), plain(bound)):
            assert Decimal(text) == bound
            assert re.fullmatch(bucket(bound), text), text

    @given(BOUNDS, st.data())
    def test_takes_no_other_number(self, bound: Decimal, data: st.DataObject) -> None:
        text = data.draw(st.from_regex(re.compile(bucket(bound), re.ASCII), fullmatch=True))
        assert Decimal(text) == bound

    @given(BOUNDS, BOUNDS)
    def test_tells_bounds_apart(self, one: Decimal, other: Decimal) -> None:
        for text in (go_text(other), python_text(other), java_text(other), plain(other)):
            assert bool(re.fullmatch(bucket(one), text)) == (one == other)


def scientific(bound: Decimal) -> tuple[str, int]:
    """Mantissa with a point and at least one digit after it, and the power of ten."""
    _, digits, _ = bound.normalize().as_tuple()
    first, *rest = map(str, digits)
    return f"{first}.{''.join(rest) or '0'}", bound.adjusted()


def go_text(bound: Decimal) -> str:
    """As Go's `strconv.FormatFloat(bound, 'g', -1, 64)` has it."""
    mantissa, power = scientific(bound)
    if -4 <= power < 6:
        return plain(bound)
    return f"{mantissa.removesuffix('.0')}e{'-' if power < 0 else '+'}{abs(power):02}"


def python_text(bound: Decimal) -> str:
    """As Python's client has it: `repr`, but exponents from 1e6 up, of which two digits and more get another zero."""
    mantissa, power = scientific(bound)
    return f"{mantissa.removesuffix('.0')}e+0{power}" if 6 <= power < 16 else repr(float(bound))


def java_text(bound: Decimal) -> str:
    """As Java's `Double.toString` has it."""
    mantissa, power = scientific(bound)
    if -3 <= power < 7:
        text = plain(bound)
        return text if "." in text else f"{text}.0"
    return f"{mantissa}E{power}"


def plain(bound: Decimal) -> str:
    text = format(bound, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
