"""What the rulers want around the rules: plain files, resources of the operator, namespaces of Mimir, Thanos."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import TARGETS, render
from slocompiler.targets.kubernetes import resource_name
from slocompiler.targets.prometheus.packing import packed
from slocompiler.targets.prometheus.rule import Group, Rule
from slocompiler.targets.shared import Options
from support import binaries
from support.command import service, sloc
from support.compile import EXAMPLES, compile_files, compile_text

DEPLOYED = "deployments: [{name: eu, where: {cluster: eu}}, {name: us, where: {cluster: us}}]\n"
HOSTILE = """service odd- "a: b # c" {
  owner "o"
  slo a "Line\\nbreak: '{{ \\"" 99% over 30d {
    events x_total{a="\\"{{", b="\\\\"} bad {c="\\t"} because "- a\\n\\n  b: {}"
  }
}
"""

Check = Callable[[Path], list[str]]


def options(ruler: str, more: str = "") -> Options:
    project, problems = load(Source("sloc.yaml", f"targets: {{prometheus: {{ruler: {ruler}{more}}}}}"))
    assert problems == []
    return project.options()


def documents(text: str, ruler: str, more: str = "") -> dict[str, Any]:
    made = render(compile_text(text), "prometheus", options(ruler, more))
    return {name: yaml.safe_load(content) for name, content in made.items()}


def groups(found: dict[str, Any]) -> list[Any]:
    return [group for document in found.values() for group in document["groups"]]


def mistakes(text: str) -> list[str]:
    return [problem.message for problem in load(Source("sloc.yaml", f"targets: {{prometheus: {text}}}"))[1]]


class TestOptions:
    """An option that only some rulers have is reported for the others."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{ruler: cortex}", "`cortex` is not a valid value of `ruler`"),
            ("{resource: {namespace: a}}", "`resource` has no effect with the ruler `files`"),
            ("{limits: {}}", "`limits` has no effect with the ruler `files`"),
            ("{ruler: thanos, catch_up: true}", "the ruler `thanos` cannot catch up"),
            ("{ruler: mimir, limits: {rules_per_group: 0}}", "`0` is not a valid value of `rules_per_group`"),
            ("{ruler: mimir, limits: {rules_per_group: '9'}}", "`'9'` is not a valid value of `rules_per_group`"),
            ("{ruler: mimir, limits: {rules_per_group: 1_0}}", "`1_0` is not a valid value of `rules_per_group`"),
            ("{ruler: mimir, limits: {rules_per_group: yes}}", "`yes` is not a valid value of `rules_per_group`"),
            ("{ruler: operator, resource: {namespace: A}}", "`A` is not a valid value of `namespace`"),
            ("{ruler: operator, resource: {labels: {a: -b}}}", "`-b` is not a valid value of `a`"),
        ],
    )
    def test_mistakes(self, text: str, said: str) -> None:
        assert mistakes(text) == [said]

    def test_what_is_right(self) -> None:
        assert mistakes("{ruler: mimir, limits: {}}") == []
        assert mistakes("{ruler: operator, resource: {namespace: a, labels: {app.example.org/part: b.c}}}") == []
        assert mistakes("{ruler: files, catch_up: true, resource: {}, limits: null}") == []
        assert mistakes("{ruler: mimir, resource: {namespace: a}}, grafana: {kind: ConfigMap}") == []


class TestOperator:
    """PrometheusRule resources."""

    @pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
    def test_examples_are_accepted_and_hold_the_same_rules(
        self, example: Path, resource_problems: Check, tmp_path: Path
    ) -> None:
        program = compile_files(example)
        plain = render(program, "prometheus", options("files"))
        made = render(program, "prometheus", options("operator", ", resource: {namespace: a, labels: {release: 'on'}}"))
        assert made.keys() == plain.keys()
        for name, text in made.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            (document,) = yaml.safe_load_all(text)
            assert document["spec"] == yaml.safe_load(plain[name])
            assert document["metadata"] == {
                "name": f"sloc.{name.partition('.')[0]}", "namespace": "a", "labels": {"release": "on"}
            }  # fmt: skip  # one mapping
        assert resource_problems(tmp_path) == []

    def test_hostile_text(self, resource_problems: Check, tmp_path: Path) -> None:
        ((name, text),) = render(compile_text(HOSTILE), "prometheus", options("operator")).items()
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert resource_problems(tmp_path) == []
        assert yaml.safe_load(text)["spec"] == next(iter(documents(HOSTILE, "files").values()))

    @pytest.mark.parametrize(
        "line", ["", " ", "   ", "\u00a0", "\u3000", " \u2003 ", "\u2028", "\x0c", "\x85", "\u00a0a"]
    )
    def test_lines_that_look_empty(self, line: str) -> None:
        """Text from a word processor. Only a line feed ends a line, and blanks in a line are text."""
        text = HOSTILE.replace("- a\\n\\n", f"Agreed in May.\\n{line}\\n\\n")
        assert text != HOSTILE
        (resource,) = documents(text, "operator").values()
        assert resource["spec"] == next(iter(documents(text, "files").values()))

    def test_names_are_legal_and_unique(self) -> None:
        names = ["a", "eu/a", "a-", "a--", "eu/a-", "e/u-a", f"{'d' * 63}/{'s' * 63}", f"{'d' * 63}/{'s' * 62}-"]
        found = [resource_name(name) for name in names]
        assert len(set(found)) == len(names)
        for name in found:
            assert len(name) <= 253
            assert all(re.fullmatch("[a-z0-9]([-a-z0-9]*[a-z0-9])?", label) for label in name.split("."))


class TestMimir:
    """Namespaces, and groups within the limits of a tenant."""

    def test_a_namespace_for_each_file(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_text(DEPLOYED + "targets: {prometheus: {ruler: mimir}}\n")
        (tmp_path / "a.slo").write_text(service("a") + service("b"))
        assert sloc(tmp_path, "build", "--target", "prometheus").code == 0
        files = (tmp_path / "generated" / "prometheus").rglob("*.yaml")
        found = {
            path.relative_to(tmp_path / "generated/prometheus").as_posix(): yaml.safe_load(path.read_text())
            for path in files
        }
        assert {name: document["namespace"] for name, document in found.items()} == {
            f"{place}/{name}.rules.yaml": f"{place}.{name}" for place in ("eu", "us") for name in "ab"
        }
        assert sloc(tmp_path, "build", "--target", "prometheus", "--check").code == 0

    def test_packing_keeps_rules_intervals_and_order(self) -> None:
        program = compile_files(*EXAMPLES[:3])
        loose = [
            group
            for text in render(program, "prometheus", options("mimir")).values()
            for group in yaml.safe_load(text)["groups"]
        ]
        (text,) = render(program, "prometheus", options("mimir", ", limits: {groups_per_tenant: 999}")).values()
        tight = yaml.safe_load(text)["groups"]
        assert len({group["name"] for group in tight}) == len(tight) < len(loose)
        assert max(len(group["rules"]) for group in tight) <= 20

        def every(found: list[Any]) -> Counter[str]:
            return Counter(f"{group['interval']} {rule}" for group in found for rule in group["rules"])

        assert every(tight) == every(loose)
        for group in loose:
            recording = [rule for rule in group["rules"] if "record" in rule]
            if not recording:  # that of `SLODown`
                continue
            (whole,) = (
                one for one in tight if one["interval"] == group["interval"] and recording[0] in one["rules"]
            )  # fmt: skip  # one condition
            start = whole["rules"].index(recording[0])
            assert [rule for rule in whole["rules"][start:] if rule in recording] == recording

    def test_alerts_for_which_there_is_no_room(self) -> None:
        recording = [Rule(f"r{number}", "1", {}) for number in range(3)]
        alerts = [Rule(f"a{number}", "1", {}, annotations=(("summary", "x"),)) for number in range(6)]
        found = packed([Group("g", "1m", recording[:2] + alerts[:1] + recording[2:] + alerts[1:])], 4)
        assert [[rule.name for rule in group.rules] for group in found] == [
            ["r0", "r1", "a0", "r2"],
            ["a1", "a2", "a3", "a4"],
            ["a5"],
        ]

    def test_what_does_not_fit_is_reported_and_nothing_is_written(self, tmp_path: Path) -> None:
        limits = ", limits: {rules_per_group: 6, groups_per_tenant: 2}"
        (tmp_path / "sloc.yaml").write_text(DEPLOYED + f"targets: {{prometheus: {{ruler: mimir{limits}}}}}\n")
        (tmp_path / "a.slo").write_text(service("a"))
        answer = sloc(tmp_path, "build")
        assert answer.code == 1
        assert answer.err == (
            "sloc: `a/x budget` has more than 6 recording rules, which have to stand in one group: raise `rules_per_group`, "
            "here and in the ruler, or ask for fewer windows in its alerts; "
            "the rules of `eu` need 3 groups, and `groups_per_tenant` allows 2: raise it, here and in the ruler, or "
            "`rules_per_group`, or build for several tenants; "
            "the rules of `us` need 3 groups, and `groups_per_tenant` allows 2: raise it, here and in the ruler, or "
            "`rules_per_group`, or build for several tenants\n"
        )
        assert not (tmp_path / "generated").exists()
        assert TARGETS["prometheus"].unfit(compile_text(service("a")), options("mimir", ", limits: {}")) == []
        assert TARGETS["prometheus"].unfit(compile_text(service("a")), options("mimir")) == []


@pytest.mark.parametrize("ruler", ["thanos", "mimir"])
def test_rulers_that_read_elsewhere_do_not_catch_up(ruler: str) -> None:
    """What they have just recorded may be there late, which looks like a gap."""
    assert groups(documents(service("a"), ruler)) == groups(documents(service("a"), "files", ", catch_up: false"))


def test_vmalert_loads_every_example(tmp_path: Path) -> None:
    for example in EXAMPLES:
        for name, text in render(compile_files(example), "prometheus", options("files")).items():
            (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "odd.rules.yaml").write_text(
        next(iter(render(compile_text(HOSTILE.replace("{{", "{")), "prometheus", options("files")).values()))
    )  # it takes `{{` in a label of a recording rule for a template
    command = [str(binaries.locate("vmalert")), "-dryRun", f"-rule={tmp_path}/*.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (tmp_path / "wrong.yaml").write_text("groups: [{name: a, rules: [{record: a, expr: 'sum('}]}]\n")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
