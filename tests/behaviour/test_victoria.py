"""The rules on a real VictoriaMetrics with vmalert: as time goes by, and over the past."""

import time
from pathlib import Path

import pytest

from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import render
from support.compile import compile_text
from support.exporter import Exporter
from support.haste import SCRAPE, hastened
from support.traffic import only, service
from support.victoria import Victoria, running
from support.waiting import wait_for

HASTE = 60
"""So many times faster than life: five minutes are five seconds."""
BURST = 500


def rules(name: str) -> dict[str, str]:
    """The files of a service with the alerts of the standard policy, recording and alerting rules apart."""
    project, problems = load(Source("sloc.yaml", "targets: {prometheus: {files: split}}"))
    assert problems == []
    program = compile_text(service().replace("service shop", f"service {name}"))
    return {file: hastened(text, HASTE) for file, text in render(program, "prometheus", project.options()).items()}


def past() -> str:
    """The recording rules of another service over the same events; a replay evaluates each second, and no more often."""
    text = rules("past")["past.recording.rules.yaml"]
    text = text.replace("interval: 500ms", "interval: 1s")
    return text.replace(f"] offset 500ms) * {SCRAPE / HASTE}", "] offset 1s) * 1")


def counted(server: Victoria, name: str) -> list[float]:
    """All errors and all events of a service that were counted."""
    names = (f'slo:{what}:increase5m{{service="{name}"}}' for what in ("errors", "events"))
    return [only(server.query(f"sum_over_time({name}[1h])")) for name in names]


def test_the_period_has_the_ratio_of_the_counted_events(tmp_path: Path) -> None:
    begin = time.time()
    every = f"{SCRAPE * 1000 // HASTE}ms"
    with Exporter(0, 0) as exporter, running(tmp_path, rules("shop"), exporter.address, every) as server:
        # VictoriaMetrics does not extrapolate the rate of a new series to the window, so nothing happens before one is full.
        wait_for(lambda: server.query("slo:errors:increase5m"), "first count")
        exporter.pace(20, 1)
        wait_for(lambda: server.query("slo:errors:rate5m > 0"), "errors")
        exporter.fail(BURST)
        wait_for(lambda: server.query('ALERTS{alertname="SLOBurn",alertstate="firing",severity="page"}'), "page")
        exporter.pace(0, 0)
        wait_for(lambda: server.query("max_over_time(slo:events:rate5m[1s]) == 0"), "rest")
        before = only(server.query("count_over_time(slo:errors:increase5m[1h])"))
        again = f"count_over_time(slo:errors:increase5m[1h]) > {before + 1}"
        wait_for(lambda: server.query(again), "counts of everything")
        late = f"timestamp(slo:error_ratio:period) > {time.time() + 1}"
        ratio = only(wait_for(lambda: server.query(f"slo:error_ratio:period and {late}"), "ratio of everything"))
        states = {(rule["health"], rule["lastError"]) for rule in server.rules()}
        (tmp_path / "past.yaml").write_text(past(), encoding="utf-8")
        server.replay("past.yaml", begin)
        wait_for(
            lambda: server.query('last_over_time(slo:error_ratio:period{service="past"}[1h])'), "ratio of the past"
        )
        found = {name: counted(server, name) for name in ("shop", "past")}
    truth = [exporter.failed, exporter.requests]
    print(f"{truth} failed, of; counted {found}")
    assert states == {("ok", "")}
    assert ratio == pytest.approx(truth[0] / truth[1], rel=0.005)
    # Each count sums ten rates. On a busy machine, the database may show the last of them too late: a tenth is lost then.
    tenths = round(10 * found["shop"][0] / truth[0])
    assert tenths >= 8
    assert found["shop"] == pytest.approx([tenths / 10 * number for number in truth], rel=0.03)
    assert found["past"] == pytest.approx(truth, rel=0.1)
