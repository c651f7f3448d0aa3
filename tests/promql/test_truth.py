"""Conditions that cannot change, judged by promtool: what sloc claims about an expression holds for every sample."""

from __future__ import annotations

import random

import pytest

from slocompiler.promql import judge
from slocompiler.promql.truth import values_of
from slocompiler.promql.values import ALWAYS, NEVER, PRESENT, SOMETIMES
from support.promtool import Simulation

SERIES = {
    'up{job="a"}': "0 1 1 0 1 0 0 1 1 1 0 1 stale",
    'up{job="b"}': "1 1 1 0 1 1 0 1 1 0 0 1 stale",
    "x": "-3 0 1 5 NaN 7 0.5 -0.5 100 2 3 0 stale",
    'c{job="a"}': "0 3 5 5 5 6 2 3 4 4 4 9 stale",
    'c{job="b"}': "1 1 1 1 1 1 1 1 1 1 2 2 stale",
}
PRESENT_AT = [120, 180, 240, 300, 360, 420, 480, 540, 600, 660]
"""Seconds at which all series exist, and rates over two minutes too."""
ABSENT_AT = 1800
CLAIMS = {
    ALWAYS: (
        "vector(1)",
        "vector(1) == 1",
        "max(x) < 5 or vector(0)",
        "hour() >= 0",
        "vector(scalar(max(x)) > bool 5)",
    ),
    NEVER: (
        *(
            "vector(0) > 1",
            "count(x) < 1",
            "count(up == 0) == 0",
            "min(up) > 1",
            "avg(up) * 100 > 100",
            "1 - max(up) > 1",
        ),
        *("sum(rate(c[2m])) < 0", "(max(x) > 5) < 3", "avg_over_time((max(x) > bool 5)[5m:1m]) > 1", "sgn(up) < 0"),
        *("hour() > 24", "2 < max(up)", "clamp_max(max(up), 1) > 1", "max(x) > 3 and on () min(up) > 1"),
    ),
    PRESENT: (
        "max(x)",
        "max(x) > bool 5",
        "up == bool 1",
        "count(x) >= 0",
        "up >= 0",
        "2 > max(up)",
        "sum(c - c)",
        "-max(x)",
    ),
    SOMETIMES: (
        *("max(x) > 5", "count(x) > 0", "count(x) != 0", "(count(up == 0) or vector(0)) == 0", "sum(up == bool 1) > 1"),
        *(
            "max(x) < 5 or absent(x)",
            "vector(1) unless on () max(x) > 5",
            "vector(1) and on () max(x) > 5",
            "absent(x)",
        ),
        *(
            "hour() < 6 or hour() >= 22",
            "group(x)",
            "ALERTS",
            "topk(0, x)",
            "x unless x",
            "sum(rate(c[2m])) / sum(x) >= 0",
        ),
        *("vector(scalar(max(x))) > 5", "quantile(2, up) > 1", "sum(rate(c[2m])) < Inf", "min(x) > -Inf", "x == x"),
    ),
}
OPERATORS = ("+", "-", "*", "/", ">", ">=", "<", "<=", "==", "!=", "> bool", "== bool", "< bool", "and", "or", "unless")
LEAVES = (
    *(
        "max(x)",
        "min(up)",
        "sum(up)",
        "avg(up)",
        "count(c)",
        "count(up == 0)",
        "sum(rate(c[2m]))",
        "sum(changes(c[2m]))",
    ),
    *("vector(0)", "vector(1)", "vector(time())", "absent(x)", "max(max_over_time(up[2m]))", "vector(scalar(max(x)))"),
    *("group(up)", "hour()", "stddev(up)", "sum(count_over_time(up[2m]))", "quantile(0.5, up)", "vector(-2)"),
)
AROUND = (
    "abs({})",
    "-({})",
    "ceil({})",
    "clamp({}, 0, 2)",
    "clamp_min({}, 1)",
    "sgn({})",
    "sum({})",
    "count({})",
    "sort({})",
)


@pytest.mark.parametrize("expr", CLAIMS[SOMETIMES])
def test_a_condition_that_can_change(expr: str) -> None:
    assert values_of(expr).returns == SOMETIMES


@pytest.mark.parametrize(("returns", "expr"), [(returns, expr) for returns in CLAIMS for expr in CLAIMS[returns]])
def test_when_an_expression_returns_something(returns: int, expr: str) -> None:
    assert values_of(expr).returns == returns


def drawn(draw: random.Random, depth: int) -> str:
    """An expression of the leaves, whose operands have no labels, so that all of them match."""
    kind = draw.random()
    if depth == 0 or kind < 0.2:
        return draw.choice(LEAVES)
    if kind < 0.35:
        return draw.choice(AROUND).format(drawn(draw, depth - 1))
    operator = draw.choice(OPERATORS)
    is_set = operator in ("and", "or", "unless")
    right = drawn(draw, depth - 1) if is_set or draw.random() < 0.5 else str(draw.choice((0, 1, 2, 5, -1, 0.5)))
    return f"({drawn(draw, depth - 1)}) {operator} ({right})"


def test_promtool_agrees() -> None:
    """For the expressions above and drawn ones: when they return something, and that all values are within bounds."""
    draw = random.Random(17)
    exprs = list(dict.fromkeys((*sum(CLAIMS.values(), ()), *(drawn(draw, 3) for _ in range(600)))))
    assert [expr for expr in exprs if judge.fault(expr, judge.CONDITION)] == []
    found = Simulation([], SERIES).timeline(exprs, [*PRESENT_AT, ABSENT_AT])
    wrong = []
    for expr in exprs:
        claim = values_of(expr)
        for at in (*PRESENT_AT, ABSENT_AT):
            values = [value for _, value in found[expr, at]]
            is_due = claim.returns == ALWAYS or (claim.returns == PRESENT and at != ABSENT_AT)
            is_within = all(claim.low <= value <= claim.high or (claim.nan and value != value) for value in values)
            if (is_due and not values) or (claim.returns == NEVER and values) or not is_within:
                wrong.append((expr, at, values, claim))
    assert wrong == [], wrong[:9]
    counted = [values_of(expr).returns for expr in exprs]
    assert min(counted.count(returns) for returns in CLAIMS) > 40, "each claim is made often"
