"""The files of the repository: which there may be, how large, with which names, and what none of them says."""

from __future__ import annotations

import re
import subprocess
from pathlib import PurePosixPath

import pytest

from support.compile import ROOT

LISTED = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
TRACKED = [name for name in LISTED.split("\0") if name and (ROOT / name).is_file() and not (ROOT / name).is_symlink()]

AT_THE_ROOT = {
    ".gitattributes", ".gitignore", ".pre-commit-hooks.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
    "README.md", "action.yml", "pyproject.toml", "requirements.txt",
    ".ci", "docs", "examples", "grammar", "slocompiler", "targets", "tests",
}  # fmt: skip  # files, then folders
LARGEST = 1_000_000
"""Bytes of a file at most."""
RETIRED = re.compile(r"doubts?|said|says?|told|tells?|torn|stray(ed)?|whole|made|places?|seen|sorts?|whoever|mostly")
"""Words that others replaced: a warning is no doubt, a location or a deployment no place, what is generated not made."""
REGISTRIES = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(org|com)|[p]roxy\.golang\.org|[s]um\.golang\.org|[c]rates\.io"
    r"|[d]eb\.debian\.org|[r]epo1?\.maven|[r]ubygems\.org"
)
"""Hosts of package registries; which one is asked is up to the person who runs the clients. No pattern finds itself."""
MACHINES = re.compile(r"/[w]ork/|/[r]oot/|/[h]ome/|\.\./[s]hared")


def test_nothing_else_lies_at_the_root() -> None:
    assert {PurePosixPath(name).parts[0] for name in TRACKED} <= AT_THE_ROOT


def test_no_file_is_large() -> None:
    assert [name for name in TRACKED if (ROOT / name).stat().st_size > LARGEST] == []


def test_names_of_files_use_no_retired_word() -> None:
    assert [name for name in TRACKED if any(RETIRED.fullmatch(word) for word in re.split(r"[^a-z]+", name))] == []


@pytest.mark.parametrize("words", [REGISTRIES, MACHINES], ids=["a registry", "the machine"])
def test_no_file_names(words: re.Pattern[str]) -> None:
    found = {name: words.search((ROOT / name).read_text(encoding="utf-8", errors="replace")) for name in TRACKED}
    assert {name: match[0] for name, match in found.items() if match} == {}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (REGISTRIES, "https://registry.npm" + "js.org/a"),
        (REGISTRIES, "https://proxy.go" + "lang.org/a"),
        (MACHINES, "cd /wo" + "rk/a"),
        (RETIRED, "doubts"),
    ],
)
def test_what_must_not_be_is_found(words: re.Pattern[str], text: str) -> None:
    assert words.search(text)
