"""`sloc init --url`: from a server to files that build, verify and pass `sloc test`. And `sloc coverage`."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from slocompiler import grammar
from slocompiler.cli.clicked import group
from support import binaries
from support.alertmanager import running
from support.command import sloc
from support.compile import ROOT
from support.exporter import Exposed, exporters
from support.server import Prometheus

RECORDINGS = ROOT / "tests" / "std"
RECORDED = {"istio": "mesh", "promhttp": "api", "redis": "cache", "kafka-exporter": "kafka"}
"""Recordings of the library, by the jobs that scrape them."""
SCRAPED = "count(count_over_time(up[1m]) > 1)"
STEP, LENGTH = 120, 3 * 86400
"""Seconds between two samples of the past, and of all of it."""
REQUESTS, EVERY = 240, 600
"""The requests in a step; one in EVERY requests fails."""


def past(now: int) -> str:
    """The counters of the job `api` over some days, up to an hour ago: 99.83% are good."""
    lines = ["# TYPE http_requests counter"]
    for code, of in (("200", EVERY - 1), ("500", 1)):
        for number, at in enumerate(range(now - LENGTH, now - 3600, STEP)):
            count = number * REQUESTS * of / EVERY
            lines.append(f'http_requests_total{{job="api",instance="old",code="{code}",method="GET"}} {count} {at}')
    return "\n".join([*lines, "# EOF\n"])


@pytest.fixture(scope="module")
def server(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A server that scrapes itself, an Alertmanager, Debian's exporters and recordings, with a past of one job."""
    del every_prometheus
    folder = tmp_path_factory.mktemp("server")
    (folder / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    with ExitStack() as stack:
        port = stack.enter_context(running(folder / "alertmanager.yml", folder))
        found = stack.enter_context(exporters(folder))
        texts = {job: (RECORDINGS / f"{name}.prom").read_text("utf-8") for name, job in RECORDED.items()}
        texts["api"] = re.sub(r'.*le="0.25".*\n', "", texts["api"])
        targets = {job: [stack.enter_context(Exposed(text)).address] for job, text in texts.items()}
        targets |= {"alertmanager": [f"127.0.0.1:{port}"], **{job: [address] for job, address in found.items()}}
        started = Prometheus(folder, scrape_self=True, scrape_targets=targets)
        started.backfill(past(int(time.time())))
        with started:
            started.wait_for(
                lambda: [value for _, value in started.query(SCRAPED) if value > len(targets)], 20, "scrapes"
            )
            yield started


@pytest.fixture(scope="module")
def drafted(server: Prometheus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `sloc init` writes about it."""
    folder = tmp_path_factory.mktemp("drafted")
    done = sloc(folder, "init", "--url", f"http://{server.address}")
    assert done.code == 0, done.err
    assert "\nNo draft for alertmanager, haproxy, node: no template fits" in done.out
    return folder


def test_each_job_that_fits_has_a_file(drafted: Path) -> None:
    """Debian's exporters of nodes and of HAProxy count nothing that users notice; that of Redis has no Redis beside it."""
    names = sorted(path.stem for path in drafted.glob("*.slo"))
    assert names == ["api", "cache", "prometheus", "redis", "shop-cart", "warehouse-orders"]
    assert ") without commands" in (drafted / "redis.slo").read_text("utf-8")
    assert 'bad     {code=~"5.."}' in (drafted / "prometheus.slo").read_text("utf-8")
    assert "# `lag`: a guess" in (drafted / "warehouse-orders.slo").read_text("utf-8")


def test_targets_are_those_of_the_past_and_bounds_are_buckets(drafted: Path) -> None:
    text = (drafted / "api.slo").read_text("utf-8")
    found = re.search(r"  # availability: 3 days of data, 99\.8[0-9]*% good, .* events a second; (.*)", text)
    assert found
    assert found[1] == "99.8% would have held, barely"
    assert "target = 99.8%" in text
    assert "within = 500ms" in text  # without the bucket of 250 milliseconds


def test_the_way_from_a_server_to_a_dashboard(drafted: Path) -> None:
    assert sloc(drafted, "check", "--strict").err == ""
    assert sloc(drafted, "fmt", "--check").code == 0
    done = sloc(drafted, "verify", "--format", "json")
    assert {one["code"] for one in json.loads(done.out)["diagnostics"]} == {"V710"}  # the rules are not loaded yet
    assert sloc(drafted, "build").code == 0
    built = {path.relative_to(drafted / "generated").parts[0] for path in (drafted / "generated").rglob("*")}
    assert {"prometheus", "grafana", "docs"} <= built


def test_drafts_pass_sloc_test(server: Prometheus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = sloc(tmp_path, "init", "--url", f"http://{server.address}", "--job", "prometheus")
    assert done.out.startswith("sloc.yaml\nprometheus.slo\n")
    monkeypatch.chdir(tmp_path)
    tested = CliRunner().invoke(group, ["test", "--promtool", str(binaries.promtool())])
    assert tested.exit_code == 0, tested.output
    assert tested.output.endswith(" cases: all passed\n")


class TestRefusals:
    def test_a_job_that_is_not_there(self, server: Prometheus, tmp_path: Path) -> None:
        done = sloc(tmp_path, "init", "--url", f"http://{server.address}", "--job", "apy")
        assert (done.code, done.err) == (2, "sloc: the server has no job `apy`; did you mean `api`?\n")

    def test_a_job_about_which_nothing_is_known(self, server: Prometheus, tmp_path: Path) -> None:
        done = sloc(tmp_path, "init", "--url", f"http://{server.address}", "--job", "node")
        assert done.code == 2
        assert "fits a template, or counts events with a label that tells bad ones" in done.err
        assert not list(tmp_path.iterdir())

    def test_no_file_is_overwritten_and_a_project_file_stays(self, server: Prometheus, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_text("output: made\n")
        command = ("init", "--url", f"http://{server.address}", "--job", "api")
        assert sloc(tmp_path, *command).out.startswith("api.slo\n")
        again = sloc(tmp_path, *command)
        assert (again.code, again.err) == (2, "sloc: api.slo exists already; nothing was written\n")
        assert (tmp_path / "sloc.yaml").read_text() == "output: made\n"


class TestCoverage:
    def test_jobs_without_an_slo_come_first(self, drafted: Path) -> None:
        done = sloc(drafted, "coverage", "--over", "1d", "prometheus.slo")
        head, *rows, last = done.out.splitlines()
        assert head.split() == ["job", "events/s", "covered", "SLOs", "busiest", "counter"]
        cells = [re.split(r" {2,}", row) for row in rows]
        assert [(job, covered, slos) for job, _, covered, slos, _ in cells] == [
            ("api", "0%", "none"),
            ("prometheus", "100%", "prometheus/availability"),
            ("cache", "–", "none"),
            ("mesh", "–", "none"),
        ]
        assert cells[0][-1] == "http_requests_total"
        assert last == "4 jobs count requests, 1 with SLOs; SLOs look at 0% of the traffic"

    def test_a_part_of_a_job(self, drafted: Path, tmp_path: Path) -> None:
        text = (drafted / "prometheus.slo").read_text("utf-8").replace('{code=~"5.."}', '{method="GET"}')
        text = text.replace(
            'prometheus_http_requests_total{job="prometheus"', 'http_requests_total{job="api", code="500"'
        )
        (tmp_path / "a.slo").write_text(text, "utf-8")
        url = yaml.safe_load((drafted / "sloc.yaml").read_text("utf-8"))["live"]["url"]
        done = sloc(tmp_path, "coverage", "--over", "1d", "--url", url, "--format", "json")
        found = json.loads(done.out)
        jsonschema.validate(found, json.loads(grammar.text("coverage.schema.json")))
        api = next(one for one in found["jobs"] if one["job"] == "api")
        assert api["covered"] == pytest.approx(1 / EVERY, rel=0.01)
        assert api["slos"] == ["prometheus/availability"]

    def test_without_traffic(self, drafted: Path) -> None:
        """The recordings stand still, and the past of the job `api` ended an hour ago."""
        lines = sloc(drafted, "coverage", "--over", "30s", "cache.slo").out.splitlines()
        assert re.search(
            r"^cache +0 +– +cache/commands, cache/up +redis_commands_total$", "\n".join(lines), re.MULTILINE
        )

    def test_markdown(self, drafted: Path) -> None:
        lines = sloc(drafted, "coverage", "--over", "1d", "--format", "markdown").out.splitlines()
        assert lines[:2] == ["| job | events/s | covered | SLOs | busiest counter |", "| --- | --- | --- | --- | --- |"]
        assert lines[2].startswith("| api | ")
        assert lines[-1] == "4 jobs count requests, 4 with SLOs; SLOs look at 100% of the traffic"
