"""The minutes at which alerts fire: those of rules, as promtool runs them, and those of a backtest over the same series."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.accuracy.series import BEGIN

from support.command import sloc
from support.samples import Native, Written, named, write
from support.server import Prometheus
from support.traffic import simulate

MINUTE = 60
SETTLING = 5
"""The last minutes, which have no tiles yet."""
BY = "alertname, severity, slo, job, route, cluster"
MASK = f"""sum by ({BY}) (sum_over_time((max by ({BY})
  (0 * ALERTS{{alertstate="firing"}} + on() group_left vector(2) ^ (vector(time() % 1800) / 60)))[1799s:1m]))"""
"""The minutes of half an hour at which an alert fires, as the bits of a number."""

Fired = Mapping[tuple[str, str, str, str], set[int]]
"""The minutes at which alerts fire, by SLOs, values or clusters, names and severities."""


_PART = re.compile(r"(_|\d+|\{\{.*?\}\})(?:\+(\d+|\{\{.*?\}\}))?(?:x(\d+))?(?:\s+|$)")
_HISTOGRAM = re.compile(r"\{\{schema:(\d+) offset:(-?\d+) .*buckets:\[([\d ]+)\]\}\}")


def samples(values: str) -> list[float | Native | None]:
    """What promtool makes of its notation; None is absent."""
    found: list[float | Native | None] = []
    assert not _PART.sub("", values), values
    for first, step, times in _PART.findall(values):
        if first == "_":
            found += [None] * int(times or 1)
        else:
            found += [_sum(_value(first), _value(step or "0"), number) for number in range(int(times or 0) + 1)]
    return found


def _value(text: str) -> int | Native:
    if not (read := _HISTOGRAM.fullmatch(text)):
        return int(text)
    return Native(int(read[1]), int(read[2]), tuple(map(int, read[3].split())))


def _sum(first: int | Native, step: int | Native, times: int) -> float | Native:
    """A value, and a number of steps."""
    if isinstance(first, Native):
        steps = step.buckets if isinstance(step, Native) else (0,) * len(first.buckets)
        return first._replace(buckets=tuple(own + times * one for own, one in zip(first.buckets, steps, strict=True)))
    assert isinstance(step, int)
    return first + times * step


def by_rules(
    folder: Path, text: str, series: Mapping[str, str], hours: int, evaluate: int = MINUTE, clusters: Sequence[str] = ()
) -> Fired:
    """What promtool says that the rules do."""
    rules = simulate(folder, text, series, evaluate=evaluate, clusters=clusters)
    found: dict[tuple[str, str, str, str], set[int]] = {}
    for (_, at), lines in rules.timeline([MASK], range(1800, hours * 3600 + 1, 1800)).items():
        for labels, bits in lines:
            of = labels.get("slo", f"shop/{labels.get('job')}").removeprefix("shop/")
            minutes = found.setdefault((of, _part(labels), labels["alertname"], labels["severity"]), set())
            minutes |= {int(at) // 60 - (30 - bit) % 30 for bit in range(30) if int(bits) >> bit & 1}
    return {key: {minute for minute in minutes if minute < hours * 60 - SETTLING} for key, minutes in found.items()}


def by_backtest(folder: Path, text: str, series: Mapping[str, str], hours: int, clusters: Sequence[str] = ()) -> Fired:
    """What a backtest says on a server that has the series."""
    return fired(backtested(folder, text, series, hours, clusters), hours)


def fired(data: dict[str, Any], hours: int) -> Fired:
    """The minutes of the first hours at which alerts fire, of what a backtest prints for programs."""
    last = hours * 60 - SETTLING
    found = {key: minutes for slo in data["slos"] for key, minutes in _of(slo)}
    return {key: {minute for minute in minutes if minute < last} for key, minutes in found.items()}


def backtested(
    folder: Path, text: str, series: Mapping[str, str], hours: int, clusters: Sequence[str] = ()
) -> dict[str, Any]:
    """What a backtest prints for programs. Native histograms are written to the server, and then all others, too."""
    project = folder / "project"
    project.mkdir()
    values = {name: samples(found) for name, found in series.items()}
    has_native = any(isinstance(one, Native) for found in values.values() for one in found)
    server = Prometheus(folder / "server", features=["native-histograms"] * has_native)
    if not has_native:
        server.backfill("\n".join([*lines(series), "# EOF\n"]))
    (project / "shop.slo").write_text(text, encoding="utf-8")
    settings = "scrape_interval: 30s\ntargets: {prometheus: {catch_up: false, server: '3.0'}}\n"
    settings += "deployments:\n" * bool(clusters) + "".join(
        f"- {{name: {one}, where: {{cluster: {one}}}}}\n" for one in clusters
    )
    (project / "sloc.yaml").write_text(settings, encoding="utf-8")
    with server:
        for name, found in values.items() if has_native else ():
            metric, labels = named(name)
            write(server.address, [Written(metric, labels, value, at) for at, value in _timed(found)])
        live = ("--url", f"http://{server.address}", "--now", f"{BEGIN + hours * 3600}", "--over", f"{hours}h")
        done = sloc(project, "backtest", *live, "--format", "json")
    assert done.code == 0, done
    data: dict[str, Any] = json.loads(done.out)
    return data


def lines(series: Mapping[str, str]) -> Iterator[str]:
    """The series as lines of OpenMetrics, those of a metric one after the other."""
    for name, values in sorted(series.items(), key=lambda one: one[0].partition("{")[0]):
        yield from (f"{name} {value} {at}" for at, value in _timed(samples(values)))


def _timed(found: Sequence[float | Native | None]) -> Iterator[tuple[int, float | Native]]:
    """The values with their times."""
    return ((BEGIN + 30 * number, value) for number, value in enumerate(found) if value is not None)


def _part(labels: Mapping[str, str]) -> str:
    """The value or the cluster; "" if there is neither."""
    return labels.get("route", labels.get("cluster", ""))


def _of(slo: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str, str], set[int]]]:
    side, name = slo["after"], slo["id"].removeprefix("shop/")
    found: dict[tuple[str, str, str, str], set[int]] = {}
    for value in (*side["values"], {"labels": {}, "alerts": side["alerts"]}):
        for alert in value["alerts"]:
            key = (name, _part(value["labels"] | slo["deployment"]), alert["alert"], alert["severity"])
            span = ((alert[end] - BEGIN) // MINUTE for end in ("begin", "end"))
            found.setdefault(key, set()).update(range(*span))
    yield from found.items()


def begins(minutes: set[int]) -> list[int]:
    """When alerts begin, of the minutes at which they fire."""
    return sorted(minute for minute in minutes if minute - 1 not in minutes)
