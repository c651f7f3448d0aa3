"""The configuration as a file and as a resource of the Prometheus Operator, and the options of both."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import TARGETS, render
from slocompiler.targets.alertmanager.receivers import secret
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, compile_files, compile_text

INTEGRATIONS = (
    "receivers: {page: [pagerduty, slack], ticket: [slack], notify: [webhook]}, webhook: 'http://a.example.org/b'"
)
RESOURCE = "prometheus: {ruler: operator, resource: {namespace: monitoring, labels: {made-by: sloc}}}"
HOSTILE = """service odd- "a: b # c" {
  owner "a: {{b}} \\"c\\" \\\\ | '#'\\tÄ"
  slo a 99% over 30d { events x_total{job="y"} bad {c="\\t"} per b }
}
"""


def options(alertmanager: str, more: str = RESOURCE) -> Options:
    project, problems = load(Source("sloc.yaml", f"targets: {{alertmanager: {{{alertmanager}}}, {more}}}"))
    assert problems == []
    return project.options()


def read(value: Any) -> Any:
    """What a resource says, as a file says it: the operator merges it below the route of Alertmanager."""
    if isinstance(value, list):
        return [read(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"name", "matchType", "value"}:
        quoted = value["value"].replace("\\", "\\\\").replace('"', '\\"')
        return f'{value["name"]}{value["matchType"]}"{quoted}"'
    found = {}
    for key, one in value.items():
        words = re.sub("(?<=[a-z])([A-Z]+)", lambda match: f"_{match[1].lower()}", key)
        words = {"source_match": "source_matchers", "target_match": "target_matchers"}.get(words, words)
        if isinstance(one, dict) and one.keys() == {"name", "key"}:
            found[f"{words}_file"] = f"/run/secrets/{one['name']}/{one['key']}"
        else:
            found[words] = read(one)
    return found


@pytest.mark.parametrize("example", [*EXAMPLES, HOSTILE], ids=lambda one: getattr(one, "stem", "hostile"))
def test_a_resource_says_what_the_file_says(
    example: Path | str, resource_problems: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    program = compile_text(example) if isinstance(example, str) else compile_files(example)
    file = render(program, "alertmanager", options(f"secrets: /run/secrets, {INTEGRATIONS}"))
    resource = render(program, "alertmanager", options(f"kind: AlertmanagerConfig, {INTEGRATIONS}"))
    assert resource.keys() == {"alertmanagerconfig.yaml"}
    (text,) = resource.values()
    found, expected = yaml.safe_load(text), yaml.safe_load(*file.values())
    assert found["metadata"] == {"name": "sloc.alerts", "namespace": "monitoring", "labels": {"made-by": "sloc"}}
    assert expected["receivers"].pop(0) == {"name": "default"}
    (expected["route"],) = expected["route"]["routes"]
    assert read(found["spec"]) == expected
    (tmp_path / "resource.yaml").write_text(text, encoding="utf-8")
    assert resource_problems(tmp_path) == []


def test_without_options_receivers_have_a_name_only() -> None:
    program = compile_text(HOSTILE)
    for kind in ("file", "AlertmanagerConfig"):
        (text,) = render(program, "alertmanager", options(f"kind: {kind}")).values()
        document = yaml.safe_load(text)
        assert all(one.keys() == {"name"} for one in document.get("spec", document)["receivers"])


def test_secrets_have_names_that_kubernetes_and_file_systems_allow() -> None:
    owners = [
        "payments",
        "Payments",
        "pay ments",
        "pay-ments",
        "pay--ments",
        "é",
        "a/b",
        "..",
        "x" * 200,
        "x" * 201,
        "-",
        "",
    ]
    found = [secret(owner) for owner in owners]
    assert found[0] == "slo-payments"
    assert found[-1] == "slo"
    assert len(set(found)) == len(owners)
    assert all(re.fullmatch("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", name) for name in found)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("receivers: {page: [mail]}", "`mail` is not a valid value of `page`"),
        ("receivers: {pages: [slack]}", "unknown key `pages`"),
        ("receivers: {ticket: [webhook]}", "`webhook` has no address"),
        ("webhook: 'https://a.example.org'", "no receiver has a webhook"),
        (
            "receivers: {ticket: [webhook]}, webhook: 'https://me:secret@a.example.org'",
            "`'https://me:secret@a.example.org'` is not a valid value of `webhook`",
        ),
        ("kind: AlertmanagerConfig, secrets: /a", "`secrets` has no effect with the kind `AlertmanagerConfig`"),
        ("kind: Secret", "`Secret` is not a valid value of `kind`"),
    ],
)
def test_mistakes(section: str, message: str) -> None:
    problems = load(Source("sloc.yaml", f"targets: {{alertmanager: {{{section}}}}}"))[1]
    assert [problem.message for problem in problems] == [message]


def test_kubectl_takes_only_a_resource() -> None:
    assert TARGETS["alertmanager"].loaded(options("kind: file")) == ()
    assert "**/*.yaml" in TARGETS["alertmanager"].loaded(options("kind: AlertmanagerConfig"))
