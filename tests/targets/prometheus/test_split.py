"""`files: split`: recording rules and alerting rules in files of their own, which vmalert can replay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import render
from support.command import service, sloc
from support.compile import EXAMPLES, compile_files
from support.promtool import check_rules

SPLIT = "targets: {prometheus: {files: split}}\n"


def groups(text: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The rules of each group, by its name and interval."""
    return {(group["name"], group["interval"]): group["rules"] for group in yaml.safe_load(text)["groups"]}


@pytest.mark.parametrize("ruler", ["files", "operator", "mimir", "thanos"])
def test_every_rule_is_in_its_file_in_its_group(ruler: str) -> None:
    program = compile_files(*EXAMPLES)
    made = {}
    for files in ("one", "split"):
        text = f"targets: {{prometheus: {{ruler: {ruler}, files: {files}}}}}"
        project, problems = load(Source("sloc.yaml", text))
        assert problems == []
        made[files] = render(program, "prometheus", project.options())
    one, split = made["one"], made["split"]
    assert len(split) == 2 * len(one)
    for name, text in one.items():
        parts = [split[name.replace(".rules.", f".{part}.rules.")] for part in ("recording", "alerting")]
        whole, recording, alerting = (groups(yaml.safe_dump(spec(part))) for part in (text, *parts))
        assert all("record" in rule for rules in recording.values() for rule in rules)
        assert all("alert" in rule for rules in alerting.values() for rule in rules)
        for group, rules in whole.items():
            assert recording.get(group, []) == [rule for rule in rules if "record" in rule]
            assert alerting.get(group, []) == [rule for rule in rules if "alert" in rule]
        heads = [{**yaml.safe_load(part), "groups": 0, "spec": 0} for part in parts]
        assert ruler in ("files", "thanos") or heads[0] != heads[1], "two resources or namespaces of one name"


def spec(text: str) -> Any:
    document = yaml.safe_load(text)
    return document.get("spec", document)


def test_a_build_leaves_no_file_of_the_other_kind(tmp_path: Path) -> None:
    rules = tmp_path / "generated" / "prometheus"
    (tmp_path / "a.slo").write_text(service("a").replace("alerts none", ""))
    (tmp_path / "b.slo").write_text(service("b"))
    for project, files in (
        ("", ["a.rules.yaml", "b.rules.yaml"]),
        (SPLIT, ["a.alerting.rules.yaml", "a.recording.rules.yaml", "b.recording.rules.yaml"]),
        ("", ["a.rules.yaml", "b.rules.yaml"]),
    ):
        (tmp_path / "sloc.yaml").write_text(project)
        answer = sloc(tmp_path, "build")
        assert (answer.code, "lose" in answer.out + answer.err) == (0, False), answer
        assert sorted(path.name for path in rules.iterdir()) == files
        check_rules(*rules.iterdir())
    (tmp_path / "sloc.yaml").write_text(SPLIT)
    assert sloc(tmp_path, "build").code == 0
    (tmp_path / "a.slo").unlink()
    assert sloc(tmp_path, "build").err.startswith("removed the rules of 1 service: a. ")
    assert [path.name for path in rules.iterdir()] == ["b.recording.rules.yaml"]


def test_packed_groups_are_not_split() -> None:
    text = "targets: {prometheus: {ruler: mimir, limits: {}, files: split}}"
    assert [problem.message for problem in load(Source("sloc.yaml", text))[1]] == [
        "packed groups hold rules of both kinds"
    ]


def test_sloc_diff_finds_no_changed_slo(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, project in ((old, ""), (new, SPLIT)):
        folder.mkdir()
        (folder / "sloc.yaml").write_text(project)
        (folder / "a.slo").write_text(service("a"))
    answer = sloc(tmp_path, "diff", "old", "new")
    assert answer.code == 0, answer
    assert "a/x" not in answer.out
    assert "prometheus.files: one → split" in answer.out
