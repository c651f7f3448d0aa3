"""Messages have the shortest path from the current folder, however the file was found or named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.command import service, sloc


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a service, and mistakes in three files."""
    folder = tmp_path / "project"
    for name in ("team/b.slo", "team/other/c.slo", "..d.slo"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\nmistake\n")
    (folder / "sloc.yaml").write_text("")
    (folder / "a.slo").write_text(service("a"))
    return folder


def places(folder: Path, *arguments: str) -> list[str]:
    return re.findall(r"--> (.*):2:1", sloc(folder, "check", *arguments).err)


def test_of_a_project_around(project: Path) -> None:
    assert places(project) == ["team/b.slo", "team/other/c.slo"]
    assert places(project / "team") == ["b.slo", "other/c.slo"]
    assert places(project / "team/other") == ["../b.slo", "c.slo"]


@pytest.mark.parametrize("root", ["", "/", "//"])
def test_of_a_file_that_is_named(project: Path, root: str) -> None:
    assert places(project / "team", f"{root}{project}/team/b.slo") == ["b.slo"]
    assert places(project, f"{root}{project}/..d.slo") == ["..d.slo"]


@pytest.mark.parametrize("root", ["", "/"])
def test_of_a_link_that_leads_out(project: Path, root: str) -> None:
    (project.parent / "secret.slo").write_text("password = hunter2\n")
    (project / "link.slo").symlink_to("../secret.slo")
    answer = sloc(project, "check", f"{root}{project}/link.slo")
    assert "--> link.slo:1:1" in answer.err
    assert "hunter2" not in answer.err


def test_of_a_file_that_cannot_be_read(project: Path) -> None:
    (project / "team/gone.slo").symlink_to("nowhere")
    assert sloc(project / "team", "check").err == "sloc: gone.slo: No such file or directory\n"
