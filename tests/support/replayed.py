"""The minutes at which alerts fire: those of rules, as promtool runs them, and those of a backtest over the same series."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.accuracy.series import BEGIN

from support.command import sloc
from support.server import Prometheus
from support.traffic import simulate

MINUTE = 60
SETTLING = 5
"""The last minutes, which have no tiles yet."""
BY = "alertname, severity, slo, job, route"
MASK = f"""sum by ({BY}) (sum_over_time((max by ({BY})
  (0 * ALERTS{{alertstate="firing"}} + on() group_left vector(2) ^ (vector(time() % 1800) / 60)))[1799s:1m]))"""
"""The minutes of half an hour at which an alert fires, as the bits of a number."""

Fired = Mapping[tuple[str, str, str, str], set[int]]
"""The minutes at which alerts fire, by SLOs, values, names and severities."""


def samples(values: str) -> list[float | None]:
    """What promtool makes of its notation; None is absent."""
    found: list[float | None] = []
    for part in values.split():
        read = re.fullmatch(r"(_|\d+)(?:\+(\d+))?(?:x(\d+))?", part)
        assert read, part
        first, step, times = read.groups()
        if first == "_":
            found += [None] * int(times or 1)
        else:
            found += [int(first) + number * int(step or 0) for number in range(int(times or 0) + 1)]
    return found


def by_rules(folder: Path, text: str, series: Mapping[str, str], hours: int, evaluate: int = MINUTE) -> Fired:
    """What promtool says that the rules do."""
    rules = simulate(folder, text, series, evaluate=evaluate)
    found: dict[tuple[str, str, str, str], set[int]] = {}
    for (_, at), lines in rules.timeline([MASK], range(1800, hours * 3600 + 1, 1800)).items():
        for labels, bits in lines:
            of = labels.get("slo", f"shop/{labels.get('job')}").removeprefix("shop/")
            minutes = found.setdefault((of, labels.get("route", ""), labels["alertname"], labels["severity"]), set())
            minutes |= {int(at) // 60 - (30 - bit) % 30 for bit in range(30) if int(bits) >> bit & 1}
    return {key: {minute for minute in minutes if minute < hours * 60 - SETTLING} for key, minutes in found.items()}


def by_backtest(folder: Path, text: str, series: Mapping[str, str], hours: int) -> Fired:
    """What a backtest says on a server that has the series."""
    server, project = Prometheus(folder / "server"), folder / "project"
    project.mkdir()
    lines = [
        f"{name} {value} {BEGIN + 30 * number}"
        for name, values in sorted(series.items(), key=lambda one: one[0].partition("{")[0])
        for number, value in enumerate(samples(values))
        if value is not None
    ]
    server.backfill("\n".join([*lines, "# EOF\n"]))
    (project / "shop.slo").write_text(text, encoding="utf-8")
    settings = "scrape_interval: 30s\ntargets: {prometheus: {catch_up: false}}\n"
    (project / "sloc.yaml").write_text(settings, encoding="utf-8")
    with server:
        live = ("--url", f"http://{server.address}", "--now", f"{BEGIN + hours * 3600}", "--over", f"{hours}h")
        done = sloc(project, "backtest", *live, "--format", "json")
    assert done.code == 0, done
    last = hours * 60 - SETTLING
    found = {key: minutes for slo in json.loads(done.out)["slos"] for key, minutes in _of(slo)}
    return {key: {minute for minute in minutes if minute < last} for key, minutes in found.items()}


def _of(slo: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str, str], set[int]]]:
    side, name = slo["after"], slo["id"].removeprefix("shop/")
    found: dict[tuple[str, str, str, str], set[int]] = {}
    for value in (*side["values"], {"labels": {}, "alerts": side["alerts"]}):
        for alert in value["alerts"]:
            key = (name, value["labels"].get("route", ""), alert["alert"], alert["severity"])
            span = ((alert[end] - BEGIN) // MINUTE for end in ("begin", "end"))
            found.setdefault(key, set()).update(range(*span))
    yield from found.items()


def begins(minutes: set[int]) -> list[int]:
    """When alerts begin, of the minutes at which they fire."""
    return sorted(minute for minute in minutes if minute - 1 not in minutes)
