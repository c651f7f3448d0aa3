"""A project, and the traffic in phases that its server has scraped: calm, an outage, a slow problem."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.accuracy.series import BEGIN

from support.server import Prometheus
from support.traffic import Phase, service

HOUR, MINUTE = 3600, 60
PHASES = [
    Phase("3h", 1200, 2),
    Phase("14m", 1200, 400),
    Phase("2h46m", 1200, 2),
    Phase("3h", 1200, 40),
    Phase("3h", 1200, 2),
]
END = round(sum(phase.minutes for phase in PHASES)) * MINUTE
LINES = """events requests_total{job="shop"} bad {code="500"} review every 90d last 2026-10-01
    alerts {
      page at 10% of budget in 1h
      page at 15% of budget in 4h needs 100 bad events
      ticket when exhausted within 1d
      ticket when budget below 90%
      ticket when budget below 50%
    }"""
OBJECTIVE = "99.5% over 5d"


def scraped() -> Iterator[str]:
    """What scrapes saw of the phases: the errors are all of one route, which has half of the requests."""
    good = bad = 0
    at = BEGIN
    for phase in PHASES:
        for _ in range(round(phase.minutes * 2)):
            yield f'requests_total{{job="shop",route="/a",code="200"}} {good - bad} {at}'
            yield f'requests_total{{job="shop",route="/a",code="500"}} {bad} {at}'
            yield f'requests_total{{job="shop",route="/b",code="200"}} {good} {at}'
            good, bad, at = good + phase.requests // 4, bad + phase.errors // 2, at + 30


class Project:
    """A project, and the options of commands that ask its server at the end of the traffic."""

    def __init__(self, folder: Path, server: Prometheus) -> None:
        self.folder = folder
        self.live = ("--url", f"http://{server.address}", "--now", f"{BEGIN + END}")
        self.write("shop.slo", service(LINES, OBJECTIVE))
        self.write("sloc.yaml", "scrape_interval: 30s\n")

    def write(self, name: str, text: str) -> None:
        """Write a file of it."""
        (self.folder / name).write_text(text, encoding="utf-8")
