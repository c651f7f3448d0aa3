"""`sloc diff` reads complete revisions from git, with their own project files, whatever their names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.command import files, sloc
from support.repository import commit, git, isolate, slo


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit on main."""
    isolate(monkeypatch, tmp_path)
    folder = tmp_path / "a clone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(folder, {"shop.slo": slo()})
    return folder


def diff(folder: Path, *arguments: str) -> dict[str, Any]:
    """The answer as JSON, of a comparison that succeeds."""
    answer = sloc(folder, "diff", *arguments, "--format", "json")
    assert answer.code == 0, answer.err
    found: dict[str, Any] = json.loads(answer.out)
    return found


def test_a_branch_is_compared_with_where_it_began(repo: Path) -> None:
    """Later commits on main are not changes of the branch. Uncommitted changes are."""
    began = git(repo, "rev-parse", "main")
    git(repo, "checkout", "--quiet", "-b", "feature")
    commit(repo, {"shop.slo": slo("99.5")})
    git(repo, "checkout", "--quiet", "main")
    commit(repo, {"other.slo": slo(name="other")})
    git(repo, "checkout", "--quiet", "feature")
    (repo / "new.slo").write_text(slo(name="new"), encoding="utf-8")
    before = files(repo)
    found = diff(repo)
    assert found["kinds"] == ["loosened", "unreasoned", "added"]
    assert found["base"] == {"name": "main, where HEAD branched off", "revision": began, "errors": []}
    assert found["head"] == {"name": "working tree", "revision": None, "errors": []}
    assert diff(repo, "main", "feature")["kinds"] == ["removed", "loosened", "unreasoned"]
    assert diff(repo, "feature~1", "feature")["kinds"] == ["loosened", "unreasoned"]
    assert sloc(repo, "diff", "HEAD", "HEAD").out == "HEAD → HEAD\nNo changes: 1 SLO.\n"
    assert files(repo) == before, "nothing is written"


def test_exit_codes(repo: Path) -> None:
    commit(repo, {"shop.slo": slo("99.5")})
    assert sloc(repo, "diff", "HEAD~1").code == 0
    assert sloc(repo, "diff", "HEAD~1", "--exit-code").code == 1
    assert sloc(repo, "diff", "HEAD", "--exit-code").code == 0
    assert sloc(repo, "diff", "HEAD~1", "--fail-on", "removed,added").code == 0
    failed = sloc(repo, "diff", "HEAD~1", "--fail-on", "removed, loosened")
    assert (failed.code, failed.err) == (1, "sloc: loosened: 1 SLO (--fail-on)\n")


def test_main_is_looked_for(repo: Path, tmp_path: Path) -> None:
    git(repo, "branch", "--move", "trunk")
    answer = sloc(repo, "diff")
    assert (answer.code, answer.out) == (2, "")
    assert (
        "there is no main branch (origin/HEAD, origin/main, origin/master, main, master): name a BASE to" in answer.err
    )
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    assert diff(tmp_path / "clone")["base"]["name"] == "origin/HEAD, where HEAD branched off"


def test_a_shallow_clone_gets_advice_on_what_to_fetch(repo: Path, tmp_path: Path) -> None:
    git(repo, "checkout", "--quiet", "-b", "feature")
    commit(repo, {"shop.slo": slo("99.5")})
    git(repo, "checkout", "--quiet", "main")
    commit(repo, {"other.slo": slo(name="other")})
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=feature", repo.as_uri(), "shallow")
    for arguments in ([], ["v1.0"]):
        answer = sloc(clone, "diff", *arguments)
        assert (answer.code, answer.out) == (2, "")
        assert "This clone is shallow. Fetch its history: `git fetch --unshallow`, `fetch-depth: 0` for" in answer.err
    git(clone, "fetch", "--quiet", "--unshallow")
    assert diff(clone)["kinds"] == ["loosened", "unreasoned"]


def test_a_folder_or_file_goes_before_a_revision(repo: Path) -> None:
    commit(repo, {"shop.slo": slo("99.5"), "v1/shop.slo": slo("99")})
    git(repo, "branch", "v1", "HEAD~1")
    git(repo, "branch", "v2", "HEAD~1")
    (repo / "v2").write_text("neither a folder nor an .slo file", encoding="utf-8")
    assert diff(repo, "v1", "shop.slo")["changes"][0]["what"].startswith("target 99% → 99.5%")
    assert diff(repo, "v2", "shop.slo")["changes"][0]["what"].startswith("target 99.9% → 99.5%")
    assert diff(repo, "refs/heads/v1", "shop.slo")["base"]["revision"]


def test_names_mean_nothing_to_git(repo: Path) -> None:
    names = ["-x.slo", "grün und blau/ä b.slo", ":(top)/c.slo", "--help/d.slo", "*/[e].slo", 'quo"te\n/f.slo']
    commit(repo, {name: slo(name=f"s{n}") for n, name in enumerate(names)})
    found = diff(repo, "HEAD~1", "HEAD")
    assert found["slos"] == {"before": 1, "after": 7, "unchanged": 1}
    assert sorted(change["place"]["path"] for change in found["changes"]) == sorted(names)
    for folder in ("grün und blau", ":(top)", "*", 'quo"te\n'):
        assert diff(repo / folder, "HEAD~1", "HEAD")["slos"] == {"before": 0, "after": 1, "unchanged": 0}


@pytest.mark.parametrize(
    "name", ["nowhere", "-x", "--output=pwned", "HEAD:shop.slo", "gone.slo", "", "a\nb", "main..HEAD"]
)
def test_what_is_no_revision(repo: Path, name: str) -> None:
    answer = sloc(repo, "diff", "--", name)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.replace("a b", "a\nb").startswith(f"sloc: `{name}` is not a folder, a .slo file or a revision")
    assert ("name both ends: `sloc diff main HEAD`" in answer.err) == (name == "main..HEAD")
    assert set(files(repo)) == {name for name in files(repo) if name.startswith(".git/")} | {"shop.slo"}


def test_without_a_repository_or_git(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "no repository"
    bare.mkdir()
    (bare / "one.slo").write_text(slo(), encoding="utf-8")
    answer = sloc(bare, "diff")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == "sloc: this folder is not in a git repository: name two folders or .slo files to compare\n"
    answer = sloc(bare, "diff", "nowhere")
    assert answer.err.startswith("sloc: `nowhere` is not a folder or a .slo file, and this folder is not in a git")
    monkeypatch.setenv("PATH", os.devnull)
    answer = sloc(repo, "diff")
    assert answer.code == 2
    assert "reading a revision needs the command `git`, which is not on PATH" in answer.err
    assert diff(bare, "one.slo", "one.slo")["changes"] == []


def test_a_base_that_does_not_compile(repo: Path) -> None:
    commit(repo, {"shop.slo": slo().replace("bad", "god")})
    commit(repo, {"shop.slo": slo()})
    answer = sloc(repo, "diff", "HEAD~1", "--exit-code", "--fail-on", "uncompared")
    assert answer.code == 1
    assert answer.out.startswith(
        "HEAD~1 → working tree\nHEAD~1 does not compile, so the changes are unknown; there is 1 SLO now."
    )
    assert "error[E101]" in answer.out
    assert "--> HEAD~1:shop.slo:5:5" in answer.out
    assert "uncompared    99.9% over 30d\n" in answer.out
    assert "--> HEAD~1:shop.slo:5:5" in sloc(repo, "diff", "HEAD~1", "--format", "markdown").out


def test_a_head_that_does_not_compile(repo: Path) -> None:
    (repo / "shop.slo").write_text(slo().replace("bad", "god"), encoding="utf-8")
    answer = sloc(repo, "diff", "HEAD")
    assert (answer.code, answer.out) == (2, "")
    assert "--> shop.slo:5:5" in answer.err
    commit(repo, {"sloc.yaml": "sources: 1\n"})
    answer = sloc(repo, "diff", "HEAD~1", "HEAD")
    assert (answer.code, answer.out) == (2, "")
    assert "error[E503]" in answer.err
    assert "--> HEAD:sloc.yaml:1:10" in answer.err


def test_each_side_has_its_own_project(repo: Path) -> None:
    """In a folder of the repository, with imports, patterns, hidden folders and a project within the project."""
    uses = 'import "../lib/org.slo"\nimport "std/http.slo"\n' + slo(name="in")
    commit(
        repo,
        {
            "team/sloc.yaml": "sources: ['slos/*.slo']\n",
            "team/slos/in.slo": uses,
            "team/lib/org.slo": 'defaults { stakeholders "one" }\n',
            "team/slos/deeper/out.slo": slo(name="deeper"),
            "team/.hidden/out.slo": slo(name="hidden"),
            "team/inner/sloc.yaml": "{}\n",
            "team/inner/in.slo": slo(name="inner"),
        },
    )
    commit(repo, {"team/sloc.yaml": "{}\n", "team/lib/org.slo": 'defaults { stakeholders "two" }\n'})
    for where in ("team", "team/slos/deeper"):
        found = diff(repo / where, "HEAD~1")
        assert found["slos"] == {"before": 1, "after": 2, "unchanged": 0}
        assert [(x["kinds"], x["place"]["path"]) for x in found["changes"]] == [
            (["added"], "slos/deeper/out.slo"),
            (["stakeholders"], "lib/org.slo:1"),
        ]
    assert diff(repo / "team", "HEAD~2", "HEAD~1")["slos"] == {"before": 0, "after": 1, "unchanged": 0}
    assert diff(repo, "HEAD~2", "HEAD")["slos"]["after"] == 1, "the team's files are another project's"


def test_links_within_the_project_are_followed(repo: Path) -> None:
    (repo / "linked.slo").symlink_to("real/file.txt")
    (repo / "circle.slo").symlink_to("circle.slo")
    (repo / "away.slo").symlink_to("../away.slo")
    commit(repo, {"real/file.txt": slo(name="linked")})
    assert diff(repo, "HEAD~1", "HEAD")["slos"] == {"before": 1, "after": 2, "unchanged": 1}


def test_submodules_are_read_where_they_are_checked_out(repo: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    git(shared, "init", "--quiet")
    commit(shared, {"org.slo": 'defaults { stakeholders "one" }\n', "in.slo": slo(name="in")})
    git(repo, "submodule", "--quiet", "add", str(shared), "lib/shared")
    commit(repo, {"shop.slo": 'import "lib/shared/org.slo"\n' + slo()})
    commit(repo / "lib" / "shared", {"org.slo": 'defaults { stakeholders "two" }\n', "in.slo": slo("99.5", "in")})
    assert diff(repo, "HEAD~1", "HEAD")["slos"] == {"before": 1, "after": 2, "unchanged": 0}
    for head in ("working tree", "HEAD"):
        found = diff(repo, "HEAD") if head == "working tree" else diff(repo, "HEAD~1", commit(repo, {}))
        assert [(x["kinds"][0], x["cases"][0]["slos"]) for x in found["changes"]] == [
            ("loosened", ["in/a"]),
            ("stakeholders", ["shop/a"]),
        ]
    git(tmp_path, "clone", "--quiet", str(repo), "clone")
    answer = sloc(tmp_path / "clone", "diff", "HEAD~1", "HEAD")
    assert answer.code == 2
    assert "it is in a submodule that is not checked out: `git submodule update --init`" in answer.err


def test_a_hook_may_name_its_repository(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, {"team/sloc.yaml": "{}\n", "team/in.slo": slo(name="in")})
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo / ".git" / "index"))
    assert diff(repo / "team", "HEAD", "HEAD")["slos"]["after"] == 1


def test_a_renamed_file_changes_nothing(repo: Path) -> None:
    git(repo, "mv", "shop.slo", "läden.slo")
    commit(repo, {})
    assert diff(repo, "HEAD~1", "HEAD")["changes"] == []


def test_files_that_are_not_text(repo: Path) -> None:
    (repo / "latin.slo").write_bytes(b'service caf {\n  owner "caf\xe9"\n}\n')
    (repo / "large.slo").write_bytes(b"# much\n" * 700_000)
    (repo / "wide.slo").write_bytes("# ASCII in UTF-16\n".encode("utf-16-le"))
    commit(repo, {})
    answer = sloc(repo, "diff", "HEAD~1", "HEAD")
    assert answer.code == 2
    assert "error[E108]: this is not UTF-8\n --> HEAD:latin.slo:2:13" in answer.err
    assert "error[E108]: a file of more than 4 MiB\n --> HEAD:large.slo:1:1" in answer.err
    assert "error[E108]: this is not UTF-8\n --> HEAD:wide.slo:1:1" in answer.err
    assert answer.err.count("help: save the file as UTF-8") == 2, "as `sloc check` has it"
