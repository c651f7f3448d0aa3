"""Projects within projects: what an inner one takes is printed, and so are the services that a build leaves without rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import Answer, files, service, sloc

SETTINGS = "targets: {grafana: {build: false}, docs: {build: false}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Services a, team/b and team/c, built."""
    (tmp_path / "team").mkdir()
    for name, path in (("a", "a.slo"), ("b", "team/b.slo"), ("c", "team/c.slo")):
        (tmp_path / path).write_text(service(name))
    (tmp_path / "sloc.yaml").write_text(SETTINGS)
    assert sloc(tmp_path, "build").code == 0
    return tmp_path


TAKEN = "2 .slo files in team left out: team/sloc.yaml makes it a project of its own\n"


class TestInner:
    @pytest.fixture(autouse=True)
    def _inner(self, project: Path) -> None:
        (project / "team/sloc.yaml").touch()

    def test_a_check_prints_what_it_takes(self, project: Path) -> None:
        answer = sloc(project, "check")
        assert (answer.code, answer.err) == (0, TAKEN)
        assert sloc(project / "team", "check").err == "", "the inner project is whole"
        assert sloc(project, "check", "a.slo").err == "", "of a part it takes nothing"

    def test_a_build_prints_which_rules_it_removes(self, project: Path) -> None:
        answer = sloc(project, "build")
        assert answer.code == 0
        assert answer.err.startswith(f"{TAKEN}removed the rules of 2 services: b, c.")

    def test_a_quiet_build_prints_it_too(self, project: Path) -> None:
        assert sloc(project, "build", "--quiet").err.startswith("removed the rules of 2 services: b, c.")

    def test_a_check_of_generated_files_prints_what_a_build_removes(self, project: Path) -> None:
        before = files(project)
        for arguments in ((), ("--quiet",)):
            answer = sloc(project, "build", "--check", *arguments)
            assert answer.code == 1
            assert "a build removes the rules of 2 services: b, c. If this is a mistake, restore" in answer.err
        assert files(project) == before


class TestRemovedRules:
    def test_of_a_deployment(self, project: Path) -> None:
        (project / "sloc.yaml").write_text(
            f"{SETTINGS}deployments: [{{name: eu, where: {{at: eu}}}}, {{name: us, where: {{at: us}}}}]\n"
        )
        assert "removed the rules" not in sloc(project, "build").err, "each has rules in the folders now"
        (project / "sloc.yaml").write_text(f"{SETTINGS}deployments: [{{name: eu, where: {{at: eu}}}}]\n")
        assert "removed the rules of 3 services: us/a, us/b, us/c." in sloc(project, "build").err

    def test_of_a_service_with_another_name(self, project: Path) -> None:
        (project / "a.slo").write_text(service("z"))
        assert "removed the rules of 1 service: a." in sloc(project, "build").err

    def test_not_if_all_services_share_a_file_now(self, project: Path) -> None:
        (project / "sloc.yaml").write_text(f"{SETTINGS[:-2]}, prometheus: {{ruler: mimir, limits: {{}}}}}}\n")
        assert sloc(project, "build").err == ""
        assert (project / "generated/prometheus/slos.rules.yaml").is_file()
        assert not (project / "generated/prometheus/a.rules.yaml").exists()
        (project / "sloc.yaml").write_text(SETTINGS)
        assert sloc(project, "build").err == ""

    def test_in_a_file_of_all_services(self, project: Path) -> None:
        (project / "sloc.yaml").write_text(f"{SETTINGS[:-2]}, prometheus: {{ruler: mimir, limits: {{}}}}}}\n")
        sloc(project, "build")
        (project / "a.slo").unlink()
        assert "a build removes the rules of 1 service: a." in sloc(project, "build", "--check").err
        assert "removed the rules of 1 service: a." in sloc(project, "build").err

    def test_not_if_other_files_are_removed(self, project: Path) -> None:
        (project / "sloc.yaml").write_text("targets: {docs: {build: false}}\n")
        assert sloc(project, "build").code == 0
        (project / "sloc.yaml").write_text(SETTINGS)
        answer = sloc(project, "build")
        assert ("removed generated/grafana/dashboards.yaml" in answer.out, answer.err) == (True, "")


def refused(answer: Answer) -> bool:
    return answer.code == 2 and "is inside the project of sloc.yaml, which would lose the files below" in answer.err


class TestInit:
    def test_refuses_inside_a_project(self, project: Path) -> None:
        before = files(project)
        assert refused(sloc(project, "init", "team"))
        assert refused(sloc(project, "init", "new/deeper"))
        answer = sloc(project / "team", "init")
        assert (answer.code, "inside the project of ../sloc.yaml" in answer.err) == (2, True)
        assert files(project) == before

    def test_writes_into_a_new_folder(self, tmp_path: Path) -> None:
        answer = sloc(tmp_path, "init", "slo/first")
        assert answer.out.startswith("slo/first/sloc.yaml\nslo/first/first.slo\n\nNext, after `cd slo/first`:\n")
        answer = sloc(tmp_path, "check", "--project", "slo/first/sloc.yaml")
        assert answer == (0, "1 SLO of 1 service in 1 file: no errors\n", "")

    def test_a_file_in_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").touch()
        answer = sloc(tmp_path, "init", "a.slo/deeper")
        assert (answer.code, answer.err) == (2, "sloc: a.slo: not a folder; nothing was written\n")
