"""A build of a part of a project leaves the files of the whole as they are; what is printed is one stream of YAML."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.binaries import promtool
from support.command import Answer, files, service, sloc

SHARED = (
    "generated/docs/markdown/README.md",
    "generated/docs/site/index.html",
    "generated/docs/site/search.js",
    "generated/alertmanager/alertmanager.yml",
    "generated/grafana/dashboards/overview.json",
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Services a and b, built."""
    for name in "ab":
        (tmp_path / f"{name}.slo").write_text(service(name))
    (tmp_path / "sloc.yaml").write_text("targets: {alertmanager: {build: true}}\n")
    assert sloc(tmp_path, "build").code == 0
    return tmp_path


def piped(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "slocompiler", "build", *arguments]
    return subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=False)


class TestPart:
    def test_shared_files_are_left_as_they_are(self, project: Path) -> None:
        before = files(project)
        (project / "a.slo").write_text(service("a", "another title"))
        answer = sloc(project, "build", "a.slo")
        assert answer.code == 0
        assert "left out, as only a build without PATH covers all services: " in answer.err
        after = files(project)
        assert {name: after[name] for name in SHARED} == {name: before[name] for name in SHARED}
        assert before.keys() == after.keys()
        assert b"another title" in after["generated/prometheus/a.rules.yaml"]
        assert sloc(project, "build", "--check").code == 1

    def test_is_up_to_date_after_a_build_of_the_whole(self, project: Path) -> None:
        for path in ("a.slo", "b.slo"):
            answer = sloc(project, "build", "--check", path)
            assert (answer.code, answer.out) == (0, "7 files up to date\n")

    def test_standard_alerts_know_who_else_counts_on_a_job(self, project: Path) -> None:
        a, b = (service(name).replace("{}", '{job="a"}').replace(" alerts none", "") for name in "ab")
        (project / "b.slo").write_text(b)
        for expected in (True, False):
            assert sloc(project, "build").code == 0
            assert ("SLODown" in (project / "generated/prometheus/b.rules.yaml").read_text()) == expected
            assert sloc(project, "build", "--check", "b.slo").code == 0
            (project / "a.slo").write_text(a)

    def test_every_file_of_the_project_is_no_part(self, project: Path) -> None:
        before = files(project)
        (project / "a.slo").write_text(service("a", "another title"))
        assert sloc(project, "build", "b.slo", "a.slo").err == ""
        assert files(project)[SHARED[0]] != before[SHARED[0]]
        assert sloc(project, "build", "--check").code == 0

    def test_rules_of_all_services_in_one_file_are_left_out_too(self, project: Path) -> None:
        (project / "sloc.yaml").write_text(
            "targets: {docs: {build: false}, grafana: {build: false}, prometheus: {ruler: mimir, limits: {}}}\n"
        )
        assert sloc(project, "build").code == 0
        before = files(project)
        answer = sloc(project, "build", "a.slo")
        assert (answer.code, answer.err.endswith("all services: prometheus/slos.rules.yaml\n")) == (0, True), answer
        assert files(project) == before


def documents(answer: Answer) -> list[str]:
    assert answer.code == 0, answer
    assert len(list(yaml.safe_load_all(answer.out))) == answer.out.count("\n---\n") + 1
    return answer.out.split("\n---\n")


class TestPrinted:
    def test_rules_of_several_services_load(self, project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
        printed = documents(sloc(project, "build", "-o", "-"))
        assert len(printed) == 2
        folder = tmp_path_factory.mktemp("printed")
        for number, text in enumerate(printed):
            (folder / f"{number}.yaml").write_text(text)
        done = subprocess.run(
            [promtool(), "check", "rules", *folder.iterdir()], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout.count("SUCCESS")) == (0, 2), done

    def test_resources_of_the_operator_load(self, project: Path) -> None:
        (project / "sloc.yaml").write_text("targets: {prometheus: {ruler: operator}}\n")
        for text in documents(sloc(project, "build", "-o", "-")):
            assert yaml.safe_load(text)["kind"] == "PrometheusRule"

    def test_dashboards_and_rules_load(self, project: Path) -> None:
        targets = ("--target", "prometheus", "--target", "grafana", "--target", "alertmanager")
        assert len(documents(sloc(project, "build", "-o", "-", *targets))) == 2 + 6 + 1

    def test_a_build_of_standard_input_writes_no_file(self, project: Path) -> None:
        before = files(project)
        done = piped(project, service("c"), "-")
        assert (done.returncode, done.stderr) == (0, "")
        assert [group["name"].split()[0] for group in yaml.safe_load(done.stdout)["groups"]] == ["c/x"] * 3
        assert files(project) == before

    def test_a_build_of_standard_input_into_a_folder(self, project: Path) -> None:
        done = piped(project, service("c"), "-", "-o", "out", "--target", "prometheus")
        assert (done.returncode, (project / "out/prometheus/c.rules.yaml").is_file()) == (0, True), done

    @pytest.mark.parametrize("arguments", [("-",), ("-o", "-")])
    def test_a_check_compares_files_only(self, project: Path, arguments: tuple[str, ...]) -> None:
        answer = sloc(project, "build", "--check", *arguments)
        assert (answer.code, answer.err.startswith("sloc: --check compares files")) == (2, True)
