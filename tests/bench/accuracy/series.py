"""What scrapes see of traffic: series of counters, histograms and gauges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

SCRAPE = 30
PHASE = 7
"""Seconds between the evaluation of rules and the next scrape."""
HOUR, DAY = 3600, 86_400
BEGIN = 1_790_812_800
"""A midnight in UTC."""


class Scrape(NamedTuple):
    """One scrape: its time, and the requests since the one before, all of them and those that failed."""

    at: int
    events: int
    bad: int


Series = Iterator[tuple[Mapping[str, str], int, int]]
"""Labels, a time and a value; the label `__name__` where it is not the counter of requests."""


def between(hours: float, begin: float, lasting: float) -> bool:
    """Whether it is this time of day."""
    return begin <= hours % 24 < begin + lasting


def down(hours: float, lasting: float = 2) -> bool:
    """The second day of each week, for some hours of its morning."""
    return 1 <= hours / 24 % 7 < 2 and between(hours, 8, lasting)


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
    return ((labels, at, value) for labels, at, value in plain(scrapes) if not down((at - BEGIN) / HOUR))


def rolled_out(scrapes: list[Scrape]) -> Series:
    """Two pods with a histogram; for six hours of every third day, a new release with other buckets takes the second's place."""
    counts = {pod: [0, 0] for pod in "abc"}
    for scrape in scrapes:
        hours = (scrape.at - BEGIN) / HOUR
        for pod in ("a", "c" if hours // 24 % 3 == 1 and between(hours, 2, 6) else "b"):
            count = counts[pod]
            count[0], count[1] = count[0] + scrape.events - scrape.bad, count[1] + scrape.events
            for le, value in (("0.5" if pod == "c" else "0.3", count[0]), ("+Inf", count[1])):
                yield {"__name__": "took_seconds_bucket", "pod": pod, "le": le}, scrape.at, value
            yield {"__name__": "took_seconds_count", "pod": pod}, scrape.at, count[1]


def gauge(scrapes: list[Scrape]) -> Series:
    """1 while something is wrong, else 0."""
    return (({"__name__": "wrong"}, scrape.at, scrape.bad) for scrape in scrapes)


def values(scrapes: list[Scrape]) -> Series:
    """Another value of a label every twelve hours, which ends with the next one."""
    for labels, at, value in restarting(scrapes, 12 * HOUR, pods=True):
        yield {"code": labels["code"], "route": labels["instance"]}, at, value
