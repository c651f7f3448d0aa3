"""Made-up traffic, counted event by event: what really happened, and what scrapes see of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from bench.accuracy.series import (
    BEGIN,
    DAY,
    HOUR,
    PHASE,
    SCRAPE,
    Scrape,
    Series,
    absent,
    between,
    down,
    gauge,
    plain,
    restarting,
    rolled_out,
    values,
)

from support.even_traffic import shown


class Moment(NamedTuple):
    """What happens at a time: requests a second, and the share of them that fail."""

    pace: float
    bad: float


COUNTERS = """events requests_total{{job="{job}"}} bad {{code="500"}}"""
"""What most scenarios measure; the job has the name of the scenario."""


@dataclass(frozen=True)
class Scenario:
    """What happens at a time of day, by hours since the beginning, and how the counters show it."""

    name: str
    about: str
    moment: Callable[[float], Moment]
    seen: Callable[[list[Scrape]], Series] = field(default=plain)
    down: Callable[[float], bool] = lambda _: False
    """When Prometheus itself is down: nothing is scraped nor recorded."""
    held: bool = True
    """Whether raw data hold the truth, but for what comes between two scrapes."""
    measured: str = COUNTERS
    catch_up: bool = True
    young: bool = False
    """Whether it is read on the first day, from the sixth hour on."""
    budget: bool = False
    """Whether what is read is the share of the budget that is spent, by the budget left, instead of the period's ratio."""


class Truth:
    """Every request of a scenario."""

    def __init__(self, scenario: Scenario, days: float) -> None:
        self.scenario = scenario
        self.scrapes = list(_count(scenario, round(days * DAY)))
        self._times = [scrape.at for scrape in self.scrapes]
        self._events = [0, *accumulate(scrape.events for scrape in self.scrapes)]
        self._bad = [0, *accumulate(scrape.bad for scrape in self.scrapes)]

    def ratio(self, at: int, window: int) -> float:
        """Failed requests over all requests in the `window` seconds before `at`."""
        return self._within(self._bad, at, window) / self._within(self._events, at, window)

    def _within(self, sums: list[int], at: int, window: int) -> int:
        begin, end = (bisect_right(self._times, time) for time in (at - window, at))
        return sums[end] - sums[begin]

    def samples(self) -> Iterator[str]:
        """What scrapes saw, as OpenMetrics."""
        for labels, at, value in self.scenario.seen(self.scrapes):
            if not self.scenario.down((at - BEGIN) / HOUR):
                own = {"job": self.scenario.name, **labels}
                yield f"{own.pop('__name__', 'requests_total')}{shown(own)} {value} {at}"


def _count(scenario: Scenario, lasting: int) -> Iterator[Scrape]:
    """Whole requests: what is left of one is carried on to the next scrape."""
    events = bad = 0.0
    for at in range(BEGIN + PHASE, BEGIN + lasting + 1, SCRAPE):
        pace, share = scenario.moment((at - BEGIN) / HOUR)
        events += pace * SCRAPE
        count = int(events)
        bad += count * share
        failed = min(int(bad), count)
        events, bad = events - count, bad - failed
        yield Scrape(at, count, failed)


# What happens


def _sun(hours: float) -> float:
    """From 10 requests a second at four in the morning to 100 at four in the afternoon."""
    return 55 - 45 * math.cos((hours - 4) / 24 * 2 * math.pi)


def _away(minutes: int, name: str = "", catch_up: bool = True) -> Scenario:
    """Prometheus is down on some morning, in the midst of hours in which a third of the requests fail."""

    def failing(hours: float) -> bool:
        return down(hours + 1, 2 + minutes / 60)

    return Scenario(
        name or f"away-{minutes}m",
        f"Prometheus is away for {minutes} minutes, and a third of the requests fail from an hour before to an hour after"
        + ("" if catch_up else "; without catch-up"),
        lambda h: Moment(_sun(h), 0.33 if failing(h) else 0.0005),
        down=lambda h: down(h, minutes / 60),
        catch_up=catch_up,
    )


def _storm(hours: float) -> Moment:
    failing = between(hours, 13, 0.5)
    return Moment(_sun(hours) * (8 if failing else 1), 0.6 if failing else 0.0002)


SCENARIOS = (
    Scenario("night-and-day", "ten times as busy by day as at night", lambda h: Moment(_sun(h), 0.001)),
    Scenario(
        "trouble-at-night",
        "half of an hour's requests fail at four in the morning",
        lambda h: Moment(_sun(h), 0.5 if between(h, 3.5, 1) else 0.0002),
    ),
    Scenario(
        "trouble-at-peak",
        "half of an hour's requests fail at four in the afternoon",
        lambda h: Moment(_sun(h), 0.5 if between(h, 15.5, 1) else 0.0002),
    ),
    Scenario("retry-storm", "half an hour of failures brings eight times the requests", _storm),
    Scenario(
        "low-traffic",
        "two requests a minute, and one in fifty fails",
        lambda _: Moment(1 / 30, 0.02),
    ),
    Scenario(
        "idle-nights",
        "nothing happens for eight hours of the day, and the first hour after fails more often",
        lambda h: Moment(0 if between(h, 0, 8) else 20, 0.05 if between(h, 8, 1) else 0.001),
    ),
    Scenario(
        "service-down",
        "the service is away for two hours and fails often before",
        lambda h: Moment(0 if down(h) else _sun(h), 0.3 if down(h + 0.5) and not down(h) else 0.0005),
        absent,
    ),
    *(_away(minutes) for minutes in (2, 20, 60, 90, 110)),
    Scenario(
        "away-twice",
        "Prometheus is away for 90 minutes, and an hour later for 20; a third of the requests fail meanwhile, before and after",
        lambda h: Moment(_sun(h), 0.33 if down(h + 1, 2 + 170 / 60) else 0.0005),
        down=lambda h: down(h, 1.5) or down(h - 2.5, 20 / 60),
    ),
    _away(2, "restart", catch_up=False),
    Scenario(
        "resets",
        "the process restarts every two hours",
        lambda h: Moment(_sun(h), 0.2 if between(h, 12.5, 1) else 0.001),
        lambda scrapes: restarting(scrapes, 2 * HOUR, pods=False),
        held=False,
    ),
    Scenario(
        "pods-come-and-go",
        "another pod every six hours, whose first error nobody sees",
        lambda h: Moment(_sun(h), 0.2 if between(h, 12.5, 1) else 0.001),
        lambda scrapes: restarting(scrapes, 6 * HOUR, pods=True),
        held=False,
    ),
    Scenario(
        "buckets-change",
        "a release without a bucket at the bound takes half of the traffic for six hours of every third day",
        lambda h: Moment(_sun(h), 0.002),
        rolled_out,
        measured='events took_seconds{{job="{job}"}} good below 300ms',
    ),
    Scenario(
        "values-come-and-go",
        "another value of `per` every twelve hours, whose first error nobody sees",
        lambda h: Moment(_sun(h), 0.2 if between(h, 12.5, 1) else 0.001),
        values,
        held=False,
        measured=COUNTERS + " per route",
    ),
    Scenario(
        "slices",
        "slices of a minute, bad for eight hours of each day; Prometheus restarts once a week",
        lambda h: Moment(1 / SCRAPE, float(between(h, 12, 8))),
        gauge,
        down=lambda h: down(h, 2 / 60),
        measured='slices 1m good when max(wrong{{job="{job}"}}) < 1',
    ),
    Scenario(
        "young",
        "trouble in the first night, read every hour from the sixth of the first day on",
        lambda h: Moment(_sun(h), 0.5 if between(h, 3.5, 1) else 0.0002),
        young=True,
    ),
    Scenario(
        "young-budget",
        "the same; the error of the budget that is spent, by `slo:budget_left:ratio`",
        lambda h: Moment(_sun(h), 0.5 if between(h, 3.5, 1) else 0.0002),
        young=True,
        budget=True,
    ),
)
