"""Which files a side of `sloc diff` has: those of a revision as those of a folder, and maybe none; and which are analysed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from slocompiler import compiler
from slocompiler.cli.patterns import Patterns
from slocompiler.cli.walk import matching
from slocompiler.source import Source
from support.command import service, sloc
from support.repository import commit, git, isolate, slo

PATTERNS = (
    "**/*.slo",
    "*.slo",
    "a/**/*.slo",
    "a/*",
    "**/b/*.slo",
    "a/b/c.slo",
    "[ab]/?.slo",
    "./a/*.slo",
    "**/[!c].slo",
    "**/a*",
)


@pytest.mark.parametrize("pattern", [*PATTERNS, "**/**/*.slo", "a/**/**/b/**/*.slo"])
def test_patterns_match_as_those_of_python(pattern: str, tmp_path: Path) -> None:
    names = ["a.slo", "a/b.slo", "a/b/c.slo", "b/c.slo", "a/x/b/d.slo", "[a]/b.slo", "a/a.txt", "A.SLO", "ab.slo"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    expected = {path.relative_to(tmp_path).as_posix() for path in tmp_path.glob(pattern) if path.is_file()}
    patterns = Patterns([pattern])
    assert {found.name for found in matching(str(tmp_path), patterns, hidden=True)} == expected
    assert {name for name in names if is_match(patterns, name)} == expected


def is_match(patterns: Patterns, path: str) -> bool:
    *folders, file = path.split("/")
    states = patterns.start
    for folder in folders:
        states = patterns.inside(states, folder)
    return patterns.match(states, file)


def test_the_first_file_and_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A side without files is one without SLOs."""
    isolate(monkeypatch, tmp_path)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, {"README.md": "to come"})
    (tmp_path / "a.slo").write_text(service("a"), encoding="utf-8")
    (tmp_path / "none").mkdir()
    assert sloc(tmp_path, "diff").out.splitlines()[1] == "1 SLO added."
    assert sloc(tmp_path, "diff", "none", ".").out.splitlines()[1] == "1 SLO added."
    commit(tmp_path, {})
    (tmp_path / "a.slo").unlink()
    assert sloc(tmp_path, "diff", "HEAD").out.splitlines()[1] == "1 SLO removed."
    assert sloc(tmp_path, "diff", "HEAD", "none").out.splitlines()[1] == "1 SLO removed."


def test_files_that_both_sides_have_are_analysed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of BASE that differ are analysed again. All are if an import differs that is no source, or the project file."""
    isolate(monkeypatch, tmp_path)
    git(tmp_path, "init", "--quiet")
    sources = {f"in/{name}.slo": slo(name=name) for name in "abc"}
    sources["in/d.slo"] = f'import "../lib/org.slo"\n{slo(name="d")}'
    org = 'defaults { stakeholders "one" }\n'
    commit(tmp_path, {"sloc.yaml": "sources: ['in/*.slo']\n", "lib/org.slo": org, **sources})
    commit(tmp_path, {"in/a.slo": slo("99.5", "a"), "in/b.slo": None, "in/e.slo": slo(name="e")})
    commit(tmp_path, {"lib/org.slo": org.replace("one", "two")})
    commit(tmp_path, {"sloc.yaml": "sources: ['in/*.slo']\nretention: 60d\n"})
    together, analysed = compiler.together, list[list[str]]()

    def noted(sources: Iterable[Source], *others: Any, **named: Any) -> object:
        own = list(sources)
        analysed.append([source.path for source in own])
        return together(own, *others, **named)

    monkeypatch.setattr(compiler, "together", noted)
    for revisions, kinds, again in (
        (("HEAD~3", "HEAD~2"), ["removed", "loosened", "unreasoned", "added"], [["in/a.slo", "in/b.slo"]]),
        (("HEAD~2", "HEAD~1"), ["stakeholders"], []),
        (("HEAD~1", "HEAD"), ["project"], []),
    ):
        analysed.clear()
        answer = sloc(tmp_path, "diff", *revisions, "--format", "json")
        assert answer.code == 0, answer.err
        assert (json.loads(answer.out)["kinds"], analysed) == (kinds, again)
