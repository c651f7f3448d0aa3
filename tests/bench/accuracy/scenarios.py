"""Made-up traffic, counted event by event: what really happened, and what scrapes see of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from support.even_traffic import shown

SCRAPE = 30
PHASE = 7
"""Seconds between the evaluation of rules and the next scrape."""
HOUR, DAY = 3600, 86_400
BEGIN = 1_790_812_800
"""A midnight in UTC."""


class Moment(NamedTuple):
    """What happens at a time: requests a second, and the share of them that fail."""

    pace: float
    bad: float


class Scrape(NamedTuple):
    """One scrape: its time, and the requests since the one before, all of them and those that failed."""

    at: int
    events: int
    bad: int


Series = Iterator[tuple[Mapping[str, str], int, int]]
"""Labels, a time and the value of a counter."""


@dataclass(frozen=True)
class Scenario:
    """What happens at a time of day, by hours since the beginning, and how the counters show it."""

    name: str
    about: str
    moment: Callable[[float], Moment]
    seen: Callable[[list[Scrape]], Series] = field(default=lambda scrapes: plain(scrapes))
    down: Callable[[float], bool] = lambda _: False
    """When Prometheus itself is down: nothing is scraped nor recorded."""
    held: bool = True
    """Whether raw data hold the truth, but for what comes between two scrapes."""


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
        begin, end = (bisect_right(self._times, time) for time in (at - window, at))
        return (self._bad[end] - self._bad[begin]) / (self._events[end] - self._events[begin])

    def samples(self) -> Iterator[str]:
        """What scrapes saw, as OpenMetrics."""
        for labels, at, value in self.scenario.seen(self.scrapes):
            if not self.scenario.down((at - BEGIN) / HOUR):
                yield f"requests_total{shown({'job': self.scenario.name, **labels})} {value} {at}"


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


# How counters show it


def plain(scrapes: list[Scrape]) -> Series:
    """One process that never ends: two counters, both there from the beginning."""
    good = bad = 0
    for scrape in scrapes:
        good, bad = good + scrape.events - scrape.bad, bad + scrape.bad
        yield {"code": "200"}, scrape.at, good
        yield {"code": "500"}, scrape.at, bad


def restarting(scrapes: list[Scrape], every: int, pods: bool) -> Series:
    """A process that starts anew from time to time: a reset, or another pod; a pod's errors are born with the first."""
    good = bad = 0
    for scrape in scrapes:
        life, age = divmod(scrape.at - BEGIN, every)
        if age < SCRAPE:
            good = bad = 0
        good, bad = good + scrape.events - scrape.bad, bad + scrape.bad
        labels = {"instance": f"pod-{life}"} if pods else {}
        yield {"code": "200", **labels}, scrape.at, good
        if bad or not pods:
            yield {"code": "500", **labels}, scrape.at, bad


def absent(scrapes: list[Scrape]) -> Series:
    """A service that cannot be scraped while it is down."""
    return ((labels, at, value) for labels, at, value in plain(scrapes) if not _down((at - BEGIN) / HOUR))


# What happens


def _sun(hours: float) -> float:
    """From 10 requests a second at four in the morning to 100 at four in the afternoon."""
    return 55 - 45 * math.cos((hours - 4) / 24 * 2 * math.pi)


def _between(hours: float, begin: float, lasting: float) -> bool:
    """Whether it is this time of day."""
    return begin <= hours % 24 < begin + lasting


def _down(hours: float) -> bool:
    """The second day of each week, for two hours of its morning."""
    return 1 <= hours / 24 % 7 < 2 and _between(hours, 8, 2)


def _storm(hours: float) -> Moment:
    failing = _between(hours, 13, 0.5)
    return Moment(_sun(hours) * (8 if failing else 1), 0.6 if failing else 0.0002)


SCENARIOS = (
    Scenario("night-and-day", "ten times as busy by day as at night", lambda h: Moment(_sun(h), 0.001)),
    Scenario(
        "trouble-at-night",
        "half of an hour's requests fail at four in the morning",
        lambda h: Moment(_sun(h), 0.5 if _between(h, 3.5, 1) else 0.0002),
    ),
    Scenario(
        "trouble-at-peak",
        "half of an hour's requests fail at four in the afternoon",
        lambda h: Moment(_sun(h), 0.5 if _between(h, 15.5, 1) else 0.0002),
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
        lambda h: Moment(0 if _between(h, 0, 8) else 20, 0.05 if _between(h, 8, 1) else 0.001),
    ),
    Scenario(
        "service-down",
        "the service is away for two hours and fails often before",
        lambda h: Moment(0 if _down(h) else _sun(h), 0.3 if _down(h + 0.5) and not _down(h) else 0.0005),
        absent,
    ),
    Scenario(
        "prometheus-down",
        "Prometheus is away for an hour in which a third of the requests fail",
        lambda h: Moment(_sun(h), 0.33 if _down(h) and _between(h, 8, 1) else 0.0005),
        down=lambda h: _down(h) and _between(h, 8, 1),
    ),
    Scenario(
        "resets",
        "the process restarts every two hours",
        lambda h: Moment(_sun(h), 0.2 if _between(h, 12.5, 1) else 0.001),
        lambda scrapes: restarting(scrapes, 2 * HOUR, pods=False),
        held=False,
    ),
    Scenario(
        "pods-come-and-go",
        "another pod every six hours, whose first error nobody sees",
        lambda h: Moment(_sun(h), 0.2 if _between(h, 12.5, 1) else 0.001),
        lambda scrapes: restarting(scrapes, 6 * HOUR, pods=True),
        held=False,
    ),
)
