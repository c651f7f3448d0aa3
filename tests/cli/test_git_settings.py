"""The settings that a user has for git, and the variables of a hook, change no byte of what sloc prints and writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import Answer, files, sloc
from support.repository import commit, git, isolate, slo

CONFIGURATION = """[color]
  ui = always
  diff = always
  branch = always
[core]
  pager = false
  quotePath = true
  abbrev = 4
  warnAmbiguousRefs = false
  commentChar = 9
[log]
  showRoot = false
  showSignature = true
  date = relative
  decorate = full
  follow = true
  mailmap = true
  diffMerges = combined
  abbrevCommit = true
[format]
  pretty = oneline
[i18n]
  logOutputEncoding = UTF-16
  commitEncoding = latin1
[diff]
  renames = copies
  relative = true
  noprefix = true
  mnemonicPrefix = true
  external = false
  orderFile = /dev/null
  submodule = log
  ignoreSubmodules = all
  suppressBlankEmpty = true
  wordRegex = .
[column]
  ui = always
[status]
  relativePaths = false
[push]
  default = nothing
[alias]
  log = "!false"
[submodule]
  recurse = true
[trace2]
  normalTarget = 0
"""
VARIABLES = {
    "nothing": {},
    "hook": {"GIT_DIR": "elsewhere", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "none", "GIT_PREFIX": "slo/"},
    "objects": {"GIT_OBJECT_DIRECTORY": "none", "GIT_COMMON_DIR": "none", "GIT_SHALLOW_FILE": "none"},
    "globs": {"GIT_GLOB_PATHSPECS": "1"},
    "no globs": {"GIT_NOGLOB_PATHSPECS": "1", "GIT_ICASE_PATHSPECS": "1"},
    "output": {"GIT_PAGER": "false", "GIT_EXTERNAL_DIFF": "false", "GIT_DIFF_OPTS": "-u0", "GIT_TRACE": "1"},
    "language": {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "GIT_NAMESPACE": "other", "PAGER": "false"},
}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a history: a first commit, files that were renamed, and a file whose name is no text."""
    isolate(monkeypatch, tmp_path)
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    commit(
        folder,
        {
            "slo/shop.slo": slo("99", because="Agreed at 99%."),
            "slo/sloc.yaml": "{}",
            "slo/ü.slo": slo("90", "cart", because="Agreed at 90%."),
        },
    )
    git(folder, "mv", "slo/shop.slo", "slo/store.txt")
    commit(folder, {"a\x01b\n.txt": "no text", "slo/later.slo": slo("95", "later", because="Agreed at 95%.")})
    commit(folder, {"slo/shop.slo": slo("99.9", because="Agreed at 99.9%."), "slo/store.txt": None})
    git(folder, "checkout", "--quiet", "-b", "looser")
    commit(folder, {"slo/ü.slo": slo("80", "cart", because="Agreed at 80%.")})
    return folder / "slo"


def outcome(folder: Path) -> tuple[list[Answer], dict[str, bytes]]:
    """What every command prints that reads git, and the files that a build with the history writes."""
    commands = [("diff",), ("diff", "main", "--format", "json"), ("diff", "HEAD~2", "HEAD", "--format", "markdown")]
    answers = [sloc(folder, "build", "--target", "docs", "--history"), *(sloc(folder, *one) for one in commands)]
    assert [answer.code for answer in answers] == [0] * 4, answers
    return answers, files(folder)


@pytest.mark.parametrize("variables", VARIABLES.values(), ids=VARIABLES)
def test_nothing_depends_on_them(
    repo: Path, tmp_path: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = outcome(repo)
    assert b"99%" in expected[1]["generated/docs/markdown/shop/a.md"], "the first commit counts"
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(CONFIGURATION, encoding="utf-8")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    monkeypatch.setenv("HOME", str(home))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert outcome(repo) == expected


def test_build_adds_its_files_with_them(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".gitconfig").write_text(CONFIGURATION, encoding="utf-8")
    monkeypatch.delenv("GIT_CONFIG_GLOBAL")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_GLOB_PATHSPECS", "1")
    answer = sloc(repo, "build", "--add", "--target", "prometheus")
    assert answer.code == 0, answer.err
    monkeypatch.delenv("GIT_GLOB_PATHSPECS")
    assert "slo/generated/prometheus/shop.rules.yaml" in git(repo, "ls-files", "--full-name")
