"""Generated files in a repository: those of two branches merge, and equal the files that a build of both generates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.clone import commit, git
from support.command import service, sloc


def built(folder: Path) -> None:
    """Build, and commit the sources and the generated files."""
    assert sloc(folder, "build").code == 0
    commit(folder)


def two_slos(first: str, second: str) -> str:
    """A service of two SLOs with these titles."""
    slo = '  slo {0} "{1}" 99% over 30d {{ events {0}_total{{}} bad {{code="500"}} alerts none because "Agreed." }}\n'
    body = "  # between them, two lines\n  # that nobody changes\n".join(
        (slo.format("first", first), slo.format("second", second))
    )
    return f'service both {{ owner "team" stakeholders "product"\n{body}}}\n'


WITHOUT_DOCS = "targets: {docs: {build: false}}\n"
"""Pages that list their neighbors conflict if two branches change the same lines. Another build resolves that."""


@pytest.fixture
def repository(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Three services, built and committed on `main`."""
    git(tmp_path, "init", "--quiet")
    for name in "acz":
        (tmp_path / f"{name}.slo").write_text(service(name, "old"))
    (tmp_path / "both.slo").write_text(two_slos("old", "old"))
    changed = "two services change" in request.node.name
    (tmp_path / "sloc.yaml").write_text("" if changed else WITHOUT_DOCS)
    built(tmp_path)
    return tmp_path


def change(name: str, title: str) -> Callable[[Path], object]:
    return lambda folder: (folder / f"{name}.slo").write_text(service(name, title))


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / f"{name}.slo").unlink()


CASES = {
    "two services change": (change("a", "new"), change("c", "new")),
    "two services come, neighbours in every list": (change("b1", "new"), change("b2", "new")),
    "one comes where another goes": (change("b1", "new"), remove("c")),
    "two services go": (remove("a"), remove("c")),
    "two SLOs of a service change": (
        lambda folder: (folder / "both.slo").write_text(two_slos("new", "old")),
        lambda folder: (folder / "both.slo").write_text(two_slos("old", "new")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_two_branches_build_merges(repository: Path, name: str) -> None:
    ours, theirs = CASES[name]
    git(repository, "checkout", "--quiet", "-b", "theirs")
    theirs(repository)
    built(repository)
    git(repository, "checkout", "--quiet", "main")
    ours(repository)
    built(repository)
    git(repository, "merge", "--quiet", "--no-edit", "theirs")
    answer = sloc(repository, "build", "--check")
    assert (answer.code, answer.err) == (0, "")
