"""Indicators: which events count, and which of them are good or bad. A part of the IR, which `ir.py` has as a whole."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from slocompiler.record import replace, value

# Which events


class Matcher(NamedTuple):
    """One condition on one label. A tuple, because checks compare and look up many."""

    label: str
    op: Literal["=", "!=", "=~", "!~"]
    value: str


shared_matcher = lru_cache(maxsize=8192)(Matcher)
"""One object for all that are equal, as many are: they are compared, and sent to another process, in less time."""
Filter = tuple[Matcher, ...]
"""Matchers that must all match; never empty."""


@value(kw_only=True)
class Stream:
    """The series of a metric that match all of `all`, one filter of `any` (if there are any), and none of `none`."""

    metric: str
    all: Filter = ()
    any: tuple[Filter, ...] = ()
    none: tuple[Filter, ...] = ()


Events = tuple[Stream, ...]
"""Streams of different metrics, added up."""


# Classification: which events are good or bad


@value(kw_only=True)
class Ratio:
    """Events in counters; `part` counts those that are good or bad, as `side` says."""

    total: Events
    side: Literal["bad", "good"]
    part: Events
    without: Events = ()
    """Counters of events among those of `total` that are neither good nor bad: they are subtracted."""


@value(kw_only=True)
class Bounded:
    """The events of a histogram that match one of the filters `any`, and their bound."""

    any: tuple[Filter, ...]
    bound: Decimal


@value(kw_only=True)
class Threshold:
    """Events in a histogram. An event is good if its value is at most (`le`) or above (`gt`) `bound`, in the unit of the
    metric, and if it matches one of the filters `only` (or there are none)."""

    histogram: Stream
    native: bool
    unit: str
    bound: Decimal
    """With several, the largest of them."""
    good: Literal["le", "gt"]
    only: tuple[Filter, ...] = ()
    bounded: tuple[Bounded, ...] = ()
    """Bounds by filters that exclude one another, at least two. Then the events are those that match one of the filters, as
    `any` of the histogram says, and there is no `only`. Empty: one bound for all events."""

    @property
    def parts(self) -> tuple[Threshold, ...]:
        """It for each of its bounds alone."""
        return tuple(
            replace(self, histogram=replace(self.histogram, any=one.any), bound=one.bound, bounded=())
            for one in self.bounded
        ) or (self,)


@value(kw_only=True)
class Raw:
    """Events in PromQL expressions, which contain `$window`."""

    total: str
    side: Literal["bad", "good"]
    part: str


TIMES = ("age", "until")
"""The folds of points in time: the time since the latest, and until the soonest."""


@value(kw_only=True)
class Gauge:
    """A condition on the aggregated values of a stream; with the fold `each` it must be true for every series."""

    fold: Literal["max", "min", "avg", "sum", "count", "age", "until", "each"]
    rate: bool = False
    """Whether it compares rates of counters, in events a second over the slice, instead of the newest values."""
    stream: Stream
    divisor: Stream | None = None
    """By which each series of `stream` is divided, matched on the labels that both have; a division by 0 has no value."""
    cmp: Literal["<", "<=", ">", ">=", "==", "!="]
    value: Decimal
    unit: str = ""
    """The unit of `value`, empty if it has none; a time since or until something is in seconds."""

    @property
    def streams(self) -> Events:
        """The series that it reads."""
        return (self.stream, self.divisor) if self.divisor else (self.stream,)

    def reading(self, other: Callable[[Stream], Stream]) -> Gauge:
        """It with another stream in place of each that it reads."""
        return replace(self, stream=other(self.stream), divisor=other(self.divisor) if self.divisor else None)


@value(kw_only=True)
class All:
    """Two conditions or more that must all be true. There is no data if one of them has none."""

    conditions: tuple[Gauge, ...]

    def reading(self, other: Callable[[Stream], Stream]) -> All:
        """It with another stream in place of each that it reads."""
        return All(conditions=tuple(one.reading(other) for one in self.conditions))


@value(kw_only=True)
class RawCondition:
    """A condition in PromQL: it is true while the expression returns a value."""

    expr: str
    of: str = ""
    """The expression that returns a value while there is data. Empty: no value of `expr` is no missing data, but false."""


@value(kw_only=True)
class Share:
    """A gauge from 0 to 1: this part of a slice is good or bad, as `side` says. NaN is no data; several series are averaged."""

    side: Literal["bad", "good"]
    stream: Stream

    def reading(self, other: Callable[[Stream], Stream]) -> Share:
        """It with another stream in place of the one that it reads."""
        return replace(self, stream=other(self.stream))


@value(kw_only=True)
class Slices:
    """Time slices of `seconds`; each is judged at its end. `missing` says what a slice without data counts as.

    With `each`, every series of a gauge is judged by itself, as an event of its own; then `missing` is "ignored".
    """

    seconds: int
    at_least: Decimal | None = None
    """The least share of evaluations in a good slice in which the condition is true, and `missing` is the verdict on one
    without data. None: the last evaluation decides."""
    good_when: Gauge | All | RawCondition | Share
    """When a slice is good, or how much of it."""
    missing: Literal["bad", "good", "ignored"] = "bad"
    each: bool = False

    @property
    def gauges(self) -> tuple[Gauge, ...]:
        """The conditions that must all be true; none if it is in PromQL."""
        of = self.good_when
        return of.conditions if isinstance(of, All) else (of,) if isinstance(of, Gauge) else ()

    @property
    def streams(self) -> Events:
        """The series that it reads, each once; none if it is in PromQL."""
        if isinstance(self.good_when, Share):
            return (self.good_when.stream,)
        return tuple(dict.fromkeys(stream for one in self.gauges for stream in one.streams))


@value(kw_only=True)
class RatioSlices:
    """Time slices of `seconds`; each is good if at least the share `at_least` of its events is good."""

    seconds: int
    at_least: Decimal
    of: Ratio | Threshold | Raw


@value(kw_only=True)
class Passed:
    """An SLO that a journey passes, and what the journey has to know of it."""

    id: str
    title: str
    """Empty if it has none."""
    target: Decimal
    slices: int
    """The length of its slices of time, in seconds; 0 if it counts events."""


@value(kw_only=True)
class Step:
    """A step of a journey, which fails if all of `any` fail. A journey takes it `times` times."""

    any: tuple[Passed, ...]
    times: int


@value(kw_only=True)
class Through:
    """Journeys through steps, in their order; one fails if a step fails. Attempts are the events of the SLO `by`."""

    steps: tuple[Step, ...]
    by: str

    @property
    def passed(self) -> tuple[Passed, ...]:
        """Every SLO on the way."""
        return tuple(one for step in self.steps for one in step.any)


Indicator = Ratio | Threshold | Raw | Slices | RatioSlices | Through
