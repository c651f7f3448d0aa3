"""Dashboards: their identity, texts and figures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from slocompiler.ir import Program
from slocompiler.record import replace
from slocompiler.targets import render
from slocompiler.targets.grafana.options import Options as GrafanaOptions
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, ROOT, answers, compile_files, compile_text
from support.grafana import dashboards, on_server, panel, panels, variables, with_text
from support.grafana_checks import problems


@pytest.mark.parametrize("schema", ["classic", "v2"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_those_of_the_examples(path: Path, schema: str) -> None:
    program = compile_files(path)
    made = dashboards(program, schema, rows=True)
    slos = {f"{slo.service}.{slo.name}" for slo in program.slos}
    assert set(made) == {"overview", *(service.name for service in program.services), *slos}
    assert {name: problems(data) for name, data in made.items()} == {name: [] for name in made}


def test_names_beyond_the_old_alphabet() -> None:
    """Not every Grafana can query such names, and the PromQL parser of the tests cannot read them."""
    program = compile_files_of_three(ROOT / "examples" / "otel" / "gateway.slo")
    data = dashboards(program, **on_server("3.0"))["gateway.latency"]
    (name,) = (name for name in variables(data) if name.startswith("per_"))
    assert re.fullmatch(r"per_http_route_[0-9a-f]{8}", name)
    query = variables(data)[name]["query"]["query"]
    assert query == 'query_result(count by ("http.route") (slo:events:rate5m{slo="gateway/latency"}))'
    answer = '{http.route="/a"b"} 5 17000'
    found = re.search(variables(data)[name]["regex"].strip("/"), answer)
    assert found
    assert found[1] == '/a"b'
    expr = panel(data, "Bad events per second").queries[0]["expr"]
    assert expr.startswith('topk(10, clamp_min((histogram_count(sum by ("$by") (rate({"http.server.request.duration"')
    assert f'"http.route"=~"${name}"' in expr


def compile_files_of_three(path: Path) -> Program:
    """The program of a file for Prometheus 3."""
    from slocompiler.compiler import analyse
    from slocompiler.project import load
    from slocompiler.source import Source

    project, _ = load(Source("sloc.yaml", (path.parent / "sloc.yaml").read_text(encoding="utf-8")))
    program, found = analyse([Source(path.name, path.read_text(encoding="utf-8"))], project)
    assert program is not None, found
    return program


class TestNumbers:
    """The figures of dashboards equal those of the rules."""

    def test_lines_of_alerts(self) -> None:
        program = compile_files(ROOT / "examples" / "checkout.slo")
        (rules,) = render(program, "prometheus", Options()).values()
        made = dashboards(program)
        for slo in program.slos:
            alerts = [
                r for g in yaml.safe_load(rules)["groups"] for r in g["rules"] if r["labels"].get("slo") == slo.id
            ]
            text = "\n".join(rule["expr"] for rule in alerts if rule.get("alert") == "SLOBurn")
            fixed = {float(found) for found in re.findall(r"> ([0-9.]+)$", text, re.M)}
            (drawn, *_) = panels(made[f"checkout.{slo.name}"])
            heights = [step["value"] for step in drawn.field_config["defaults"]["thresholds"]["steps"]][1:]
            allowed = 1.0 if slo.overrides else 1 - float(slo.target)
            steps = {round(height / allowed, 9) for height in heights} - {1}
            others = {float(found) for found in re.findall(r"\{route.*?> ([0-9.]+)", text)}
            assert steps == (fixed - others if slo.overrides else fixed) or slo.overrides, slo.id
            assert all(f"{step:g}" in drawn.description for step in steps)

    def test_steps_of_the_policy(self) -> None:
        data = dashboards(compile_files(ROOT / "examples" / "checkout.slo"))["checkout.availability"]
        for title in ("Budget left", "Budget left over 30d"):
            steps = panel(data, title).field_config["defaults"]["thresholds"]["steps"]
            assert [step["value"] for step in steps] == [None, 0, 0.25]

    def test_the_bound(self) -> None:
        data = dashboards(compile_files(ROOT / "examples" / "checkout.slo"))["checkout.latency"]
        found = panel(data, "Value below which 99% of events stay")
        assert [step["value"] for step in found.field_config["defaults"]["thresholds"]["steps"]] == [None, 0.3]
        assert found.field_config["defaults"]["unit"] == "s"
        assert panel(data, "Distribution: good is at most 0.3s")

    def test_each_bound_has_a_quantile(self) -> None:
        program = compile_text(answers('events x_seconds{} good {kind="a"} below 1s or {kind="b"} below 5s'))
        data = dashboards(program, rows=True)["shop.answers"]
        assert problems(data) == []
        assert panel(data, "Distribution: good is at most 1s or 5s")
        asked = panel(data, "Value below which 99% of events stay, for each bound").queries
        assert [one["legendFormat"] for one in asked] == ['{kind="a"} below 1s', '{kind="b"} below 5s']
        assert [re.findall('kind="(.)"', one["expr"]) for one in asked] == [["a"], ["b"]]

    @pytest.mark.parametrize("side", ["good", "bad"])
    def test_the_share_that_is_allowed(self, side: str) -> None:
        data = dashboards(compile_text(answers(f"slices 1m {side} share(ready_ratio{{}}) per pod")), rows=True)
        assert problems(data["shop.answers"]) == []
        found = panel(data["shop.answers"], "Bad share of each slice, and the share allowed")
        steps = found.field_config["defaults"]["thresholds"]["steps"]
        assert [step["value"] for step in steps] == [None, pytest.approx(0.01)]
        assert ("1 - clamp_max" in found.queries[0]["expr"]) == (side == "good")

    def test_every_recorded_series_is_one_that_is_recorded(self) -> None:
        program = compile_files(*EXAMPLES)
        rules = "".join(render(program, "prometheus", Options()).values())
        recorded = set(re.findall(r"record: (\S+)", rules))
        made = render(program, "grafana", Options())
        asked = {name for text in made.values() for name in re.findall(r"\bslo:\w+:?\w*(?=\{)", text)}
        assert len(asked) > 10
        assert asked <= recorded


class TestIdentity:
    def test_uids_are_those_that_alerts_link_to(self) -> None:
        for name in ("web", "s" * 36):
            program = compile_text(with_text("x", "a").replace("service s", f"service {name}"))
            data = dashboards(program)
            (rules,) = render(program, "prometheus", Options(grafana_url="https://g.example.org")).values()
            uid = data[f"{name}.x"]["uid"]
            assert f"https://g.example.org/d/{uid}" in rules
            assert uid == dashboards(program, "v2")[f"{name}.x"]["metadata"]["name"]
            assert re.fullmatch("[a-zA-Z0-9_-]{1,40}", uid)
            named = panel(data["overview"], "SLOs: what").queries[0]["expr"]
            assert (uid in named) == (name != "web"), "a long name cannot be derived"

    def test_titles_differ_where_services_have_one(self) -> None:
        """Grafana does not accept two dashboards with one title in a folder."""
        program = compile_text(
            "".join(with_text("x", "a").replace("service s", f'service {n} "Shop"') for n in ("a", "b"))
        )
        titles = [data["title"] for data in dashboards(program).values()]
        assert len(set(titles)) == 5

    @pytest.mark.parametrize("schema", ["classic", "v2"])
    def test_panels_keep_their_numbers_when_others_come(self, schema: str) -> None:
        one, two = (with_text("b", "t"), with_text("a", "u"))
        both = one.replace("slo b", two[two.index("slo a") : two.rindex("}")] + " slo b")
        before, after = (panels(dashboards(compile_text(source), schema, rows=True)["s"]) for source in (one, both))
        kept = {found.key: found.id for found in after}
        assert {found.key: found.id for found in before if found.heading}.items() <= kept.items()
        shared = sum(not found.heading for found in after)
        assert len(after) - shared == 2 * (len(before) - shared)

    def test_an_slo_more_is_a_few_lines_more(self) -> None:
        """In v2, nothing else changes, because a row has its own coordinates."""
        one, two = (with_text("b", "t"), with_text("c", "u"))
        both = one.replace("slo b", two[two.index("slo c") : two.rindex("}")] + " slo b")
        options = Options(targets={"grafana": GrafanaOptions(schema="v2", rows=True)})
        before, after = (
            render(compile_text(source), "grafana", options)["dashboards/services/s.json"].splitlines()
            for source in (one, both)
        )
        assert len(set(before) - set(after)) < 6

    def test_the_overview_is_the_same_whatever_is_built(self) -> None:
        texts = {render(compile_files(path), "grafana", Options())["dashboards/overview.json"] for path in EXAMPLES}
        assert len(texts) == 1

    def test_no_two_things_have_one_number(self) -> None:
        from slocompiler.targets.grafana.ids import numbered

        numbers = numbered(f"slo-{number}/panel" for number in range(30_000))
        assert len(set(numbers.values())) == 30_000
        assert all(0 < number < 2**31 for number in numbers.values())


class TestBreakdown:
    @pytest.mark.parametrize(
        ("body", "label"),
        [
            ('events m_total{job="a"} exclude {path="/health"} bad {code="500"}', "code"),
            ('events m_total{job="a"} exclude {path="/health"} good {code=~"2.."}', "code"),
            ('events m_total{job="a", verb=~"GET|PUT"} bad {code="500"}', "code"),
            ('events m_total{job="a"} bad {code="500"} per route', "route"),
            ('events m_seconds{job="a"} exclude {path="/health"} good {code!~"5.."} below 1s', "code"),
            ('events m_seconds{job="a", verb=~"GET|PUT"} exclude {path="/health"} good below 1s', "verb"),
            ('events m_seconds{job="a"} exclude {path="/health"} good below 1s', "instance"),
        ],
    )
    def test_begins_with_a_label_that_makes_events_bad(self, body: str, label: str) -> None:
        data = dashboards(compile_text(answers(body)))["shop.answers"]
        assert variables(data)["by"]["current"]["value"] == label


class TestTexts:
    def test_drafts(self) -> None:
        made = dashboards(compile_files(ROOT / "examples" / "checkout.slo"), rows=True)
        (heading,) = {found.heading for found in panels(made["checkout"]) if found.heading.startswith("search")}
        assert heading.endswith(" · draft")
        assert made["checkout.search"]["title"].endswith(" · draft")
        promise = panel(made["checkout.search"], "Promise")
        assert "<b>Draft:</b>" in promise.options["content"]

    def test_links(self) -> None:
        program = compile_files(ROOT / "examples" / "checkout.slo")
        chosen_options = replace(
            Options(docs_url="https://slo.example.org"),
            source_url="https://git.example.org/slo/",
        )
        made = render(program, "grafana", chosen_options)["details/checkout.availability.json"]
        content = panel(json.loads(made), "Promise").options["content"]
        assert re.findall('href="([^"]*)"[^>]*>([^<]*)', content) == [
            ("https://runbooks.example.org/checkout", "Runbook"),
            ("https://traces.example.org/checkout", "Traces"),
            ("https://slo.example.org/checkout/availability.html", "Documentation"),
            ("https://git.example.org/slo/examples/checkout.slo", "examples/checkout.slo"),
        ]

    def test_pages_have_the_severity_of_the_project(self) -> None:
        program = compile_files(ROOT / "examples" / "checkout.slo")
        data = dashboards(program, severities={"page": 'P"1$by'})["overview"]
        assert r'severity="P\"1\x24by"' in panel(data, "Pages by owner").queries[0]["expr"]

    def test_bad_events_are_told_by_their_filters(self) -> None:
        made = dashboards(compile_files(ROOT / "examples" / "checkout.slo"))
        (measured,) = re.findall("events .*?</p>", panel(made["checkout.availability"], "Promise").options["content"])
        assert measured.count("http_requests_total") == 1
        assert measured.endswith("<br>bad <code>&#123;code=~&quot;5..&quot;}</code></p>")
