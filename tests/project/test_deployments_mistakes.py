"""Deployments: what the project file may say of them, and what programs may not say beside them."""

from __future__ import annotations

import pytest

from slocompiler.compiler import analyse
from slocompiler.ir import Matcher
from slocompiler.project import load
from slocompiler.source import Source

PROJECT = """grafana_url: https://grafana.example.org
deployments:
  - {name: eu, where: {cluster: eu}}
  - {name: us, where: {cluster: us.1}, severity: {page: critical}}
  - {name: staging, where: {cluster: st}, alerts: none}
"""


def project_mistakes(text: str) -> list[str]:
    return [f"{problem.code} {problem.span.line} {problem.message}" for problem in load(Source("sloc.yaml", text))[1]]


def mistakes(body: str, project: str = PROJECT) -> list[str]:
    """What is wrong with a service of which this is the text."""
    source = Source("a.slo", f'service a {{ owner "x"\n{body}\n}}\n')
    _, problems = analyse([source], load(Source("sloc.yaml", project))[0])
    return [f"{problem.code} {problem.span.line} {problem.message}" for problem in problems if problem.is_error]


def slo(text: str, name: str = "s") -> str:
    return f"slo {name} 99% over 30d {{ {text} alerts none }}"


class TestProjectFile:
    """Every mistake is reported at its line."""

    def test_what_metrics_call_otherwise(self) -> None:
        """A label that sloc sets may select, where others are recorded."""
        text = "deployments: [{name: a, where: {service: x, k8s: y}, labels: {cluster: a}, severity: {page: red}}]\n"
        assert project_mistakes(text) == []
        (one,) = load(Source("sloc.yaml", text))[0].deployments
        assert one.where == (Matcher("service", "=", "x"), Matcher("k8s", "=", "y"))
        assert [(label.name, label.value) for label in (*one.labels, *one.severities)] == [
            ("cluster", "a"),
            ("page", "red"),
        ]


class TestPrograms:
    """What an SLO says has to go with every place where it runs."""

    def test_what_deployments_set_is_left_to_them(self) -> None:
        events = 'events x_total{} bad {code="5"}'
        assert mistakes(f'labels {{ cluster = "q" }}\n{slo(events)}') == [
            "E209 2 the label `cluster` is set by the deployments in sloc.yaml"
        ]
        assert mistakes(slo(f"{events} per cluster")) == ["E215 2 each deployment has only one value of `cluster`"]

    @pytest.mark.parametrize(
        "text",
        [
            'events x_total{cluster="eu"} bad {code="5"}',
            'events x_total{cluster!="us.1"} bad {code="5"}',
            'events x_total{cluster!~"e.|u.*"} bad {code="5"}',
            'events x_total{} bad {cluster="eu", code="5"}',
            'events x_total{} bad y_total{cluster="eu"}',
            'slices 1m good when max(q{cluster="eu"}) < 5',
        ],
    )
    def test_a_matcher_that_has_nothing_somewhere(self, text: str) -> None:
        (said,) = mistakes(slo(text))
        assert said.startswith("E217 2 this selects nothing in the deployment `")
        assert mistakes(slo(text), "{}") == []

    def test_a_matcher_that_goes_with_all(self) -> None:
        assert mistakes(slo('events x_total{cluster=~"eu|us.1|st"} exclude {cluster="eu", a="b"} bad {code="5"}')) == []
        assert mistakes(slo('events x_total{} exclude {cluster="eu"} bad {code="5"}')) == []

    @pytest.mark.parametrize(
        ("matcher", "said"),
        [
            ('job="a"', "a selector without `cluster` reads the series of every deployment"),
            ('cluster="eu"', "a selector finds nothing in the deployment `us`, where `cluster=\"us.1\"` applies"),
            ('cluster=~".+"', "a selector of the deployment `eu` also reads the series of `st`"),
            ('cluster!="$cluster"', "a selector finds nothing in the deployment `eu`, where `cluster=\"eu\"` applies"),
        ],
    )  # fmt: skip  # a table
    def test_raw_promql_says_where(self, matcher: str, said: str) -> None:
        good = 'sum(rate(x{cluster="$cluster"}[$window]))'
        bad = f"{good} - sum(max_over_time(rate(x{{{matcher}}}[$window])[5m:1m]))"
        for text in (
            f"events `{good}`\nbad `{bad}`",
            f"slices 1m\ngood when `absent(x{{{matcher}}})`",
            f"events `{good}` bad `{good} / 2`\nexclude when `-(x{{{matcher}}}) < 1`",
        ):
            assert mistakes(slo(text)) == [f"E418 3 {said}"]
            found = {mistake[:4] + mistake[6:] for mistake in mistakes(slo(text), "{}")}
            assert found == ({"E416 `$cluster` has no value here"} if "$cluster" in text else set())

    def test_invalid_raw_promql_is_reported_as_ever(self) -> None:
        rate = '`sum(rate(x{cluster="$cluster"}[$window]))`'
        assert [said[:4] for said in mistakes(slo(f"events `sum(rate(x[$window])` bad {rate}"))] == ["E416"]
