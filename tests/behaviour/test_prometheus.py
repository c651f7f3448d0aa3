"""The rules of examples/prometheus.slo on a real Prometheus that watches itself while requests fail."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import ROOT, rules
from support.promtool import Sample
from support.server import HOST, Prometheus

EXAMPLE = (ROOT / "examples" / "prometheus.slo").read_text(encoding="utf-8")
FAILING = "/api/v1/admin/tsdb/clean_tombstones"
"""A request that fails in every version, with 500: the administration is switched off."""
FAILURES = 300
NOBODY = f"{HOST}:1"
"""No Alertmanager: every notification fails."""
ANSWERS = 'prometheus_http_requests_total{job="prometheus",handler!~"/-/(healthy|ready)"}'
FAILED = ANSWERS.replace("}", ',code=~"5.."}')
WINDOW = 30 * 86_400
WAIT, OFTEN = 30, "250ms"


@dataclass(frozen=True)
class Seen:
    """The log of a Prometheus whose requests failed."""

    recorded: dict[tuple[str, str], list[Sample]]
    rules: list[dict[str, Any]]
    page: dict[str, Any]
    ratios: tuple[float, float]
    errors: float
    ages: tuple[float, float]
    covered: tuple[float, float]


def compiled() -> str:
    """The rules for short intervals; the groups that wait for minutes are as quick."""
    plain = PrometheusOptions(catch_up=False)  # shortened intervals look like a gap to it
    made = rules(EXAMPLE, Options(scrape_interval=1, evaluation_interval=1, targets={"prometheus": plain}))
    return re.sub(r"^  interval: .*$", f"  interval: {OFTEN}", made, flags=re.M)


def records() -> set[tuple[str, str]]:
    """Name and SLO of everything that shall be recorded."""
    groups = yaml.safe_load(compiled())["groups"]
    return {(rule["record"], rule["labels"]["slo"]) for group in groups for rule in group["rules"] if "record" in rule}


def value(server: Prometheus, expr: str, time: float | None = None) -> float:
    """The only value that the expression has, 0 where there is none."""
    found = server.query(expr, time)
    assert len(found) < 2, found
    return found[0][1] if found else 0


def recorded(server: Prometheus) -> dict[tuple[str, str], list[Sample]]:
    """Every recorded series that is there, by name and SLO."""
    return {(name, slo): found for name, slo in records() if (found := server.query(f'{name}{{slo="{slo}"}}'))}


def page(server: Prometheus) -> dict[str, Any] | None:
    """The page of failing requests, once a budget is recorded: what burns is seen before the first count."""
    wanted = {"alertname": "SLOBurn", "slo": "prometheus/answers", "severity": "page"}
    found = (alert for alert in server.alerts() if wanted.items() <= alert["labels"].items())
    return next((alert for alert in found if "budget" in alert["annotations"]["summary"]), None)


def fail(server: Prometheus, times: int) -> None:
    """Ask for what is switched off."""
    assert {server.post(FAILING) for _ in range(times)} == {500}


@pytest.fixture(scope="module")
def seen(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Seen:  # noqa: ARG001  # runs it
    """One server, of which hundreds of requests fail; then it crashes and comes back."""
    folder = tmp_path_factory.mktemp("prometheus")
    server = Prometheus(
        folder,
        rules=[compiled()],
        scrape_interval=OFTEN,
        evaluation_interval=OFTEN,
        scrape_self=True,
        alertmanagers=[NOBODY],
    )
    with server:
        fail(server, 1)  # a counter that is born with its first error is not seen to grow by it
        server.wait_for(lambda: server.query(FAILED), WAIT, "first failure")
        fail(server, FAILURES)
        server.wait_for(lambda: value(server, f"sum({FAILED})") > FAILURES, WAIT, "count of all failures")
        alert = server.wait_for(lambda: page(server), WAIT, "page")
        server.wait_for(lambda: recorded(server).keys() >= records(), WAIT, "recorded series of every SLO")
        server.wait_for(lambda: value(server, f"count(count_over_time({FAILED}[5m]) > 15)"), WAIT, "quiet after it")
        ratios = server.wait_for(lambda: agreeing(server), WAIT, "ratio that agrees with the counters")
        errors = 300 * value(server, 'slo:errors:rate5m{slo="prometheus/answers"}')
        found, evaluated = recorded(server), server.rules()
        before = server.wait_for(lambda: age(server, 0), WAIT, "age of the data")
        server.kill()
        server.start()
        after = server.wait_for(lambda: age(server, before[1] + 1), WAIT, "age after the crash")
    ages, covered = zip(before, after, strict=True)
    return Seen(found, evaluated, alert, ratios, errors, ages, covered)


def agreeing(server: Prometheus) -> tuple[float, float] | None:
    """The ratio by the rules and by the counters at that time; not while a scrape of that time was yet to be written."""
    at = value(server, 'timestamp(slo:error_ratio:rate5m{slo="prometheus/answers"})')
    by_rules = value(server, 'slo:error_ratio:rate5m{slo="prometheus/answers"}', at)
    by_counters = value(server, f"sum(increase({FAILED}[5m])) / sum(increase({ANSWERS}[5m]))", at)
    return (by_rules, by_counters) if by_rules == pytest.approx(by_counters, rel=0.01) else None


def age(server: Prometheus, since: float) -> tuple[float, float] | None:
    """The recorded age of an SLO, and that of its data, five minutes for each count: once they agree, and exceed `since`.

    An evaluation before the next count adds a minute to the age alone.
    """
    series, coverage = 'slo:age:seconds{slo="prometheus/answers"}', 'slo:coverage:ratio{slo="prometheus/answers"}'
    at = value(server, f"timestamp({series})")
    recorded, covered = value(server, series, at), value(server, coverage, at) * WINDOW
    return (recorded, covered) if recorded == pytest.approx(covered) and covered > since else None


class TestRecording:
    """What is recorded of a server that serves itself."""

    def test_every_series_of_every_slo_is_there_once(self, seen: Seen) -> None:
        assert seen.recorded.keys() == records()
        assert {len(samples) for samples in seen.recorded.values()} == {1}

    def test_labels(self, seen: Seen) -> None:
        for (name, slo), ((labels, _),) in seen.recorded.items():
            if name != "slo:info":
                assert labels == {"__name__": name, "slo": slo, "service": "prometheus"}
        ((info, _),) = seen.recorded["slo:info", "prometheus/answers"]
        about = {"owner": "observability", "target": "0.995", "window": "30d", "draft": "false"}
        assert about.items() <= info.items()

    def test_rules_are_healthy(self, seen: Seen) -> None:
        assert {(rule["health"], rule.get("lastError")) for rule in seen.rules} == {("ok", None)}

    def test_numbers_agree_with_the_counters(self, seen: Seen) -> None:
        by_rules, by_counters = seen.ratios
        assert by_rules == pytest.approx(by_counters, rel=0.01)
        # `rate` extrapolates by half a scrape at each end, of more than 15 that there were.
        assert FAILURES * 0.99 < seen.errors < FAILURES * 17 / 15

    def test_a_threshold_finds_its_bucket(self, seen: Seen) -> None:
        ((_, events),) = seen.recorded["slo:events:rate5m", "prometheus/queries"]
        ((_, ratio),) = seen.recorded["slo:error_ratio:rate5m", "prometheus/queries"]
        assert events > 0.1
        assert 0 <= ratio < 0.05

    def test_age_is_that_of_the_data_and_survives_a_crash(self, seen: Seen) -> None:
        assert seen.ages == pytest.approx(seen.covered)
        assert seen.covered[1] > seen.covered[0] > 5 * 300


class TestPage:
    """What the person who is woken reads."""

    def test_labels(self, seen: Seen) -> None:
        assert seen.page["state"] == "firing"
        assert seen.page["labels"] == {
            "alertname": "SLOBurn",
            "slo": "prometheus/answers",
            "service": "prometheus",
            "severity": "page",
            "owner": "observability",
        }

    def test_texts(self, seen: Seen) -> None:
        texts = seen.page["annotations"]
        summary = (
            r"\w+: Queries and pages are answered: [\d.]+% of requests fail \((\d+\.\d)x, budget gone( in [\w ]+)?\)"
        )
        found = re.fullmatch(summary, texts["summary"])
        assert found, texts["summary"]
        assert 14.4 < float(found[1]) <= 200  # of which 200 is when all fail
        percent = r"(\d+(\.\d+)?)%"
        promise, now, left, first, events, runbook, targets = texts["description"].split("\n")
        assert re.fullmatch(
            f"{percent} of requests fail now, {percent} over the last 1h, {percent} over the last 6h. "
            "The promise allows 0.5% over 30d.",
            now,
        )
        assert re.fullmatch(
            rf"{percent} of the error budget is left. At this rate, it is exhausted in \d+\w( \d+\w)?\.", left
        )
        assert promise.startswith("995 of 1,000 requests are answered ")
        assert promise.endswith(
            " Agreed with everyone on call. Below this, people stop trusting what a dashboard shows."
        )
        assert first.startswith("First stop the damage")
        selector = 'prometheus_http_requests_total{job="prometheus",handler!~"/-/(healthy|ready)"}'
        assert events == f"Measured: {selector}"
        assert runbook == f"Runbook: {texts['runbook_url']}"
        assert texts["runbook_url"].startswith("https://runbooks.example.org/prometheus/")
        assert targets == "Targets: https://prometheus.example.org/targets"
