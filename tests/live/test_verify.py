"""What `sloc verify` finds on real servers, and where it must find nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from slocompiler.compiler import render
from slocompiler.formats.text import render as as_text
from slocompiler.live.verify import Report
from slocompiler.source import Source
from support.compile import EXAMPLES, ROOT, compile_files
from support.exporter import Exposed
from support.server import Prometheus
from support.verified import verified


def sources(name: str) -> list[Source]:
    return [Source(f"examples/{name}", (ROOT / "examples" / name).read_text("utf-8"))]


def shown(report: Report) -> str:
    return "\n".join(map(as_text, report.problems))


class TestItself:
    """The example of a Prometheus that scrapes itself, and the rules of all examples."""

    @pytest.fixture(scope="class")
    def server(self, every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
        del every_prometheus
        rules = [text for one in EXAMPLES for text in render(compile_files(one), "prometheus").values()]
        with Exposed() as alertmanager:
            receivers, folder = [alertmanager.address], tmp_path_factory.mktemp("itself")
            with Prometheus(folder, rules=rules, scrape_self=True, alertmanagers=receivers) as server:
                seen = 'prometheus_rule_evaluations_total and on() prometheus_http_requests_total{handler=~"/api/v1/query"}'
                server.wait_for(lambda: server.query(seen, int(time.time())), 20, "scrapes of itself")
                yield server

    def test_an_example_that_fits_has_no_finding(self, server: Prometheus) -> None:
        report = verified(sources("prometheus.slo"), f"http://{server.address}")
        assert not report.problems, shown(report)
        assert report.summary.startswith("4 SLOs: 4 find what they read; 98 rules loaded, all healthy")

    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
    def test_loaded_rules_are_those_of_a_build(self, path: str, server: Prometheus) -> None:
        report = verified(sources(path.name), f"http://{server.address}")
        assert not [one for one in report.problems if one.code == "V710"], shown(report)
        assert "all healthy" in report.summary
