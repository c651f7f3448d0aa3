"""A target is a row and a folder: nothing else of sloc knows one by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import TARGETS, Target, render
from slocompiler.targets.shared import Options
from support.command import files, service, sloc
from support.compile import EXAMPLES, compile_files

OPTIONS = """
from dataclasses import dataclass

from slocompiler.targets import shared

SCHEMA = {
    "description": "What is loud.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "build": {"description": "Whether it is built.", "type": "boolean", "default": True},
        "volume": {"description": "How loud it is.", "type": "integer", "minimum": 1, "default": 1},
        "words": {"description": "What is said.", "type": "array", "items": {"$ref": "#/$defs/word"}, "default": ["slo"]},
    },
    "$defs": {"word": {"description": "A word is short.", "type": "string", "pattern": "^[a-z]{1,9}$"}},
}


@dataclass(frozen=True)
class Options:
    volume: int = 1
    words: tuple[str, ...] = ("slo",)


def chosen(options: shared.Options) -> Options:
    return options.targets.get("toy", Options())


def mistakes(section, sections):
    if section.get("volume", 1) > 11:
        yield "volume", "this is too loud", "turn it down"
"""
RENDER = """
from toy_target.options import chosen

from slocompiler.targets.shared import header


def render_service(service, options):
    shout = " ".join(chosen(options).words) + "!" * chosen(options).volume
    yield f"{service.name}.txt", f"{header(f'{service.name}.txt', service.source)}\\n{shout}\\n"


def render_shared(program, options):
    yield "all.txt", f"{header('all.txt', 'all')}\\n{len(program.services)} services\\n"


def unfit(program, options):
    return ["nobody is to be loud"] if chosen(options).volume == 11 else []
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project; there is a target more than sloc has, which consists of a folder and a row."""
    package = tmp_path / "library" / "toy_target"
    package.mkdir(parents=True)
    for name, text in (("__init__", ""), ("options", OPTIONS), ("render", RENDER)):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setitem(TARGETS, "toy", Target("toy", "toy_target", True))
    root = tmp_path / "project"
    root.mkdir()
    for name in ("a", "b"):
        (root / f"{name}.slo").write_text(service(name))
    return root


def build(folder: Path, toy: str) -> dict[str, str]:
    """The files of the toy after a build with these options."""
    (folder / "sloc.yaml").write_text(f"targets: {{toy: {toy}, docs: {{build: false}}, grafana: {{build: false}}}}")
    answer = sloc(folder, "build")
    assert answer.code == 0
    made = {name: text.decode() for name, text in files(folder / "generated").items()}
    assert {name.partition("/")[0] for name in made} <= {"prometheus", "toy"}
    return {name.partition("/")[2]: text.splitlines()[-1] for name, text in made.items() if name.startswith("toy/")}


def test_a_build_renders_it_with_the_options_of_the_project_file(folder: Path) -> None:
    assert build(folder, "{volume: 2, words: [be, loud]}") == {
        "all.txt": "2 services",
        "a.txt": "be loud!!",
        "b.txt": "be loud!!",
    }
    assert build(folder, "{}")["a.txt"] == "slo!"
    (folder / "b.slo").unlink()
    assert build(folder, "{}") == {"all.txt": "1 services", "a.txt": "slo!"}, "what is built no more is removed"
    assert build(folder, "{build: false}") == {}


def test_its_mistakes_are_found(folder: Path) -> None:
    def found(toy: str) -> list[str]:
        _, problems = load(Source("sloc.yaml", f"targets: {{toy: {toy}}}"))
        return [f"{problem.code} {problem.message}; {problem.help}" for problem in problems]

    assert found("{volume: 3}") == []
    assert found("{volum: 3}") == ["E502 unknown key `volum`; did you mean `volume`?"]
    assert found("{volume: 12}") == ["E503 this is too loud; turn it down"]
    assert found("{words: [Be]}") == ["E503 `Be` is not a valid value of `words`; write `be`"]
    (folder / "sloc.yaml").write_text("targets: {toy: {volume: 11}}")
    answer = sloc(folder, "build")
    assert (answer.code, answer.err) == (1, "sloc: nobody is to be loud\n")


def test_a_change_of_its_options_is_reported(folder: Path, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    (before / "a.slo").write_text(service("a"))
    (folder / "b.slo").unlink()
    (folder / "sloc.yaml").write_text("targets: {toy: {volume: 2}}")
    assert "targets.toy.volume: 1 → 2" in sloc(tmp_path, "diff", "before", "project").out


@pytest.mark.parametrize("name", TARGETS)
def test_no_two_services_share_a_file(name: str) -> None:
    """What services have in common is rendered of the whole program; so a build may render each apart."""
    program = compile_files(*EXAMPLES)
    parts = [dict(TARGETS[name].render_service(one, Options())) for one in program.services if one.slos]
    parts.append(dict(TARGETS[name].render_shared(program, Options())))
    assert render(program, name, Options()) == {path: text for files in parts for path, text in files.items()}
    assert sum(map(len, parts)) == len({path for files in parts for path in files})
    assert any(parts)
