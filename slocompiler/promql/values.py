"""Which values an expression can have, and when it returns something: intervals, without any PromQL text."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

from slocompiler.pattern import lazy_pattern

NEVER, SOMETIMES, PRESENT, ALWAYS = range(4)
"""When an expression returns something: never; depending on values; while its series exist; at all times."""


class Why(NamedTuple):
    """Why a condition cannot change, and what to write."""

    because: str
    help: str = ""


class Values(NamedTuple):
    """The values that an expression can have, from `low` to `high`, and when it has one."""

    low: float = -inf
    high: float = inf
    nan: bool = True
    """Whether NaN is possible."""
    returns: int = SOMETIMES
    bounds: Why | None = None
    """Why the values are within these bounds."""
    decided: Why | None = None
    """What makes it return something, or nothing, whatever the values are."""


NUMBER = Why("it reads no series", "compare a metric, such as `max(queue_length{…}) < 100`")
COUNT = Why("a count of series is 1 or more", "without any series there is no count: write `(count(…) or vector(0))`")
BOOL = Why(
    "with `bool`, a comparison returns 0 where it would return nothing",
    "remove `bool`, or compare the result with a number",
)
ELSE = Why(
    "a constant after `or` is returned whenever the other side returns nothing",
    "write the constant before the comparison, such as `(sum(x) or vector(0)) > 0`; "
    "for moments without data, `… or absent(x)`",
)
_BOUNDED = Why("a comparison with `bool` is 0 or 1", "compare it with a number between 0 and 1")
_CONTRADICTORY = Why("its comparisons contradict each other", "remove one of them")
_RATE = Why("a rate or a number of changes is never negative", "compare it with a positive number")
_ZERO_ONE = lazy_pattern(
    r"(?:up|probe_success|(?:mysql|pg|redis|mongodb|memcached|rabbitmq|haproxy|haproxy_server|haproxy_backend|nginx|consul|"
    r"kafka|zk|postgres|ldap|ntp|snmp|ipmi|vault|bird|varnish|php_fpm|phpfpm|apache|elasticsearch_cluster_health)_up)\Z"
)
"""Metrics whose value says whether something works."""
_ALERTS = ("ALERTS", "ALERTS_FOR_STATE")


def number(value: float) -> Values:
    """A literal number."""
    return Values(value, value, False, ALWAYS, NUMBER) if value == value else Values(returns=ALWAYS)


def metric(name: str) -> Values:
    """The series of a metric. Those of alerts exist only while an alert is active."""
    if _ZERO_ONE.match(name):
        return Values(
            0, 1, False, PRESENT, Why(f"`{name}` is 0 or 1", "write `== 1` if 1 is good, or `== 0` if 0 is good")
        )
    return Values(returns=SOMETIMES if name in _ALERTS else PRESENT)


def aggregated(name: str, of: Values) -> Values:
    """An aggregation of a vector by one of PromQL's operators."""
    if name in ("count", "count_values"):
        return Values(1, inf, False, of.returns, COUNT, of.decided)
    if name == "group":
        return Values(1, 1, False, min(of.returns, SOMETIMES), of.bounds)
    if name == "sum":
        return of._replace(low=of.low if of.low >= 0 else -inf, high=of.high if of.high <= 0 else inf)
    if name in ("stddev", "stdvar"):
        return Values(0, inf, of.nan, of.returns, _RATE, of.decided)
    return of


def rates(of: Values) -> Values:
    """A function such as `rate`, whose result is never negative."""
    return Values(0, inf, False, of.returns, _RATE, of.decided)


def mapped(of: Values, function: Callable[[float], float]) -> Values:
    """The values after a function that never decreases."""
    return of._replace(low=function(of.low), high=function(of.high))


def negative(of: Values) -> Values:
    """The values with the other sign."""
    return of._replace(low=-of.high, high=-of.low)


def added(left: Values, right: Values) -> Values:
    """The sum of two operands."""
    return _both(left, right, left.low + right.low, left.high + right.high)


def multiplied(left: Values, right: Values) -> Values:
    """The product of two operands."""
    if inf in (abs(left.low), abs(left.high), abs(right.low), abs(right.high)):  # 0 × ∞ is not a number
        is_positive = left.low >= 0 and right.low >= 0
        return _both(left, right, 0 if is_positive else -inf, inf)._replace(nan=True)
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return _both(left, right, min(corners), max(corners))


def combined(left: Values, right: Values) -> Values:
    """Any other operation on two operands, such as a division, whose result can be anything."""
    return _both(left, right, -inf, inf)._replace(nan=True, bounds=None)


def _both(left: Values, right: Values, low: float, high: float) -> Values:
    """The result of an operation, which returns something where both operands do."""
    bounds = right.bounds if left.bounds in (None, NUMBER) else left.bounds
    least = min(left, right, key=lambda one: one.returns)
    nan = left.nan or right.nan or low != low or high != high
    low, high = low if low == low else -inf, high if high == high else inf
    return Values(low, high, nan, least.returns, bounds, least.decided or left.decided or right.decided)


_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def compared(left: Values, operator: str, right: Values, *, is_bool: bool = False) -> Values:
    """A comparison: the left operand, or 0 and 1 with `bool`.

    A comparison that is true of all values, but would not be of 0, asks whether there are series: `count(x) > 0`.
    """
    base = _both(left, right, 0, 1)
    never = _is_impossible(left, operator, right) and not (operator == "!=" and (left.nan or right.nan))
    always = not (left.nan or right.nan) and _is_impossible(_widened(left), _OPPOSITE[operator], _widened(right))
    if is_bool:
        low, high = float(always), 1 - float(never)
        return Values(low, high, False, base.returns, _BOUNDED, base.decided or BOOL)
    narrowed = _narrowed(left, operator, right)
    is_number = base.bounds is NUMBER and base.returns < ALWAYS
    why = _CONTRADICTORY if is_number else base.bounds
    if never:
        return narrowed._replace(returns=NEVER, decided=why)
    if always:
        return narrowed._replace(returns=base.returns, decided=base.decided or why)
    return narrowed._replace(returns=min(base.returns, SOMETIMES), decided=None)


def _is_impossible(left: Values, operator: str, right: Values) -> bool:
    """Whether a comparison is false of all values of both sides."""
    if operator in (">", ">="):
        return _is_impossible(right, MIRRORED[operator], left)
    if operator == "<":
        return left.low >= right.high
    if operator == "<=":
        return left.low > right.high
    if operator == "==":
        return left.low > right.high or left.high < right.low
    return left.low == left.high == right.low == right.high


def _widened(of: Values) -> Values:
    return of if of.returns == ALWAYS else of._replace(low=min(of.low, 0), high=max(of.high, 0))


def _narrowed(left: Values, operator: str, right: Values) -> Values:
    low, high = left.low, left.high
    if operator in (">", ">=", "=="):
        low = max(low, right.low)
    if operator in ("<", "<=", "=="):
        high = min(high, right.high)
    return left._replace(low=low, high=high)


def alternative(left: Values, right: Values) -> Values:
    """`or`: the left operand, and what the right one has besides."""
    if NEVER in (left.returns, right.returns):
        return right if left.returns == NEVER else left
    most = max(left, right, key=lambda one: one.returns)
    decided = ELSE if left.returns < right.returns == ALWAYS else most.decided
    low, high, bounds = min(left.low, right.low), max(left.high, right.high), left.bounds or right.bounds
    return Values(low, high, left.nan or right.nan, most.returns, bounds, decided)


def filtered(left: Values, operator: str, right: Values) -> Values:
    """`and`, and `unless`, which returns something depending on the values of its right side."""
    if operator == "unless":
        return left if NEVER in (left.returns, right.returns) else left._replace(returns=SOMETIMES, decided=None)
    least = min(left, right, key=lambda one: one.returns)
    return left._replace(returns=least.returns, decided=least.decided)
