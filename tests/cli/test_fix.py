"""`sloc check --fix`: which fixes are applied, to which files, and that nothing is left to fix afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slocompiler import compiler
from slocompiler.cli.fix import MAX_ROUNDS, apply_fixes
from slocompiler.diagnostics import Diagnostic, Edit, Fix
from slocompiler.resolve.imports import nothing
from slocompiler.source import Source, Span
from support.command import files, service, sloc
from support.compile import ROOT
from support.markers import cases
from support.markers import files as program

HERE = Path()


def found(source: Source, pattern: str, by: str, safe: bool = True, code: str = "W306") -> list[Diagnostic]:
    """A diagnostic with a fix wherever the pattern matches."""
    spans = [Span(source, *match.span()) for match in re.finditer(pattern, source.text)]
    return [Diagnostic(code, f"`{s.text}`", s, fixes=(Fix(f"write `{by}`", (Edit(s, by),), safe=safe),)) for s in spans]


def fixed(text: str, judge: Callable[[Source], list[Diagnostic]]) -> tuple[str, list[str]]:
    """The text after its fixes, and what was fixed."""

    def judged(sources: Iterable[Source]) -> list[Diagnostic]:
        return [one for source in sources for one in judge(source)]

    after, lines = apply_fixes({"a.slo": Source("a.slo", text)}, judged, HERE)
    return after["a.slo"].text, lines


class TestRounds:
    def test_a_fix_that_makes_another_one_possible(self) -> None:
        text, lines = fixed("x\n(())", lambda source: found(source, r"\(\)", ""))
        assert (text, lines) == ("x\n", ["a.slo:2: write ``"] * 2)

    def test_edits_that_overlap_wait_for_the_next_round(self) -> None:
        """The second is gone by then."""
        text, lines = fixed("abc", lambda source: found(source, "ab", "x") + found(source, "bc", "y"))
        assert (text, len(lines)) == ("xc", 1)

    def test_two_insertions_at_one_place(self) -> None:
        def judge(source: Source) -> list[Diagnostic]:
            missing = [letter for letter in "xy" if letter not in source.text]
            return [one for letter in missing for one in found(source, "(?<=a)", letter)]

        assert fixed("ab", judge)[0] in ("axyb", "ayxb")

    def test_all_edits_of_a_fix_or_none(self) -> None:
        def judge(source: Source) -> list[Diagnostic]:
            edits = tuple(Edit(Span(source, *match.span()), "-") for match in re.finditer("[ac]", source.text))
            both = Diagnostic(
                "W306", "both", Span(source, 0, 1), fixes=(Fix("both", edits, safe=True),) if edits else ()
            )
            return [*found(source, "bc", "BC"), both] if "bc" in source.text else []

        assert fixed("abc", judge)[0] == "-b-"

    def test_only_safe_ones_and_the_first_of_them(self) -> None:
        def judge(source: Source) -> list[Diagnostic]:
            fixes = (found(source, "a", by, safe) for by, safe in (("x", False), ("y", True), ("z", True)))
            return [
                Diagnostic("W306", "a", one.span, fixes=(*one.fixes, *two.fixes, *three.fixes))
                for one, two, three in zip(*fixes, strict=True)
            ]

        assert fixed("a", judge)[0] == "y"
        assert fixed("a", lambda source: found(source, "a", "x", safe=False)) == ("a", [])

    def test_two_that_undo_each_other_end(self) -> None:
        text, lines = fixed("a", lambda source: found(source, "a", "b") + found(source, "b", "a"))
        assert (text, len(lines)) == ("a", MAX_ROUNDS)

    @given(st.text("()", max_size=2 * MAX_ROUNDS))
    def test_nothing_is_left_for_a_second_run(self, text: str) -> None:
        once, _ = fixed(text, lambda source: found(source, r"\(\)", ""))
        assert "()" not in once
        assert fixed(once, lambda source: found(source, r"\(\)", "")) == (once, [])


CORPUS = [
    pytest.param(text, id=f"{page.stem}: {name}")
    for page in sorted((ROOT / "tests" / "corpus").glob("*.md"))
    for name, text in ((case.name, case.text) for case in cases(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("text", CORPUS)
def test_after_its_fixes_a_program_has_none_to_apply(text: str) -> None:
    *others, source = program(text)
    known = {one.path: one for one in others}

    def judge(now: Iterable[Source]) -> list[Diagnostic]:
        return compiler.analyse(now, read=lambda path: known.get(path, nothing(path)))[1]

    once, lines = apply_fixes({source.path: source}, judge, HERE)
    assert len(lines) < MAX_ROUNDS
    assert apply_fixes(once, judge, HERE) == (once, [])


def test_enough_of_the_corpus_has_a_safe_fix() -> None:
    titles = set()
    for (text,) in (case.values for case in CORPUS):
        _, lines = fixed(text, lambda source: compiler.analyse([source])[1])
        titles |= {re.sub("`.*?`", "`…`", line.partition(": ")[2]) for line in lines}
    assert len(titles) > 5, titles


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which `colour` is a mistake that can be fixed, in a file of its own, an imported one and linked ones."""
    load = compiler.load

    def judged(*arguments: Any) -> Any:
        own, modules, problems = load(*arguments)
        for module in modules:
            problems += found(module.file.source, "colour", "color", code="E102")
            problems += found(module.file.source, "grey", "gray", safe=False)
        return own, modules, problems

    monkeypatch.setattr(compiler, "load", judged)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "sloc.yaml").touch()
    (folder / "a.slo").write_bytes(b'import "lib/org.slo"\r\n' + service("a", "colour").encode())
    (folder / "lib").mkdir()
    (folder / "lib" / "org.slo").write_text("# colour\n")
    (tmp_path / "outside.slo").write_text(service("outside", "colour"))
    return folder


class TestFiles:
    def test_are_fixed_and_the_rest_is_reported(self, project: Path) -> None:
        (project / "b.slo").write_text(service("b", "grey colour"))
        answer = sloc(project, "check", "--fix")
        assert answer.code == 0
        assert answer.out == (
            "fixed a.slo:3: write `color`\nfixed b.slo:2: write `color`\nfixed lib/org.slo:1: write `color`\n"
            "2 SLOs of 2 services in 3 files: no errors\n"
        )
        assert "\n\nwarning[W306]: `grey`\n --> b.slo:2:" in answer.err
        assert files(project)["a.slo"] == b'import "lib/org.slo"\r\n' + service("a", "color").encode()
        before = files(project)
        assert sloc(project, "check", "--fix").out == "2 SLOs of 2 services in 3 files: no errors\n"
        assert files(project) == before
        assert sloc(project, "check", "--fix", "--strict").code == 1

    def test_of_files_that_are_named_only_those(self, project: Path) -> None:
        answer = sloc(project, "check", "--fix", "a.slo")
        assert (answer.code, "fixed a.slo:3" in answer.out, "--> lib/org.slo:1:3" in answer.err) == (1, True, True)
        assert b"colour" in files(project)["lib/org.slo"]

    def test_outside_of_the_project_stay(self, project: Path) -> None:
        (project / "link.slo").symlink_to("../outside.slo")
        before = files(project.parent)["outside.slo"]
        refused, shown = "a link that leads out of the project", "`colour`"
        for paths, printed in ([], refused), (["link.slo"], refused), (["../outside.slo"], shown):
            answer = sloc(project, "check", "--fix", *paths)
            assert (answer.code, "fixed link" in answer.out, printed in answer.err) == (1, False, True)
        assert files(project.parent)["outside.slo"] == before
        assert (project / "link.slo").is_symlink()

    def test_that_a_link_inside_leads_to_are_fixed_once(self, project: Path) -> None:
        (project / "other.slo").symlink_to("a.slo")
        answer = sloc(project, "check", "--fix", "other.slo", "a.slo")
        assert answer.out.count("fixed ") == 1
        assert files(project)["a.slo"] == files(project)["other.slo"]
        assert b"colour" not in files(project)["a.slo"]
        assert (project / "other.slo").is_symlink()

    def test_of_standard_input_there_is_none(self, project: Path) -> None:
        answer = sloc(project, "check", "--fix", "-")
        assert answer == (2, "", "sloc: --fix writes files, and standard input is not one: name a file\n")

    def test_that_cannot_be_written_leave_all_as_they_were(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        before = files(project)
        monkeypatch.setattr("slocompiler.cli.files.os.replace", full)
        answer = sloc(project, "check", "--fix")
        assert (answer.code, answer.out) == (2, "")
        assert answer.err.endswith("a.slo: No space left on device; nothing was fixed\n")
        assert files(project) == before

    @pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
    def test_formats_for_programs_have_what_remains(self, project: Path, form: str) -> None:
        (project / "b.slo").write_text(service("b", "grey"))
        answer = sloc(project, "check", "--fix", "--format", form)
        assert answer.err == "fixed a.slo:3: write `color`\nfixed lib/org.slo:1: write `color`\n"
        assert json.loads(answer.out)
        assert ("grey" in answer.out, "colour" in answer.out) == (True, False)
