"""What commands print of other people's texts and names: no terminal and no runner of CI acts on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_hostile_text import service, written

from slocompiler.visible import inert, visible
from support.command import Answer, sloc
from support.compile import ROOT

COMMANDS = ("::add-mask::e", "  ::error file=README.md,line=1::forged", "##[error]forged", "##vso[task.complete]")
CONTROL = "\x1b[2J\x1b[H12 SLOs of 3 services: no errors\x1b[8m\r\x07\x9b31m\u202e"
HOSTILE = "\n".join(["first", *COMMANDS, CONTROL, "last"])
NAME = f"<pay>\n{COMMANDS[0]}\n{COMMANDS[2]}{CONTROL}".replace("/", "")
TEXTS = st.text(":#[ avso\n\r\t\x1b\x9b\u202e\u2028\u3000", max_size=30)


def acts(line: str) -> bool:
    """Whether GitHub's runner (as `ActionCommand` of actions/runner reads a line), Azure's or a terminal acts on it."""
    return bool(re.search(r"^\s*::[^:]|##\w*\[", line)) or visible(line) != line


def assert_inert(answer: Answer) -> None:
    assert answer.code != 70, answer
    for text in (answer.out, answer.err):
        assert [line for line in text.split("\n") if acts(line)] == []


@given(TEXTS)
def test_nothing_acts_on_any_text(text: str) -> None:
    assert [line for line in inert(text).split("\n") if acts(line)] == []
    assert len(inert(text)) == len(text.replace("\r\n", "\n")) or "\r" in text
    assert inert(inert(text)) == inert(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose texts and name of a file are hostile."""
    (tmp_path / "sloc.yaml").write_text("{}\n", encoding="utf-8")
    source = service({"x": written(HOSTILE)}, written(HOSTILE)).replace("99.9%", "95%")
    (tmp_path / f"{NAME}.slo").write_text(source, encoding="utf-8")
    return tmp_path


COMMANDS_OF_PEOPLE = (
    ("check",),
    ("check", "--strict"),
    ("build",),
    ("build", "--check"),
    ("show",),
    ("show", "s/x"),
    ("explain", "s/x"),
    ("explain", "s"),
    ("list",),
    ("diff", "old", "."),
    ("fmt", "--check"),
    ("fmt", "--diff"),
    ("owners",),
    ("check", "--fix"),
    ("fmt",),
)


@pytest.mark.parametrize("command", COMMANDS_OF_PEOPLE, ids=" ".join)
def test_texts_and_names(command: tuple[str, ...], project: Path) -> None:
    (project / "old").mkdir()
    other = service({"y": written(HOSTILE + "2"), "x": written(HOSTILE[::-1])}, written(HOSTILE))
    (project / "old" / "a.slo").write_text(other, encoding="utf-8")
    (project / "sloc.yaml").write_text('sources: ["*.slo"]\n', encoding="utf-8")
    if command == ("build", "--check"):
        assert sloc(project, "build").code == 0
        for made in (project / "generated" / "prometheus").glob("*.yaml"):
            made.write_text(made.read_text("utf-8") + HOSTILE, "utf-8")
    answer = sloc(project, *command)
    assert answer.out + answer.err
    assert_inert(answer)


MISTAKES = {
    "a syntax error": "service a {\n" + HOSTILE,
    "a help": f'service a {{ owner "p" runbook "${{x{CONTROL}}}" }}',
    "a comment beside a mistake": "service a { # ##[error]forged ::x\n owner 5 }",
    "bytes": b"service a { \xff\xfe::error::\n::error::x",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("command", ["check", "build", "fmt", "diff"])
def test_mistakes(command: str, text: str | bytes, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.slo").write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.slo").write_text(service({"x": '"x"'}, '"o"'), encoding="utf-8")
    (tmp_path / "sloc.yaml").write_text('sources: ["*.slo"]\n', encoding="utf-8")
    answer = sloc(tmp_path, *([command, "old", "."] if command == "diff" else [command]))
    assert answer.code in (1, 2) or command == "fmt"
    assert_inert(answer)


SETTINGS = {
    "sources": f"sources: [{json.dumps('nothing.slo' + chr(10) + HOSTILE)}]",
    "output": f"output: !!int {json.dumps(HOSTILE)}",
    "a key": f"{json.dumps(HOSTILE)}: 1",
    "owners": f"owners: {{a: {json.dumps(HOSTILE)}}}",
    "labels": f"labels: {{{json.dumps(HOSTILE)}: {json.dumps(HOSTILE)}}}",
    "requires": f"requires: {json.dumps(HOSTILE)}",
    "no YAML": f"{{ ::error::x\n::error::y ##[error]\n{CONTROL}",
}


@pytest.mark.parametrize("form", ["text", "github"])
@pytest.mark.parametrize("text", SETTINGS.values(), ids=SETTINGS)
def test_project_files(text: str, form: str, tmp_path: Path) -> None:
    (tmp_path / "sloc.yaml").write_text(text + "\n", encoding="utf-8")
    (tmp_path / "a.slo").write_text(service({"x": '"x"'}, '"o"'), encoding="utf-8")
    answer = sloc(tmp_path, "check", "--format", form)
    lines = answer.out.splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines if acts(line))
    assert not any(line.startswith("::error file=README.md") for line in lines)
    assert_inert(Answer(answer.code, "", answer.err))


@pytest.mark.parametrize("command", ["check", "fmt", "build", "show", "list", "test"])
@pytest.mark.parametrize("name", [f"--x\n{COMMANDS[0]}", f"x\n{HOSTILE}.slo".replace("/", ""), f"-{CONTROL}"])
def test_arguments_of_a_glob(command: str, name: str, tmp_path: Path) -> None:
    """`sloc check *.slo` gives the names of files of a pull request as arguments."""
    answer = sloc(tmp_path, command, name)
    assert answer.code == 2
    assert_inert(answer)


def test_only_these_modules_print() -> None:
    """Whatever is printed goes through `say`, for people, or `give`, for programs; the cache has it from there."""
    found = {
        path.relative_to(ROOT / "slocompiler").as_posix()
        for path in (ROOT / "slocompiler").rglob("*.py")
        if re.search(r"\becho\(|\bprint\(|sys\.std(?:out|err)\.write", path.read_text("utf-8"))
    }
    assert found == {"cli/cache.py", "cli/last_resort.py", "cli/messages.py", "cli/terminal.py"}
