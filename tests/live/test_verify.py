"""`sloc verify` where it must find nothing, and where it must: examples, real exporters, loaded rules with faults."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from slocompiler import grammar
from slocompiler.compiler import render
from slocompiler.formats.text import render as as_text
from slocompiler.live.verify import Report
from slocompiler.source import Source
from support.alertmanager import running
from support.command import Answer, sloc
from support.compile import EXAMPLES, compile_files, compile_text
from support.exporter import exporters
from support.markers import files, mismatches
from support.server import Prometheus
from support.verified import source, verified

EXPORTERS = (Path(__file__).parent / "exporters.slo").read_text("utf-8")
SEEN = (
    'prometheus_rule_evaluations_total and on() prometheus_http_requests_total{handler=~"/api/v1/query"} '
    "and on() alertmanager_notifications_total and on() redis_up and on() haproxy_up "
    'and on() increase(promhttp_metric_handler_requests_total{job="node"}[1m]) > 0'
)
"""What is there when every target has been scraped."""


def shown(report: Report) -> str:
    return "\n".join(map(as_text, report.problems))


@pytest.fixture(scope="module")
def server(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A server that scrapes itself, an Alertmanager and exporters, with the rules of all examples, and those of FAULTY."""
    del every_prometheus
    folder = tmp_path_factory.mktemp("server")
    (folder / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    rules = [text for one in EXAMPLES for text in render(compile_files(one), "prometheus").values()]
    with running(folder / "alertmanager.yml", folder) as port, exporters(folder) as found:
        receiver = f"127.0.0.1:{port}"
        targets = {"alertmanager": [receiver], **{job: [address] for job, address in found.items()}}
        given = {"rules": [*rules, faulty()], "scrape_self": True, "scrape_targets": targets}
        with Prometheus(folder, alertmanagers=[receiver], **given) as started:
            started.wait_for(lambda: started.query(SEEN, int(time.time())), 20, "scrapes of all targets")
            yield started


def test_an_example_that_fits_has_no_finding(server: Prometheus) -> None:
    report = verified([source("examples/prometheus.slo")], f"http://{server.address}")
    assert not report.problems, shown(report)
    assert report.summary == "4 SLOs: 4 can be measured; 98 rules loaded, all healthy"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_loaded_rules_are_those_of_a_build(path: Path, server: Prometheus) -> None:
    report = verified([source(f"examples/{path.name}")], f"http://{server.address}")
    assert not [one for one in report.problems if one.code == "V710"], shown(report)
    assert report.summary.endswith("all healthy")


def test_a_file_for_real_exporters_has_the_findings_of_its_mistakes_alone(server: Prometheus) -> None:
    report = verified(files(EXPORTERS), f"http://{server.address}")
    wrong = mismatches(EXPORTERS, lambda _: [one for one in report.problems if one.code != "V710"])
    assert not wrong, wrong


# Loaded rules with faults

SLO = """
  slo {name} 99.9% over 30d {{
    events prometheus_http_requests_total{{job="prometheus"}}
    bad    {{code=~"5.."}}
  }}"""
NAMES = ("right", "absent", "shorter", "stricter", "failing")


def faulty() -> str:
    """The rules of a service, of which one SLO has none, one has fewer, one another text, and one a rule that fails."""
    text = f'service faulty {{\n owner "a"{"".join(SLO.format(name=name) for name in (*NAMES, "gone"))}\n}}'
    (rules,) = render(compile_text(text), "prometheus").values()
    groups = [one for one in yaml.safe_load(rules)["groups"] if not one["name"].startswith("faulty/absent ")]
    for group in groups:
        group["interval"] = "1s"
    for rule in (rule for group in groups for rule in group["rules"]):
        match rule["labels"].get("slo"), rule.get("record"):
            case "faulty/shorter", "slo:burn_rate:ratio":
                rule["record"] = "slo:burn:ratio"
            case "faulty/stricter", "slo:target:ratio":
                rule["expr"] = "vector(0.9999)"
            case "faulty/failing", "slo:target:ratio":
                rule["expr"] = "prometheus_http_requests_total + on() prometheus_http_requests_total"
    return yaml.safe_dump({"groups": groups})


def test_loaded_rules_with_faults_are_found(server: Prometheus) -> None:
    text = f'service faulty {{\n owner "a"{"".join(SLO.format(name=name) for name in NAMES)}\n}}'
    server.wait_for(lambda: [one for one in server.rules() if one["health"] == "err"], 20, "a rule that fails")
    report = verified([Source("faulty.slo", text)], f"http://{server.address}")
    found = [(one.span.text, one.message) for one in report.problems if one.code == "V710"]
    for slo, message in (
        ("absent", "the server has loaded none of its 24 rules"),
        ("shorter", "the server has not loaded 1 of its 24 rules: `slo:burn_rate:ratio`"),
        ("shorter", "the server has loaded 1 rule that a build does not have: `slo:burn:ratio`"),
        ("stricter", "the server has another version of 1 rule: `slo:target:ratio`"),
        ("failing", "the server has another version of 1 rule: `slo:target:ratio`"),
        ("failing", "the rule `slo:target:ratio` fails: found duplicate series"),
        ("right", "the server has another version of 1 rule: `SLODown`"),  # it names the SLO that is gone
        ("right", "the server has loaded rules of SLOs that `faulty` does not have: faulty/gone"),
    ):
        (one,) = (each for each in found if each[0] == slo and each[1].startswith(message))
        found.remove(one)
    assert not found


# The command


def run(folder: Path, server: Prometheus, *arguments: str, text: str = EXPORTERS) -> Answer:
    """Verify a file whose rules the server has not loaded."""
    (folder / "exporters.slo").write_text(text, "utf-8")
    return sloc(folder, "verify", *arguments, "--url", f"http://{server.address}")


RIGHT = 'service new {\n owner "a"\n slo answers 99% over 30d {\n events prometheus_http_requests_total{job="prometheus"}\n bad {code=~"5.."}\n}\n}\n'
"""All that is found about it is that its rules are not loaded yet."""


class TestCommand:
    def test_text(self, server: Prometheus, tmp_path: Path) -> None:
        done = run(tmp_path, server)
        assert done.code == 1
        assert "error[V704]: 0.3 is no bucket of `alertmanager_http_request_duration_seconds`" in done.err
        line = 1 + EXPORTERS[: EXPORTERS.index("below 300ms")].count("\n")
        assert f"  --> exporters.slo:{line}:12\n" in done.err
        assert "node/scrapes: 100% good in 1d, a burn rate of 0\n" in done.out
        assert done.out.endswith(
            "16 SLOs: 8 can be measured, 3 have no series, 3 have a label that is missing, "
            "1 has a bound that is no bucket, 1 has a metric of another type\n"
        )

    def test_quiet_prints_errors_alone(self, server: Prometheus, tmp_path: Path) -> None:
        done = run(tmp_path, server, "-q")
        assert (done.code, done.out) == (1, "")
        assert "V704" in done.err
        assert "V710" not in done.err

    def test_a_warning_fails_only_a_strict_run(self, server: Prometheus, tmp_path: Path) -> None:
        assert run(tmp_path, server, text=RIGHT).code == 0
        strict = run(tmp_path, server, "-q", "--strict", text=RIGHT)
        assert (strict.code, "V710" in strict.err) == (1, True)
        allowed = RIGHT.replace("bad {", 'allow V710 because "the rules come next week"\nbad {')
        done = run(tmp_path, server, "--strict", text=allowed)
        assert (done.code, done.err) == (0, "")
        assert "not checked: V710 of 1 SLO, allowed in the file\n" in done.out

    def test_json_follows_its_schema(self, server: Prometheus, tmp_path: Path) -> None:
        done = run(tmp_path, server, "--format", "json")
        found = json.loads(done.out)
        jsonschema.validate(found, json.loads(grammar.text("check.schema.json")))
        assert found["counts"] == {"errors": 8, "warnings": 1}
        assert (done.code, done.err) == (1, "")

    @pytest.mark.parametrize("form", ["github", "sarif", "gitlab"])
    def test_other_formats_have_every_finding(self, form: str, server: Prometheus, tmp_path: Path) -> None:
        text = run(tmp_path, server, "--format", form).out
        assert {*re.findall(r"V7[0-9][0-9]", text)} >= {"V701", "V702", "V704", "V705", "V710"}

    def test_errors_of_the_files_end_it_before_anything_is_asked(self, server: Prometheus, tmp_path: Path) -> None:
        done = run(tmp_path, server, "--format", "json", text=RIGHT.replace("99%", "100%"))
        assert [one["code"] for one in json.loads(done.out)["diagnostics"]] == ["E401"]
        assert done.code == 1
