"""The history of targets on documentation pages, from git, with `--history`; without it, pages do not depend on commits."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import files, sloc
from support.documents import section
from support.repository import commit, git, isolate

SLO = """service shop {
  owner "team"
  slo a TARGET over 30d {
    events x_total{job="shop"}
    bad {code="5"}
    because "REASON"
  }
}
"""


def slo(target: str, reason: str) -> str:
    return SLO.replace("TARGET", target).replace("REASON", reason)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project below the top of a repository, whose target changed on some days."""
    isolate(monkeypatch, tmp_path)
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for day, name, text in (
        ("01-05", "slo/shop.slo", slo("99%", "A guess.")),
        ("01-09", "README", "nothing of SLOs"),
        ("02-03", "slo/shop.slo", slo("99.9%", "They | <b>call</b>.")),
        ("02-04", "slo/shop.slo", "service shop {"),
        ("02-05", "slo/shop.slo", "# the same\n" + slo("99.9%", "They call.")),
    ):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-{day}T12:00:00Z")
        commit(folder, {name: text, "slo/sloc.yaml": "{}"})
    git(folder, "checkout", "--quiet", "-b", "looser")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T12:00:00Z")
    commit(folder, {"slo/shop.slo": slo("99.5%", "They call.")})
    git(folder, "checkout", "--quiet", "main")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-08T12:00:00Z")
    git(folder, "merge", "--quiet", "--no-ff", "-m", "merge", "looser")
    return folder / "slo"


def page(folder: Path, *arguments: str) -> str:
    answer = sloc(folder, "build", "--target", "docs", *arguments)
    assert answer.code == 0, answer.err
    return section(files(folder)["generated/docs/markdown/shop/a.md"].decode(), "Review")


def test_each_change_has_its_day_and_reason(repo: Path) -> None:
    assert page(repo, "--history").endswith(
        "| Since | From | To | Reason | |---|---|---|---| "
        "| 2026-03-08 | 99.9% over 30d | 99.5% over 30d | They call. | "
        "| 2026-02-03 | 99% over 30d | 99.9% over 30d | They &#124; &#60;b&#62;call&#60;/b&#62;. | "
        "| 2026-01-05 | – | 99% over 30d | A guess. |"
    )


def test_a_target_that_never_changed(repo: Path) -> None:
    commit(repo, {"new.slo": slo("98%", "New.").replace("shop", "new")})
    assert sloc(repo, "build", "--target", "docs", "--history").code == 0
    assert (
        "**Target history:** 98% over 30d since 2026-03-08, unchanged."
        in files(repo)["generated/docs/markdown/new/a.md"].decode()
    )


def test_a_new_name_keeps_the_history(repo: Path) -> None:
    commit(repo, {"shop.slo": slo("99.5%", "They call.").replace("slo a", "slo b")})
    assert sloc(repo, "build", "--target", "docs", "--history").code == 0
    assert "2026-01-05" in files(repo)["generated/docs/markdown/shop/b.md"].decode()


def test_without_the_option_commits_change_nothing(repo: Path) -> None:
    before = page(repo)
    assert "2026" not in before
    commit(repo, {"shop.slo": slo("98%", "x")})
    commit(repo, {"shop.slo": slo("99.5%", "They call.")})
    assert page(repo) == before
    assert sloc(repo, "build", "--target", "docs", "--check").code == 0


def test_it_is_for_what_is_published(repo: Path) -> None:
    answer = sloc(repo, "build", "--history", "--check")
    assert (answer.code, answer.out) == (2, "")
    assert "--check excludes --history" in answer.err


def test_no_repository_and_half_a_history(repo: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "a.slo").write_text(slo("99%", "x"))
    answer = sloc(alone, "build", "--history")
    assert (answer.code, "git repository" in answer.err) == (2, True)
    git(tmp_path, "clone", "--quiet", "--depth", "1", (repo.parent).as_uri(), "cut")
    answer = sloc(tmp_path / "cut" / "slo", "build", "--history")
    assert (answer.code, "`git fetch --unshallow`" in answer.err) == (2, True)
