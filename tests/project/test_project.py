"""The project file: where it is found, what may stand in it, and that every mistake is reported at its location."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from slocompiler.project import Project, load
from slocompiler.project.yaml import MAX_LENGTH
from slocompiler.source import Source
from support.command import files, service, sloc


class TestFinding:
    def test_upward_from_the_working_directory(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_text("output: made\nsources: ['slo/*.slo']\n")
        (tmp_path / "slo" / "deep" / "er").mkdir(parents=True)
        (tmp_path / "slo" / "a.slo").write_text(service("a"))
        (tmp_path / "slo" / "deep" / "b.slo").write_text(service("b"))
        answer = sloc(tmp_path / "slo" / "deep" / "er", "build")
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.startswith("../../../made/prometheus/a.rules.yaml\n")
        assert "made/prometheus/a.rules.yaml" in files(tmp_path)
        assert b"from slo/a.slo" in files(tmp_path)["made/prometheus/a.rules.yaml"]

    def test_the_nearest_counts(self, tmp_path: Path) -> None:
        (tmp_path / "inner").mkdir()
        (tmp_path / "sloc.yaml").write_text("no yaml at all: [")
        (tmp_path / "inner" / "sloc.yaml").write_text("output: near\n")
        (tmp_path / "inner" / "a.slo").write_text(service("a"))
        assert sloc(tmp_path / "inner", "build").out.startswith("near/")

    def test_by_name(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "team.yaml").write_text("output: of-team\n")
        (tmp_path / "other" / "a.slo").write_text(service("a"))
        (tmp_path / "b.slo").write_text(service("b"))
        answer = sloc(tmp_path, "build", "--project", "other/team.yaml")
        assert answer.out.splitlines()[0] == "other/of-team/prometheus/a.rules.yaml"
        assert sloc(tmp_path, "check", "--project", "absent.yaml").code == 2

    def test_no_file_is_the_default_project(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(service("a"))
        assert sloc(tmp_path, "build").out.startswith("generated/prometheus/a.rules.yaml\n")

    def test_hidden_folders_are_no_sources(self, tmp_path: Path) -> None:
        for name in (".git/a.slo", ".b.slo", "c.slo"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(service(name.strip(".")[0]))
        assert sloc(tmp_path, "check").out == "1 SLO of 1 service in 1 file: no errors\n"


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("output: \x01", "1:9 E501 this is not YAML: unacceptable character"),
            ("[" * 700, "1:1 E501 the nesting is too deep"),
            ("# " + "x" * MAX_LENGTH, "1:1 E501 the project file has more than 65,536 characters"),
        ],
    )
    def test_texts_that_no_page_can_show(self, text: str, found: str) -> None:
        project, (problem,) = load(Source("sloc.yaml", text))
        assert f"{problem.span.line}:{problem.span.column} {problem.code} {problem.message}".startswith(found)
        assert project == Project()

    def test_all_at_once_and_in_order(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_text(
            "outptu: x\nretention: soon\noutput: a\noutput: b\ntargets: {prometheus: {profil: x, labels: {a-b: c}}}\n"
        )
        answer = sloc(tmp_path, "build")
        assert (answer.code, answer.out) == (1, "")
        assert re.findall(r"--> (\S+)", answer.err) == [
            f"sloc.yaml:{at}" for at in ("1:1", "2:12", "4:1", "5:24", "5:44")
        ]
        assert answer.err.endswith("\n5 errors\n")

    def test_not_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / "sloc.yaml").write_bytes(b"output: x\ngrafana_url: \xff\n")
        answer = sloc(tmp_path, "check")
        assert (answer.code, "error[E108]: this is not UTF-8\n --> sloc.yaml:2:14\n" in answer.err) == (1, True)

    @pytest.mark.parametrize("merged", ["", "<<: "])
    def test_what_would_fill_the_memory_ends_at_once(self, merged: str) -> None:
        lines = ["a0: &a0 {x: y}"]
        lines += [f"a{n}: &a{n} {{{merged}[{', '.join([f'*a{n - 1}'] * 10)}]: 1}}" for n in range(1, 12)]
        began = time.monotonic()
        _, problems = load(Source("sloc.yaml", "\n".join(lines)))
        assert [problem.code for problem in problems] == ["E501"]
        assert time.monotonic() - began < 1


def test_a_file_that_is_read_again_is_the_same_project() -> None:
    """Else an editor would forget all that it knows, whenever a file is saved."""
    text = 'defaults_from: org.slo\nlibraries: {acme: {git: "https://git.example.org/slo.git", rev: v1}}\n'
    first, again, other = (load(Source("sloc.yaml", one))[0] for one in (text, text, text.replace("org", "gro")))
    assert first == again
    assert first != other
