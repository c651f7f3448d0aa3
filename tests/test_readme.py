"""The README runs: its programs compile, its outputs are real, its commands and keys are those that exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slocompiler import grammar
from slocompiler.cli import COMMANDS
from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.project import load
from slocompiler.source import Source
from support.compile import ROOT, compile_text, rules

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {
    arguments.strip().removeprefix("file="): Source(arguments.strip().removeprefix("file="), body)
    for kind, arguments, body in BLOCK.findall(TEXT)
    if kind == "slo" and "file=" in arguments
}
FIRST = next(body for kind, _, body in BLOCK.findall(TEXT) if kind == "slo")


def rule_text(names: list[str]) -> str:
    """The rules of these names of the first program, as they stand in the file."""
    parts = re.findall(r"^  - (?:record|alert): .*?(?=^  - |^- |\Z)", rules(FIRST), re.MULTILINE | re.DOTALL)
    wanted = (part for part in parts if part.splitlines()[0].split(": ")[1] in names)
    return "".join(part.partition("    annotations:")[0] for part in wanted)


def with_real_outputs() -> str:
    def fill(match: re.Match[str]) -> str:
        kind, arguments, body = match.groups()
        if kind != "output":
            return match[0]
        what, _, names = arguments.strip().partition("=")
        told = {"show": shown_as, "diff": compared}.get(what)
        body = told(names) if told else rule_text(names.split(","))
        return f"```{kind}{arguments}\n{body}```"

    filled = BLOCK.sub(fill, TEXT)
    count = sum(len(group["rules"]) for group in yaml.safe_load(rules(FIRST))["groups"])
    return re.sub(r"Of the \d+ rules", f"Of the {count} rules", filled)


def test_outputs_are_real(golden: Callable[[Path, str], None]) -> None:
    golden(README, with_real_outputs())


def shown_as(slo: str) -> str:
    """What `sloc show` prints of an SLO of the last file that has a name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, source in FILES.items():
            (Path(folder) / name).write_text(source.text, encoding="utf-8")
        command = [sys.executable, "-m", "slocompiler", "show", list(FILES)[-1]]
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return next(part for part in done.stdout.split("\n\n") if part.startswith(slo)).rstrip() + "\n"


def compared(change: str) -> str:
    """What `sloc diff` prints of the files that have names, where `BEFORE:AFTER` is replaced in the first of them."""
    was, now = change.split(":")
    with tempfile.TemporaryDirectory() as folder:
        for side in ("before", "after"):
            (Path(folder) / side).mkdir()
            for number, (name, source) in enumerate(FILES.items()):
                text = source.text.replace(was, now) if side == "after" and number == 0 else source.text
                (Path(folder) / side / name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "slocompiler", "diff", "before", "after"]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.mark.parametrize("program", [body for kind, _, body in BLOCK.findall(TEXT) if kind == "slo"])
def test_programs_compile_without_a_doubt(program: str) -> None:
    _, problems = analyse([Source("readme.slo", program)], read=lambda path: FILES.get(path, "it is not in the README"))
    assert [render(problem) for problem in problems] == []


def test_the_message_shown_is_the_one_given() -> None:
    (shown,) = (body for kind, _, body in BLOCK.findall(TEXT) if kind == "sh" and body.startswith("error["))
    head = 'service checkout "Checkout" {\n  owner "payments"\n' + "\n" * 8 + "  slo a 99% over 30d {\n    events x{}\n"
    source = head + '    good {code!~"5.."}\n    bad  {code=~"5.."}\n  }\n}\n'
    _, problems = analyse([Source("checkout.slo", source)])
    assert "\n".join(render(problem) for problem in problems if problem.is_error) == shown.strip()


def test_the_alert_shown_is_one_that_a_prometheus_rendered() -> None:
    (shown,) = (body for kind, arguments, body in BLOCK.findall(TEXT) if (kind, arguments) == ("text", ""))
    rendered = (ROOT / "tests" / "golden" / "alerts" / "checkout-burning.txt").read_text(encoding="utf-8")
    page = rendered.partition("SLOBurn (page)")[2].partition("SLOBurn (ticket)")[0]
    for line in filter(None, shown.splitlines()):
        assert line in page


def test_project_file_shows_every_key_with_its_default() -> None:
    (shown,) = (body for kind, arguments, body in BLOCK.findall(TEXT) if (kind, arguments) == ("yaml", ""))
    assert load(Source("sloc.yaml", shown))[1] == []
    schema = json.loads(grammar.text("project.schema.json"))["properties"]
    data = yaml.safe_load(shown)
    targets = schema.pop("targets")["properties"]
    assert data.pop("targets") == {
        name: {key: entry["default"] for key, entry in target["properties"].items()} for name, target in targets.items()
    }
    assert data == {key: entry["default"] for key, entry in schema.items()}


def test_commands_run_as_they_stand(tmp_path: Path) -> None:
    """Every `sloc` line of every shell block, in their order, in an empty folder."""
    lines = [
        line.partition("#")[0] for kind, _, body in BLOCK.findall(TEXT) if kind == "sh" for line in body.splitlines()
    ]
    commands = [shlex.split(line) for line in lines if line.startswith("sloc ")]
    assert len(commands) >= 4
    for _, *arguments in commands:
        subprocess.run([sys.executable, "-m", "slocompiler", *arguments], cwd=tmp_path, check=True)
    assert list((tmp_path / "generated" / "prometheus").iterdir())


def test_every_command_is_told_of() -> None:
    for command in COMMANDS:
        assert f"| `sloc {command}" in TEXT
    used = set(re.findall(r"^(?:\| `)?sloc (\w+)", TEXT, re.MULTILINE))
    assert used <= set(COMMANDS)


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_files_named_exist() -> None:
    for name in re.findall(r"`((?:slocompiler|grammar|tests|examples)/[\w./-]*)`", TEXT):
        assert (ROOT / name).exists(), name


def test_standard_policy_is_told_as_it_is() -> None:
    program = compile_text('service a {\n owner "b"\n slo c 99.9% over 30d {\n events x{}\n bad {c="1"}\n }\n}')
    assert [f"{line}" for line in program.slos[0].alerts if "Burn" in type(line).__name__] != []
    for words in ("2% of the budget in 1h", "5% in 6h", "10% in 1d", "15% in 3d"):
        assert words in TEXT


def test_project_files_in_the_text_are_right() -> None:
    found = [
        body for kind, arguments, body in BLOCK.findall(TEXT) if (kind, arguments.strip()) == ("yaml", "file=sloc.yaml")
    ]
    assert found
    for body in found:
        assert load(Source("sloc.yaml", body))[1] == []
