"""What `sloc test` says of conditions, against verdicts worked out by hand, and against what a Prometheus returns."""

from __future__ import annotations

from decimal import Decimal
from math import nan

import pytest

from slocompiler.ir import Slices
from slocompiler.targets.promtest import conditions, evaluate, states, verdict
from slocompiler.targets.promtest.labels import Undecided
from slocompiler.targets.promtest.render import untested
from slocompiler.targets.promtest.verdict import Count, Sample
from support.compile import answers, compile_text


def slices(text: str) -> Slices:
    found = compile_text(answers(text)).slos[0].indicator
    assert isinstance(found, Slices)
    return found


def world(*samples: tuple[str, float], **labels: str) -> list[Sample]:
    """Samples of series that differ in a label of their own."""
    return [Sample(metric, {**labels, "n": str(n)}, value) for n, (metric, value) in enumerate(samples)]


@pytest.mark.parametrize(
    ("condition", "values", "good"),
    [
        ("max(q{}) < 5", [1, 5], False),
        ("max(q{}) <= 5", [1, 5], True),
        ("min(q{}) > 1", [1, 5], False),
        ("avg(q{}) == 3", [1, 5], True),
        ("sum(q{}) != 6", [1, 5], False),
        ("count(q{}) >= 2", [1, 5], True),
        ("q{} < 5", [1, 5], False),
        ("q{} < 6", [1, 5], True),
        ("max(q{}) < 5", [nan, 4], True),
        ("sum(q{}) < 5", [nan, 4], False),
        ("q{} < 5", [nan, 4], False),
        ("age(q{}) < 1m", [-50, -70], True),
        ("age(q{}) < 1m", [-61, -70], False),
        ("until(q{}) > 1m", [61, 70], True),
        ("until(q{}) > 1m", [50, 70], False),
        ("max(q{}) < 5", [], None),
    ],
)
def test_conditions(condition: str, values: list[float], good: bool | None) -> None:
    found = slices(f"slices 1m good when {condition}")
    assert verdict.verdict(found, world(*(("q", value) for value in values))) is good


def test_quotients_match_on_the_labels_that_no_selector_fixes() -> None:
    found = slices('slices 1m good when max(m{state="used"} / m{state="all"}) < 90%')
    used, every = (world(("m", value), state=state) for value, state in ((85, "used"), (100, "all")))
    assert verdict.verdict(found, [*used, *every]) is True
    assert verdict.verdict(found, [*used, *(one._replace(value=90) for one in every)]) is False
    assert verdict.verdict(found, [*used, *(one._replace(value=0) for one in every)]) is None
    other = [one._replace(labels={"state": "all", "n": "7"}) for one in every]
    assert verdict.verdict(found, [*used, *other]) is None


def test_a_slice_counts_as_no_data_says() -> None:
    assert verdict.judged(slices("slices 1m good when max(q{}) < 5"), []) == Count(1, 1)
    assert verdict.judged(slices("slices 1m good when max(q{}) < 5 no data is good"), []) == Count(1, 0)
    assert verdict.judged(slices("slices 1m good when max(q{}) < 5 no data is ignored"), []) is None
    assert verdict.judged(slices("slices 1m each good when q{} < 5"), world(("q", 1), ("q", 5), ("q", 9))) == Count(
        3, 2
    )


@pytest.mark.parametrize(
    ("body", "values", "count"),
    [
        ("slices 1m good share(q{})", [1, 0.5], Count(1, 0.25)),
        ("slices 1m bad share(q{})", [1, 0.5], Count(1, 0.75)),
        ("slices 1m bad share(q{})", [-3, 0.5], Count(1, 0.25)),
        ("slices 1m good share(q{})", [3, 0.5], Count(1, 0.25)),
        ("slices 1m good share(q{})", [nan, 0.75], Count(1, 0.25)),
        ("slices 1m good share(q{})", [nan], Count(1, 1)),
        ("slices 1m good share(q{}) no data is good", [], Count(1, 0)),
        ("slices 1m good share(q{}) no data is ignored", [nan, nan], None),
        ("slices 1m each good share(q{})", [1, 0.5, 0, nan], Count(3, 1.5)),
        ("slices 1m each bad share(q{})", [nan], None),
    ],
)
def test_a_slice_counts_in_part(body: str, values: list[float], count: Count | None) -> None:
    assert conditions.judged(slices(body), world(*(("q", value) for value in values))) == count


def test_promql_says_when_there_are_data() -> None:
    """It has data while `b` is above 1, and is good while `a` is above 2."""
    found = slices("slices 1m good when `a > 2` of `b > 1` no data is ignored")
    for a, b, count in ((3, 2, Count(1, 0)), (1, 2, Count(1, 1)), (3, 1, None), (1, 1, None)):
        assert conditions.judged(found, world(("a", a), ("b", b))) == count
    assert conditions.judged(found, world(("b", 2))) == Count(1, 1)
    assert conditions.judged(found, world(("a", 3))) is None


def test_a_share_of_evaluations_and_of_events() -> None:
    two = [True] * 8 + [False] * 2
    assert verdict.share_of(two, Decimal("0.8"), "bad") == Count(1, 0)
    assert verdict.share_of([*two[1:], False], Decimal("0.8"), "bad") == Count(1, 1)
    assert verdict.share_of([True, None, None], Decimal("0.8"), "ignored") == Count(1, 0)
    assert verdict.share_of([None, None], Decimal("0.8"), "ignored") is None
    assert [verdict.too_few(20, bad, Decimal("0.95")) for bad in (1, 2)] == [True, False]


@pytest.mark.parametrize(
    ("text", "returned"),
    [
        ("max(a) > 2", [3]),
        ("max(a) > 3", []),
        ("sum(a) / 2", [2]),
        ("a - b", [-1]),
        ("a / on(n) b", [0.5]),
        ("a and b", [1]),
        ("a unless b", [3]),
        ("b or a", [2, 3]),
        ("count(c) or vector(0)", [0]),
        ("absent(c) and on() a == 3", [1]),
        ("(max(a) > bool 2) + (min(a) > bool 2)", [1]),
        ("5 > b", [2]),
        ("-sum by (k) (a)", [-4]),
        ("sum(rate(a[5m]))", [4]),
        ("sum(increase(a[1m]))", [240]),
    ],
)
def test_promql(text: str, returned: list[float]) -> None:
    """Of `a` 1 and 3, of `b` 2, which has the labels of the first of them."""
    series = world(("a", 1), ("a", 3)) + world(("b", 2))
    assert sorted(evaluate.value(text, series).values()) == returned


@pytest.mark.parametrize(
    "text", ["rate(a[5m] offset 1h)", "max_over_time(a[1h:1m])", "topk(1, a)", "deriv(a[5m])", "a @ 5"]
)
def test_promql_beyond_that_is_undecided(text: str) -> None:
    with pytest.raises(Undecided):
        evaluate.value(text, world(("a", 1)))


def test_series_for_which_a_condition_holds_and_does_not() -> None:
    text = 'min(free{job="e"} / size{job="e"}) > 0.1 and max(time() - done) < 3600'
    yes, no, others = states.states(text)
    assert states.holds(yes, text)
    assert not states.holds(no, text)
    assert {one.metric for one in yes} == {"free", "size", "done"}
    assert {states.holds(other, text) for other in others} == {True, False}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("slices 1m good when `histogram_quantile(0.9, x) < 1`", "sloc generates no series for `histogram_quantile` in PromQL"),
        ("events x_total{} bad {c=\"5\"} exclude when `hour() < 6`", "its PromQL reads no series"),
        ("events x_total{} bad {c=\"5\"} exclude when `sum(x_total) < 6`", "its `exclude when` reads what it counts"),
        ("events `sum(rate(x[$window]))` bad `sum(irate(y[$window]))`", "sloc generates no events for `irate` in PromQL"),
        ("events `sum(rate(x[$window])) ^ 2` bad `sum(rate(y[$window]))`", "sloc generates no series for `^` in PromQL"),
        ("slices 1m good when `a > on() group_left sum(a) / 2` of `a` per n", "its PromQL does not keep the values of `per` apart"),
        ("slices 1m good when `a > 2` of `b > 2 and b < 1`", "sloc found no series for which its PromQL returns something while there is data"),
        ("slices 1m good when `time() - a < 60` of `a > 0`", "its PromQL reads a metric in two ways"),
        ("slices 1m good when max(q{}) < 5 and max(q{}) > 6", "sloc found no values for which its condition holds"),
    ],
)  # fmt: skip  # a table
def test_what_cannot_be_made_up_is_not_tested(body: str, why: str) -> None:
    assert untested(compile_text(answers(body)).slos[0]) == why
