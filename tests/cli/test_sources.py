"""Which files are the sources of a project, and that no others are read: links, deep folders, folders that cannot be read."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.bounded import bounded
from support.command import files, service, sloc
from support.repository import commit, git, isolate

SETTINGS = "targets: {grafana: {build: false}, docs: {build: false}}\n"
SECRET = "password = hunter2\n"
COMMANDS = (["check"], ["build"], ["fmt", "--diff"], ["check", "--format", "json"], ["check", "--fix"], ["diff", "."])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one service, beside a file with a secret."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.slo").write_text(SECRET)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "sloc.yaml").write_text(SETTINGS)
    (folder / "a.slo").write_text(service("a"))
    return folder


class TestFoldersThatCannotBeRead:
    @pytest.fixture(autouse=True)
    def _team(self, project: Path) -> None:
        (project / "team").mkdir()
        (project / "team/b.slo").write_text(service("b"))
        assert sloc(project, "build").code == 0

    @pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
    @pytest.mark.parametrize("arguments", [["build"], ["check"], ["build", "."], ["diff", "."]])
    def test_are_errors_and_no_rule_is_removed(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, number: int, arguments: list[str]
    ) -> None:
        """Root may read every folder, so that it is the call that refuses."""
        scandir: Callable[..., Any] = os.scandir

        def refused(folder: str) -> Iterator[Any]:
            if "team" in os.fspath(folder):
                raise OSError(number, os.strerror(number), folder)
            return scandir(folder)  # type: ignore[no-any-return]  # as the original

        before = files(project)
        monkeypatch.setattr(os, "scandir", refused)
        answer = sloc(project, *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert answer.err == f"sloc: team: {os.strerror(number)}; its sources would be taken for removed\n"
        monkeypatch.undo()
        assert files(project) == before

    def test_as_a_user_without_permission(self, project: Path) -> None:
        program = shutil.which("setpriv") or pytest.skip("needs setpriv, of util-linux")
        (project / "team").chmod(0)
        drop = [program, "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else [program]
        command = [*drop, sys.executable, "-m", "slocompiler", "build"]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        (project / "team").chmod(0o755)
        assert (done.returncode, "sloc: team: Permission denied" in done.stderr) == (2, True)
        assert (project / "generated/prometheus/b.rules.yaml").is_file()

    def test_are_not_read_where_no_pattern_leads(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        scandir: Callable[..., Any] = os.scandir
        read: list[str] = []
        monkeypatch.setattr(os, "scandir", lambda folder: read.append(os.path.relpath(folder)) or scandir(folder))
        (project / "sloc.yaml").write_text('sources: ["team/*.slo", "*.slo"]\n')
        (project / "team/deeper").mkdir()
        (project / ".git").mkdir()
        assert sloc(project, "check").code == 0
        assert read == [".", "team"]


class TestLinksThatLeadOut:
    @pytest.mark.parametrize("arguments", COMMANDS)
    @pytest.mark.parametrize("target", ["../outside/secret.slo", "/proc/self/environ"])
    def test_of_files_are_errors_that_print_nothing_of_them(
        self, project: Path, arguments: list[str], target: str
    ) -> None:
        (project / "leak.slo").symlink_to(target)
        before = files(project)
        answer = sloc(project, *arguments)
        assert answer.code in (1, 2)
        assert "a link that leads out of the project" in answer.out + answer.err
        assert "leak.slo" in answer.out + answer.err
        assert "hunter2" not in answer.out + answer.err
        assert "PATH=" not in answer.out + answer.err
        assert files(project) == before

    def test_into_the_repository_of_git_are_errors_too(self, project: Path) -> None:
        """A clone in CI has a token there."""
        (project / ".git").mkdir()
        (project / ".git/config").write_text(SECRET)
        (project / "leak.slo").symlink_to(".git/config")
        answer = sloc(project, "check")
        assert (answer.code, "hunter2" in answer.err) == (1, False)
        assert "a link that leads out of the project" in answer.err

    @pytest.mark.parametrize("paths", [["leak.slo"], ["."], ["../project/leak.slo"]])
    def test_of_files_that_are_named(self, project: Path, paths: list[str]) -> None:
        (project / "leak.slo").symlink_to("../outside/secret.slo")
        answer = sloc(project, "check", *paths)
        assert (answer.code, "hunter2" in answer.err) == (1, False)
        assert "error[E108]: a link that leads out of the project\n --> leak.slo" in answer.err

    def test_of_files_that_are_named_beside_the_project(self, project: Path) -> None:
        (project.parent / "services").mkdir()
        (project.parent / "services/leak.slo").symlink_to("/proc/self/environ")
        answer = sloc(project.parent, "check", "--project", "project/sloc.yaml", "services")
        assert (answer.code, "error[E108]" in answer.err, "PATH=" in answer.err) == (1, True, False)

    @pytest.mark.parametrize("pattern", ["up/*.slo", "*/*.slo", "up/**/*.slo", "*/secret.slo"])
    @pytest.mark.parametrize("target", ["../outside", "/"])
    def test_of_folders_are_not_followed(self, project: Path, pattern: str, target: str) -> None:
        (project / "up").symlink_to(target)
        (project / "sloc.yaml").write_text(f'sources: ["{pattern}", "a.slo"]\n')
        (end,) = bounded(project, [["check"]])
        assert (end.code, "hunter2" in end.printed) == (1, False)
        assert "error[E108]: a link that leads out of the project\n --> up" in end.printed

    def test_of_the_project_file(self, project: Path) -> None:
        (project / "sloc.yaml").unlink()
        (project / "sloc.yaml").symlink_to("../outside/secret.slo")
        for arguments in COMMANDS:
            answer = sloc(project, *arguments)
            assert (answer.code != 0, "hunter2" in answer.out + answer.err) == (True, False)

    def test_what_the_user_names_outside_is_read(self, project: Path) -> None:
        (project.parent / "outside/b.slo").write_text(service("b"))
        assert sloc(project, "check", "../outside/b.slo").code == 0


class TestLinksInside:
    def test_of_folders_are_followed_by_their_name_and_by_a_star(self, project: Path) -> None:
        (project / "teams/b").mkdir(parents=True)
        (project / "teams/b/b.slo").write_text(service("b"))
        (project / "link").symlink_to("teams/b")
        for pattern, found in (("link/*.slo", 1), ("*/*.slo", 1), ("**/*.slo", 2), ("link/**/*.slo", 1)):
            (project / "sloc.yaml").write_text(f'sources: ["{pattern}"]\n')
            assert sloc(project, "check").out.startswith(f"{found} SLO"), pattern

    def test_that_double_at_every_step_are_read_once(self, project: Path) -> None:
        (project / "team").mkdir()
        (project / "team/b.slo").write_text(service("b"))
        (project / "team/x").symlink_to(".")
        (project / "team/y").symlink_to(".")
        for steps, code in ((30, 0), (60, 2)):  # Linux follows up to 40 links of a path
            (project / "sloc.yaml").write_text(f'sources: ["team/{"*/" * steps}*.slo"]\n')
            (end,) = bounded(project, [["check"]])
            assert (end.code, "Too many levels of symbolic links" in end.printed) == (code, code == 2), end

    def test_to_themselves_are_no_folders(self, project: Path) -> None:
        (project / "loop").symlink_to("loop")
        (project / "sloc.yaml").write_text('sources: ["*/*.slo", "*.slo"]\n')
        assert sloc(project, "check").code == 0


class TestManyFolders:
    @pytest.mark.parametrize("pattern", ["**/" * 8 + "*.slo", "**/" * 200 + "*.slo", "**/d/" * 20 + "**/*.slo"])
    def test_runs_of_stars_are_linear(self, project: Path, pattern: str) -> None:
        deep = project / "/".join("d" * 40)
        deep.mkdir(parents=True)
        (deep / "b.slo").write_text(service("b"))
        (project / "sloc.yaml").write_text(f'sources: ["{pattern}"]\n')
        (end,) = bounded(project, [["check"]])
        assert end.code == 0, end

    def test_in_a_revision(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        isolate(monkeypatch, project)
        git(project, "init", "--quiet")
        deep = "/".join("d" * 30)
        commit(project, {"sloc.yaml": f'sources: ["{"**/" * 12}*.slo"]\n', f"{deep}/b.slo": service("b")})
        (end,) = bounded(project, [["diff", "HEAD"]])
        assert (end.code, end.printed) == (0, "")

    @pytest.mark.parametrize("depth", [980, 1900])
    def test_a_thousand_deep(self, project: Path, depth: int) -> None:
        """Beyond the longest path that the system knows, the folder cannot be read."""
        here = os.getcwd()
        os.chdir(project)
        for _ in range(depth):
            os.mkdir("dd")
            os.chdir("dd")
        Path("b.slo").write_text(service("b"))
        os.chdir(here)
        (end, built) = bounded(project, [["check"], ["build"]])
        subprocess.run(["rm", "-rf", project / "dd"], check=True)  # pytest removes its folders by recursion
        if depth * 3 < os.pathconf("/", "PC_PATH_MAX"):
            assert (end.code, built.code) == (0, 0), (end, built)
        else:
            assert (end.code, built.code, "File name too long" in end.printed) == (2, 2, True), end


@pytest.mark.parametrize("where", ["generated/prometheus", "generated/grafana/dashboards", "generated/docs"])
def test_a_thousand_folders_in_the_output(project: Path, where: str) -> None:
    assert sloc(project, "build").code == 0
    (project / where).mkdir(parents=True, exist_ok=True)
    here = os.getcwd()
    os.chdir(project / where)
    for _ in range(1200):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    ended = bounded(project, [["build"], ["build", "--check"]])
    subprocess.run(["rm", "-rf", project / where / "d"], check=True)
    assert [end.code for end in ended] == [0, 0]


def test_an_output_a_thousand_folders_deep(project: Path) -> None:
    (project / "sloc.yaml").write_text(f"{SETTINGS}output: {'/'.join('d' * 1200)}\n")
    ended = bounded(project, [["build"], ["build", "--check"]])
    subprocess.run(["rm", "-rf", project / "d"], check=True)
    assert [end.code for end in ended] == [0, 0], ended


@pytest.mark.parametrize("name", ["<pay>.slo", "<stdin>", "<std>/http.slo", "<", "<x>/a.slo"])
def test_names_like_those_of_no_file_are_names(project: Path, name: str) -> None:
    """They have an owner in CODEOWNERS, and a file in annotations."""
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text(service("pay"))
    (project / "sloc.yaml").write_text(
        f'sources: ["a.slo", {json.dumps(name)}]\nowners: {{team: "@acme/team", product: "@acme/product"}}\n'
    )
    assert f"\n/{name} @acme/team" in sloc(project, "owners").out
    (project / name).write_text(service("pay").replace("99%", "100%"))
    (found,) = json.loads(sloc(project, "check", "--format", "json").out)["diagnostics"]
    assert found["path"] in (name, f"./{name}")
    assert f"file={name}" in sloc(project, "check", "--format", "github").out
