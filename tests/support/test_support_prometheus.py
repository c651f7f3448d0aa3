"""Tests of the tests' own tools against the real promtool and Prometheus."""

import http.server
import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from support import server
from support.promtool import Simulation, check_rules, run_tests, seconds
from support.rendering import render_alerts
from support.server import Prometheus

TOY = r"""
groups:
- name: second
  rules:
  - record: toy:third
    expr: foo / 3
- name: first
  interval: 5m
  rules:
  - record: toy:third:sum
    expr: sum(toy:third)
  - alert: High
    expr: foo > 2
    for: 1m
    labels: {quoted: 'a"b, c="d"} 4'}
    annotations:
      summary: "it's \"q\", {a=\"b\"},\n{{ $value }} µs in {{ $labels.job }}"
      queried: '{{ with query "sum(foo)" }}{{ . | first | value }}{{ end }}'
"""


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """The toy rules as a file."""
    path = tmp_path / "toy.yml"
    path.write_text(TOY)
    return path


class TestPromtool:
    """Values and alerts that promtool computed come back as they were."""

    def simulation(self, toy: Path) -> Simulation:
        """Two series; the second ends after four minutes and has marks in a label that look like samples."""
        series = {r'foo{job="a"}': "0+1x10", r'foo{job="b, c=\"d\"} 4"}': "6x3 stale"}
        return Simulation([toy], series)

    def test_values(self, toy: Path) -> None:
        exprs = ["toy:third", "foo * 0 / 0", "-foo / 0", "foo * 1e30", "time()", "absent(foo)", "-1e-9 * foo"]
        got = self.simulation(toy).values(exprs, "2m")
        assert got["toy:third"] == [
            ({"__name__": "toy:third", "job": "a"}, 2 / 3),
            ({"__name__": "toy:third", "job": 'b, c="d"} 4'}, 2.0),
        ]
        assert [math.isnan(value) for _, value in got["foo * 0 / 0"]] == [True, True]
        assert [value for _, value in got["-foo / 0"]] == [-math.inf, -math.inf]
        assert [value for _, value in got["foo * 1e30"]] == pytest.approx([2e30, 6e30])
        assert got["time()"] == [({}, 120.0)]
        assert got["absent(foo)"] == []
        assert [value for _, value in got["-1e-9 * foo"]] == pytest.approx([-2e-9, -6e-9])

    def test_timeline(self, toy: Path) -> None:
        got = self.simulation(toy).timeline(
            ["count(foo)", "label_replace(vector(1), 'a', 'x\\ny', '', '')"], [180, "4m"]
        )
        assert {key: value for key, value in got.items() if key[0] == "count(foo)"} == {
            ("count(foo)", 180): [({}, 2.0)],
            ("count(foo)", "4m"): [({}, 1.0)],
        }

    def test_groups_run_in_the_files_order_or_the_given_one(self, toy: Path) -> None:
        forwards = self.simulation(toy)
        backwards = Simulation(forwards.rules, forwards.series, group_eval_order=["first", "second"])
        assert forwards.values(["toy:third:sum"], "1m")["toy:third:sum"][0][1] == pytest.approx(7 / 3)
        # The sum that is made first sees the thirds of the minute before.
        assert backwards.values(["toy:third:sum"], "1m")["toy:third:sum"][0][1] == pytest.approx(6 / 3)

    def test_alerts(self, toy: Path) -> None:
        got = self.simulation(toy).alerts(["High", "Unknown"], [0, "2m", 300])
        assert [len(got["High", at]) for at in (0, "2m", 300)] == [0, 1, 1]
        assert got["Unknown", 300] == []
        assert got["High", 300] == [
            {
                "labels": {"alertname": "High", "job": "a", "quoted": 'a"b, c="d"} 4'},
                "annotations": {"summary": 'it\'s "q", {a="b"},\n5 µs in a', "queried": "5"},
            }
        ]
        two = Simulation([toy], {'foo{job="a"}': "3x9", 'foo{job="b"}': "4x9"}).alerts(["High"], ["5m"])
        assert [alert["labels"]["job"] for alert in two["High", "5m"]] == ["a", "b"]

    def test_problems_are_reported(self, toy: Path, tmp_path: Path) -> None:
        with pytest.raises(AssertionError, match="many-to-many"):
            self.simulation(toy).values(["foo + on() foo"], "1m")
        with pytest.raises(AssertionError, match="parse error"):
            Simulation([toy], {"foo": "what"}).values(["foo"], "1m")
        broken = tmp_path / "broken.yml"
        broken.write_text("groups: [{name: a, rules: [{record: x, expr: '1 +'}, {record: x, expr: '1'}]}]")
        with pytest.raises(AssertionError, match="unexpected end of input"):
            check_rules(toy, broken)
        broken.write_text("groups: [{name: a, rules: [{record: x, expr: '2'}, {record: x, expr: '1'}]}]")
        with pytest.raises(AssertionError, match="duplicate"):
            check_rules(broken)
        check_rules(toy)

    def test_documents_of_ones_own(self, toy: Path) -> None:
        samples = [{"labels": "{}", "value": 1}]
        test = {"promql_expr_test": [{"expr": "vector(1)", "eval_time": "1m", "exp_samples": samples}]}
        document = {"rule_files": [toy.name], "tests": [{"interval": "1m", **test}]}
        assert run_tests(document, toy.parent).returncode == 0
        samples[0]["value"] = 2
        assert run_tests(document, toy.parent).returncode == 1

    @pytest.mark.parametrize(
        ("text", "number"), [(90, 90), ("1m30s", 90), ("5w", 3_024_000), ("0", 0), ("1500ms", 1.5)]
    )
    def test_durations(self, text: str | int, number: float) -> None:
        assert seconds(text) == number

    @pytest.mark.parametrize("text", ["", "1", "m", "1m 2s", "-1m", "1.5m"])
    def test_no_durations(self, text: str) -> None:
        with pytest.raises(ValueError, match="no duration"):
            seconds(text)


@pytest.fixture
def target() -> Iterator[str]:
    """Something to scrape: one gauge, `scraped 7`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(b"scraped 7\n")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((server.HOST, 0), Handler) as listener:
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        yield f"{server.HOST}:{listener.server_port}"
        listener.shutdown()


class TestServer:
    """The server starts, scrapes, evaluates, survives a crash and goes away."""

    def test_lives_through_a_crash(self, tmp_path: Path, toy: Path, target: str) -> None:
        rule = "groups: [{name: g, rules: [{record: twice, expr: 2 * scraped}, {alert: A, expr: twice > 1}]}]"
        now = time.time()
        prometheus = Prometheus(
            tmp_path / "prometheus", rules=[rule, toy], scrape_targets={"app": [target]}, scrape_self=True
        )
        prometheus.backfill(f'old{{a="b"}} 3 {now - 3600}\n# EOF\n')
        with prometheus:
            assert prometheus.query("old", now - 3600) == [({"__name__": "old", "a": "b"}, 3.0)]
            assert prometheus.query("scalar(vector(4))") == [({}, 4.0)]
            assert (prometheus.get("/-/ready"), prometheus.get("/nowhere")) == (200, 404)
            assert {rule["group"] for rule in prometheus.rules()} == {"g", "first", "second"}
            prometheus.wait_for(lambda: prometheus.query("twice"), 10, "recorded series")
            (alert,) = prometheus.wait_for(prometheus.alerts, 10, "alert")
            assert alert["state"] == "firing"
            prometheus.wait_for(lambda: prometheus.query('up{job="prometheus"} == 1'), 10, "scrape of itself")
            ((labels, at),) = prometheus.query("timestamp(scraped)")
            address = prometheus.address
            prometheus.kill()
            with pytest.raises(ConnectionError):
                prometheus.get("/-/ready")
            prometheus.start()
            assert prometheus.address == address
            assert prometheus.query("scraped", at) == [({"__name__": "scraped", **labels}, 7.0)]
        with pytest.raises(ConnectionError):
            prometheus.get("/-/ready")

    def test_failures_say_why(self, tmp_path: Path) -> None:
        message = r"after 0.1 s still no unicorn; the last value was \[\]"
        with pytest.raises(AssertionError, match=message) as failure, Prometheus(tmp_path) as prometheus:
            with pytest.raises(AssertionError, match="parse error"):
                prometheus.query("1 +")
            prometheus.wait_for(lambda: prometheus.query("unicorn"), 0.1, "unicorn")
        assert "See you next time!" in failure.value.__notes__[0]
        with pytest.raises(AssertionError, match="has ended with exit code") as failure:
            Prometheus(tmp_path, rules=["groups: [{name: a, rules: [{record: x, expr: '1 +'}]}]"]).start()
        assert "unexpected end of input" in failure.value.__notes__[0]

    def test_a_taken_port_is_given_up(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with Prometheus(tmp_path / "first") as first:
            free = server.free_port()
            ports = iter([first.port, free])
            monkeypatch.setattr(server, "free_port", lambda: next(ports))
            with Prometheus(tmp_path / "second") as second:
                assert second.port == free


class TestRendering:
    """Alert texts come back as Prometheus rendered them."""

    RULES = """
groups:
- name: checkout
  interval: 5m
  rules:
  - record: unused
    expr: "1"
  - alert: SLOBurn
    expr: slo:error_ratio:rate1h{slo="a/b"} / 0.001 > 14.4 and sum_over_time(slo:errors:rate5m[1h]) > 200
    for: 15m
    annotations:
      summary: '{{ $labels.slo }}: {{ $value | printf "%.1f" }} times too fast'
      left: '{{ query "slo:budget_remaining:ratio" | first | value | humanizePercentage }}'
  - alert: SLOBudget
    expr: slo:budget_remaining:ratio < 0.5
"""
    SERIES: ClassVar = {
        'slo:error_ratio:rate1h{slo="a/b",service="a"}': 0.0147,
        'slo:errors:rate5m{slo="a/b",service="a"}': 1.0,
        'slo:budget_remaining:ratio{slo="a/b",service="a"}': 0.375,
    }

    def test_rendered(self, tmp_path: Path) -> None:
        labels = {"slo": "a/b", "service": "a"}
        assert render_alerts(self.RULES, self.SERIES, tmp_path) == [
            {"labels": {"alertname": "SLOBudget", **labels}, "annotations": {}, "state": "firing"},
            {
                "labels": {"alertname": "SLOBurn", **labels},
                "annotations": {"summary": "a/b: 14.7 times too fast", "left": "37.5%"},
                "state": "pending",
            },
        ]

    def test_failing_templates_and_expressions(self, tmp_path: Path) -> None:
        with pytest.raises(AssertionError, match="a template fails"):
            render_alerts(self.RULES.replace('query "slo:', 'query "no:'), self.SERIES, tmp_path / "a")
        several = {**self.SERIES, 'slo:error_ratio:rate1h{slo="a/b",service="x"}': 0.5}
        rules = self.RULES.replace("/ 0.001", "/ on(slo) slo:error_ratio:rate1h")
        with pytest.raises(AssertionError, match="many-to-many"):
            render_alerts(rules, several, tmp_path / "b")
        assert render_alerts("groups: []", {}, tmp_path / "c") == []
