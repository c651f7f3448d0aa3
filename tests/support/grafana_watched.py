"""A real Prometheus that runs the rules of all examples over made-up traffic, and all that dashboards ask of it."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from slocompiler.ir import Program, Slo
from slocompiler.targets import render
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, compile_files
from support.even_traffic import STEP, openmetrics
from support.grafana import Data, Panel, dashboards
from support.grafana_answers import shown
from support.server import Prometheus

SINCE = 3600.0
WAIT = 60
SHIFTED = 'ALERTS{alertname="SLOBurn",alertstate="firing",severity="page",owner="night",service="consumer",slo="consumer/lag"} 1'
"""A page that was over long ago."""


@dataclass(repr=False)
class Seen:
    """A server with everything that was asked of it at one time."""

    server: Prometheus
    program: Program
    at: float
    data: dict[str, Data]
    answers: dict[str, list[tuple[Panel, list[Any]]]] = field(default_factory=dict)

    def panel(self, slo: Slo, title: str) -> list[Any]:
        """What the first panel of the SLO whose title begins so was answered, over the time range of the dashboard."""
        found = self.answers[f"{slo.service}.{slo.name}"]
        return next(answered for panel, answered in found if panel.title.startswith(title) and not panel.time_from)


def rules(program: Program) -> list[str]:
    """All rules, at intervals of seconds, those too that wait for minutes."""
    plain = PrometheusOptions(catch_up=False)  # shortened intervals look like a gap to it
    chosen = Options(scrape_interval=STEP, evaluation_interval=STEP, targets={"prometheus": plain})
    return [*map(hurried, render(program, "prometheus", chosen).values())]


def hurried(text: str) -> str:
    """Rules at intervals of seconds, whose counts leave out less."""
    quick = re.sub(r"^  interval: .*$", "  interval: 2s", text, flags=re.M)
    return re.sub(rf"(:rate5m\{{.*?\}}\[\w+\] offset) {STEP}s", r"\1 6s", quick)


def history(now: int) -> str:
    """Two hours of traffic, in which two pages were raised and were over."""
    pages = [
        f"{SHIFTED} {at}"
        for begin in (now - 6000, now - 2400)
        for at in range(begin, begin + 600, STEP)
    ]  # fmt: skip  # one expression
    return openmetrics(now, 2).replace("# EOF", "\n".join([*pages, "# EOF"]))


def records(texts: list[str]) -> set[tuple[str, str]]:
    """Name and SLO of everything that is to be recorded."""
    groups = [group for text in texts for group in yaml.safe_load(text)["groups"]]
    return {(rule["record"], rule["labels"]["slo"]) for group in groups for rule in group["rules"] if "record" in rule}


def recorded(server: Prometheus) -> set[tuple[str, str]]:
    """Name and SLO of everything that is recorded."""
    found = server.query('count by (__name__, slo) ({__name__=~"slo:.+"})')
    return {(labels["__name__"], labels["slo"]) for labels, _ in found}


@contextmanager
def watched(folder: Path) -> Iterator[Seen]:
    """The server, once everything is recorded and alerts fire, with what each panel was answered."""
    program = compile_files(*EXAMPLES)
    texts = rules(program)
    server = Prometheus(folder, rules=texts)
    server.backfill(history(int(time.time())))
    with server:
        wanted = records(texts)
        server.wait_for(lambda: recorded(server) >= wanted, WAIT, "recorded series of every SLO")
        server.wait_for(lambda: server.query('ALERTS{alertstate="firing",service="checkout"}'), WAIT, "alert")
    with Prometheus(folder) as still:  # on the same data, to which nothing is added any more
        minute = math.ceil(time.time() / 60) * 60  # Grafana asks at whole steps, most of which are so many seconds
        data = dashboards(program, scrape_interval=STEP, evaluation_interval=STEP)
        found = Seen(still, program, minute, data)
        for name, dashboard in data.items():
            found.answers[name] = shown(still, dashboard, found.at, SINCE)
        yield found
