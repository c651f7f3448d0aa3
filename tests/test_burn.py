"""The arithmetic of budgets: the figures of the standard alerts, and detection times against a plain simulation."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slocompiler import burn, standard
from slocompiler.ir import Alert, Burn, Exhausted, NoData, Remaining

DAY, HOUR = 86400, 3600


def burns(target: str, days: int) -> list[tuple[str, float, int]]:
    """The burn lines of the standard alerts: severity, factor, window in hours."""
    lines = standard.alerts(Decimal(target), days * DAY)
    return [
        (line.severity, float(burn.line_factor(line, Decimal(target), days * DAY)), line.window // HOUR)
        for line in lines
        if isinstance(line, Burn)
    ]


@pytest.mark.parametrize(
    ("target", "days", "expected"),
    [
        ("0.999", 30, [("page", 14.4, 1), ("page", 6, 6), ("ticket", 3, 24), ("ticket", 1.5, 72)]),
        ("0.999", 28, [("page", 13.44, 1), ("page", 5.6, 6), ("ticket", 2.8, 24), ("ticket", 1.4, 72)]),
        ("0.999", 90, [("page", 43.2, 1), ("page", 18, 6), ("ticket", 9, 24), ("ticket", 1.5, 216)]),
        ("0.999", 7, [("page", 8.4, 1), ("page", 4.2, 6), ("ticket", 2.1, 24)]),
        ("0.999", 1, [("page", 4.8, 1), ("ticket", 2, 6)]),
        ("0.9", 30, [("page", 5, 1), ("ticket", 3, 24), ("ticket", 1.5, 72)]),
        ("0.51", 30, [("page", 0.5 / 0.49, 1)]),
        ("0.5", 30, []),
        ("0.2", 30, []),
    ],
)
def test_standard_alerts(target: str, days: int, expected: list[tuple[str, float, int]]) -> None:
    for (severity, factor, window), wanted in zip(burns(target, days), expected, strict=True):
        assert (severity, window) == (wanted[0], wanted[2])
        assert factor == pytest.approx(wanted[1])


def test_standard_alerts_always_have_their_tickets() -> None:
    for target in ("0.3", "0.9", "0.9999"):
        *_, remaining, no_data = standard.alerts(Decimal(target), 30 * DAY)
        assert remaining == Remaining(severity="ticket", below=Decimal(0))
        assert no_data == NoData(severity="ticket", lasting=900)


def test_a_tenth_of_the_window_rounds_half_up() -> None:
    assert burns("0.999", 365)[-1][2] == 37 * 24
    assert burns("0.999", 35)[-1][2] == 4 * 24


def test_a_share_of_bad_events_has_the_burn_rate_of_its_target() -> None:
    line = Burn(severity="page", share=None, window=HOUR, ceiling=Decimal("0.5"))
    for target, rate in (("0.999", 500), ("0.9", 5)):
        assert burn.line_factor(line, Decimal(target), 30 * DAY) == rate
        assert burn.detection(line, Decimal(target), 30 * DAY, Fraction(1)) == HOUR // 2
        assert not burn.is_capped(line, Decimal(target), 30 * DAY)


def test_short_windows() -> None:
    assert [burn.short_window(w, 30, 0) for w in (HOUR, 6 * HOUR, DAY, 3 * DAY, 600)] == [300, 1800, 7200, 21600, 120]
    assert burn.shortest_window(30) == 240


def simulated(line: Alert, target: Decimal, period: int, bad: Fraction, step: int) -> float | None:
    """Step by step, from a full budget: when the condition of the line is met, in seconds."""
    budget = 1 - float(target)
    rate = float(bad) / budget
    for time in range(step, period + step, step):
        spent = rate * time / period
        if isinstance(line, Burn):
            seen = rate * min(time, line.window) / line.window
            met = seen > float(line.share) * period / line.window
        elif isinstance(line, Exhausted):
            window = HOUR if line.within <= 12 * HOUR else 6 * HOUR if line.within <= 2 * DAY else DAY
            seen = rate * min(time, window) / window
            met = seen > 1 and max(1 - spent, 0.02) / seen * period < line.within
        else:
            assert isinstance(line, Remaining)
            met = 1 - spent < float(line.below)
        if met:
            return time
    return None


lines = st.one_of(
    st.builds(
        Burn,
        severity=st.just("page"),
        share=st.sampled_from([Decimal("0.02"), Decimal("0.05"), Decimal("0.1")]),
        window=st.sampled_from([HOUR, 6 * HOUR]),
    ),
    st.builds(Exhausted, severity=st.just("page"), within=st.sampled_from([2 * HOUR, 12 * HOUR, 36 * HOUR, 4 * DAY])),
    st.builds(Remaining, severity=st.just("page"), below=st.sampled_from([Decimal(0), Decimal("0.25")])),
)


@settings(max_examples=60)
@given(
    lines,
    st.sampled_from([Decimal("0.9"), Decimal("0.99"), Decimal("0.999")]),
    st.sampled_from([7 * DAY, 30 * DAY]),
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(1, 9), Fraction(1, 30)]),
)
def test_detection_is_what_a_simulation_sees(line: Alert, target: Decimal, period: int, bad: Fraction) -> None:
    step = 30
    exact, seen = burn.detection(line, target, period, bad), simulated(line, target, period, bad, step)
    if exact is None or seen is None:
        assert exact is None or exact > period - step, "a simulation sees only its period"
        assert seen is None
    else:
        assert float(exact) <= seen <= float(exact) + 2 * step


def test_a_burn_line_has_spent_its_share_when_it_fires() -> None:
    line = Burn(severity="page", share=Decimal("0.02"), window=HOUR)
    for target in (Decimal("0.99"), Decimal("0.999")):
        for bad in (Fraction(1), Fraction(1, 2), Fraction(1, 5)):
            time = burn.detection(line, target, 30 * DAY, bad)
            assert time is not None
            assert burn.spent(time, target, 30 * DAY, bad) == Fraction(2, 100)


def test_highest_burn_rate_is_that_of_a_full_outage() -> None:
    assert burn.highest(Decimal("0.999")) == 1000
    assert (
        burn.detection(Burn(severity="page", share=Decimal("0.2"), window=HOUR), Decimal("0.99"), 30 * DAY, Fraction(1))
        is None
    )


@pytest.mark.parametrize(
    ("needs", "bad", "seconds"),
    [(0, "1", 518.4), (30, "1", 1800), (60, "1", 3600), (61, "1", None), (30, "0.5", 3600), (30, "0.49", None)],
)
def test_a_line_waits_for_the_bad_slices_that_it_needs(needs: int, bad: str, seconds: float | None) -> None:
    line = Burn(severity="page", share=Decimal("0.02"), window=HOUR, needs=needs)
    target, share = Decimal("0.99"), Fraction(bad)
    time = burn.detection(line, target, 30 * DAY, share, 60)
    assert (time and float(time)) == seconds
    assert (time is None) == (share / burn.budget(target) < burn.least(line, target, 30 * DAY, 60))
    assert burn.detection(line, target, 30 * DAY, Fraction(1)) == Fraction("518.4"), "the number of events is not known"


def test_an_exhaustion_line_waits_for_the_bad_slices_that_it_needs() -> None:
    few, many = (Exhausted(severity="page", within=4 * HOUR, needs=needs) for needs in (1, 60))
    target = Decimal("0.999")
    assert burn.detection(few, target, 30 * DAY, Fraction(1), 60) < 3600  # type: ignore[operator]  # it is no None
    assert burn.detection(many, target, 30 * DAY, Fraction(1), 60) == 3600
    assert burn.detection(many, target, 30 * DAY, Fraction(1, 2), 60) is None


def test_the_standard_alerts_leave_no_burn_rate_silent() -> None:
    for target in ("0.3", "0.9", "0.9999"):
        for days in (1, 7, 30, 90):
            lines = standard.alerts(Decimal(target), days * DAY)
            assert burn.silent_below(lines, Decimal(target), days * DAY) == 0
            errors = [line for line in lines if not isinstance(line, Remaining)]
            lowest = burn.silent_below(errors, Decimal(target), days * DAY)
            assert lowest is None or lowest > 1, "without the last line, a slow burn would be silent"
