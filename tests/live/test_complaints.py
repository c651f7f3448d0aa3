"""What users said against the budget: which days it moved, and whether a target parts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from bench.accuracy.series import BEGIN

from slocompiler.burn import DAY
from slocompiler.ir import Feedback
from slocompiler.live import complaints
from slocompiler.live.complaints import Day
from slocompiler.live.sums import Sums
from slocompiler.live.tiles import Count
from support.compile import compile_text

STEP = 300
START, END = BEGIN + 6 * 3600, BEGIN + 3 * DAY + 3600
BLIND = "On 1 day users complained and the budget did not move: the SLO may be blind to it."
STRICT = "On 1 day the budget moved and nobody complained: the target may be too strict, or nobody could tell."


def sums(bad: Mapping[int, float]) -> Sums:
    """100 events in each tile, with these shares of bad ones by the number of the day; none on the third day."""
    counts = {
        at: Count(100, 100 * bad.get((at - 1 - BEGIN) // DAY, 0))
        for at in range(START + STEP, END + 1, STEP)
        if (at - 1 - BEGIN) // DAY != 2
    }
    return Sums(START, STEP, STEP, counts, END)


def test_each_day_has_the_burn_rate_of_its_fastest_value() -> None:
    """A day ends at midnight UTC; parts of days count; a day without events is absent."""
    values = [(sums({0: 0.002, 1: 0.0005}), Decimal("0.999")), (sums({0: 0.01, 1: 0.03}), Decimal("0.99"))]
    found = list(complaints.days(values, START, END))
    assert [one.day for one in found] == [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 4)]
    assert [one.burn for one in found] == pytest.approx([2, 3, 0], abs=1e-6)
    assert [one.bad for one in found] == pytest.approx([0.002, 0.03, 0], abs=1e-6)
    assert [one.moved for one in found] == [True, True, False]
    assert list(complaints.days([(sums({}), Decimal("0.99"))], START, START)) == []


def test_a_day_that_spends_just_its_share_does_not_move_the_budget() -> None:
    assert not Day(date(2026, 10, 1), 1, 0.001).moved
    assert Day(date(2026, 10, 1), 1.001, 0.001001).moved


def said(*days: int) -> list[Feedback]:
    return [Feedback(day=date(2026, 10, day), text=f"slow {day}", on=("x",)) for day in days]


def past(*bad: float) -> list[Day]:
    """Days from the first of October on, of a target of 99.9%."""
    return [Day(date(2026, 10, number), share * 1000, share) for number, share in enumerate(bad, 1)]


@pytest.mark.parametrize(
    ("bad", "days", "sentences"),
    [
        ((0.003, 0.0, 0.0001), (1,), ["with up to 99.7000% good, not on days with 99.9900% and more."]),
        ((0.0008, 0.0, 0.0001), (1, 1), [BLIND, "with up to 99.9200% good, not on days with 99.9900% and more."]),
        ((0.003, 0.002, 0.0), (2,), [STRICT, "users complained on one with 99.8000% good, and not on one with 99.7000%."]),
        ((0.0, 0.0), (), []),
        ((0.002,), (1,), []),
        ((0.0, 0.0), (3, 30), []),
    ],
)  # fmt: skip  # a case a line
def test_what_complaints_say_of_a_target(bad: tuple[float, ...], days: tuple[int, ...], sentences: list[str]) -> None:
    found = list(complaints.sentences(complaints.heard(past(*bad), said(*days))))
    assert len(found) == len(sentences)
    assert all(one.endswith(end) for one, end in zip(found, sentences, strict=True))


def test_each_day_is_in_one_cell_and_a_day_without_data_in_none() -> None:
    days = [one for one in past(0.003, 0.0, 0.0, 0.002, 0.0) if one.day.day != 3]
    found = complaints.heard(days, said(1, 1, 2, 3, 9))
    assert complaints.rows(found)[1:] == [
        ("users complained", "1 day", "1 day"),
        ("nobody complained", "1 day", "1 day"),
    ]
    assert found.complaints == 3
    assert list(complaints.quotes(found)) == ["2026-10-02, 100.0000% good: slow 2", "2026-10-03, no data: slow 3"]
    data = complaints.as_json(days, {"s/x": tuple(said(1, 1, 2, 3, 9))}, "s/x")
    assert data
    assert data["table"] == {
        "complained_moved": 1, "complained_still": 1, "quiet_moved": 1, "quiet_still": 1,
    }  # fmt: skip  # a table
    assert [(one["day"][-1], one["moved"], len(one["said"])) for one in data["days"]] == [
        ("1", True, 2), ("2", False, 1), ("3", None, 1), ("4", True, 0), ("5", False, 0),
    ]  # fmt: skip  # a table
    assert complaints.as_json(days, {}, "s/x") is None


def test_many_complaints_are_not_all_quoted() -> None:
    found = complaints.heard(past(*[0.0] * 9), said(*range(1, 10)))
    assert list(complaints.quotes(found))[complaints.LISTED :] == ["4 more, with `--format json`"]


def test_feedback_belongs_to_the_slos_that_it_names() -> None:
    slos = "".join(f'slo {name} 99% over 30d {{ events x_total{{}} bad {{code="{name}"}} }}\n' for name in ("a", "b"))
    text = f'service s {{ owner "o" feedback 2026-10-02 "all" feedback 2026-10-01 "one" on b\n{slos} }}'
    text += f'service quiet {{ owner "o"\n{slos} }}'
    found = complaints.by_slo(compile_text(text))
    assert {id: [one.text for one in each] for id, each in found.items()} == {"s/a": ["all"], "s/b": ["one", "all"]}
