"""`sloc build --check` reports files beside the generated ones that a server would load: no source explains them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import service, sloc
from support.outdated import MADE, rules


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "sloc.yaml").touch()
    (tmp_path / "a.slo").write_text(service("a"))
    assert sloc(tmp_path, "build").code == 0
    return tmp_path


def added(project: Path, name: str, text: str = "groups: []\n") -> bool:
    """Whether a check reports the file, and nothing else."""
    path = project / "generated" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    answer = sloc(project, "build", "--check")
    assert answer.code in (0, 1)
    path.unlink()
    assert sloc(project, "build", "--check").code == 0
    if answer.code == 0:
        return False
    first, last = answer.err.splitlines()
    assert first == f"added: generated/{name}"
    assert last.startswith("1 file added beside the generated ones: a server would load it, too. Move it")
    return True


@pytest.mark.parametrize(
    ("name", "is_loaded"),
    [
        ("prometheus/zz.rules.yaml", True),
        ("prometheus/.hidden.rules.yaml", True),
        ("prometheus/mine.yaml", False),
        ("prometheus/README.md", False),
        ("prometheus/deeper/zz.rules.yaml", False),
        ("grafana/dashboards/zz.json", True),
        ("grafana/dashboards/deeper/zz.json", True),
        ("grafana/zz.json", False),
        ("docs/site/zz.html", False),
        ("zz.rules.yaml", False),
    ],
)
def test_are_those_that_a_server_loads(project: Path, name: str, is_loaded: bool) -> None:
    assert added(project, name) == is_loaded


def test_a_header_of_another_name_is_no_excuse(project: Path) -> None:
    assert added(project, "prometheus/copy.rules.yaml", (project / rules("a")).read_text())
    assert added(project, "prometheus/copy.rules.yaml", f"{MADE}x.rules.yaml, from a.slo. Do not edit")


def test_links_are_loaded_too(project: Path) -> None:
    (project / rules("zz")).symlink_to("/etc/hostname")
    assert f"added: {rules('zz')}\n" in sloc(project, "build", "--check").err


def test_of_the_operator(project: Path) -> None:
    """`kubectl apply -f` loads every resource of the folder."""
    (project / "sloc.yaml").write_text("targets: {prometheus: {ruler: operator}}\n")
    sloc(project, "build")
    for ending in ("yaml", "yml", "json"):
        assert added(project, f"prometheus/mine.{ending}")
    assert not added(project, "prometheus/README.md")


def test_of_deployments(project: Path) -> None:
    (project / "sloc.yaml").write_text("deployments: [{name: eu, where: {at: eu}}]\n")
    sloc(project, "build")
    assert added(project, "prometheus/eu/zz.rules.yaml")
    assert not added(project, "prometheus/us/zz.rules.yaml")


def test_of_targets_that_are_not_built(project: Path) -> None:
    (project / "sloc.yaml").write_text("targets: {grafana: {build: false}}\n")
    sloc(project, "build")
    assert not added(project, "grafana/dashboards/mine.json")


def test_are_counted_apart(project: Path) -> None:
    (project / rules("zz")).touch()
    (project / rules("a")).unlink()
    answer = sloc(project, "build", "--check")
    assert (answer.code, answer.err.splitlines()[:2]) == (1, [f"missing: {rules('a')}", f"added: {rules('zz')}"])
    assert answer.err.splitlines()[-1].startswith("1 file out of date: run this without --check")
