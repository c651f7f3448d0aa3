r"""Runs CLI scenarios: one text file that holds commands, their input files and all that they answer.

    # Prose. It may stand at the top of the file and right below a command.

    -- checkout.slo --
    the file's content, written before the commands below it
    -- sub/empty.slo --

    $ sloc check checkout.slo -
    # Words are split as a shell does, but there is no shell: no pipes, variables or patterns.
    -- stdin --
    what the command reads; nothing without this section
    -- stdout --
    what it has to print; without the section, nothing
    -- stderr --
    the same
    -- exit 1 --

    $ cat checkout.slo

Commands are `sloc …` (the compiler, a real process), `cat FILE…` and `ls [DIR]` (all files below, sorted).
They run in one fresh folder, one after the other; files between two commands are written before the second.
An exit code of 0 is not written down. A blank line above a command, and above files that follow a command
or the top, is layout and belongs to no content.

A content line that would be read as a command or a mark (`$ …`, `-- … --`) has a backslash before it, and
a content that does not end in a line feed ends in the line `\no newline`.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from support.compile import ROOT

TIMEOUT = 60

MARK = re.compile(r"-- (.+) --")
ESCAPED = re.compile(r"\\*(\$ |-- .+ --$)|\\+no newline$")
NO_NEWLINE = r"\no newline"
Sloc = Callable[[Sequence[str], str, Path], tuple[str, str, int]]
"""Runs the compiler with arguments and standard input in a folder: what it printed, and its exit code."""


class ScenarioError(Exception):
    """The scenario file itself is wrong."""


@dataclass(frozen=True)
class File:
    """A file to write."""

    path: str
    content: str


@dataclass(frozen=True)
class Command:
    """A command with what it reads and answers; `prose` are the raw comment lines below it."""

    line: str
    prose: str = ""
    stdin: str | None = None
    stdout: str = ""
    stderr: str = ""
    exit: int = 0


@dataclass(frozen=True)
class Scenario:
    """A whole file: the prose at its top, then files and commands in order."""

    prose: str
    steps: tuple[File | Command, ...]


def parse(text: str) -> Scenario:
    """Read a scenario; `render` gives the text back."""
    head, *blocks = _blocks(text)
    steps: list[File | Command] = []
    for title, body in blocks:
        if title.startswith("$ "):
            steps.append(Command(title[2:], prose=_prose(body)))
        elif title[3:-3] in ("stdin", "stdout", "stderr") or title.startswith("-- exit "):
            if not steps or isinstance(steps[-1], File):
                raise ScenarioError(f"`{title}` follows no command")
            steps[-1] = _with_section(steps[-1], title[3:-3], body)
        else:
            steps.append(_file(title[3:-3], body))
    return Scenario(_prose(head[1]), tuple(steps))


def render(scenario: Scenario) -> str:
    """The text of a scenario."""
    text = scenario.prose
    before: File | Command | None = None
    for step in scenario.steps:
        if text and not (isinstance(step, File) and isinstance(before, File)):
            text += "\n"
        text += _section(step.path, step.content) if isinstance(step, File) else _render_command(step)
        before = step
    return text


def run(scenario: Scenario, folder: Path, sloc: Sloc | None = None) -> str:
    """Run the commands in the folder; the scenario's text with what they really answered.

    `sloc` runs the compiler in another way than as a process.
    """
    done: list[File | Command] = []
    for step in scenario.steps:
        if isinstance(step, Command):
            stdout, stderr, code = _execute(step, folder, sloc or _sloc)
            done.append(replace(step, stdout=stdout, stderr=stderr, exit=code))
        else:
            path = folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(step.content.encode())
            done.append(step)
    return render(replace(scenario, steps=tuple(done)))


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """The text cut at its commands and marks: (that line, those up to the next), the top first."""
    blocks: list[tuple[str, list[str]]] = [("", [])]
    for line in text.removesuffix("\n").split("\n") if text else ():
        if not (line.startswith("$ ") or MARK.fullmatch(line)):
            blocks[-1][1].append(line)
            continue
        _, body = blocks[-1]
        if _has_layout_line(blocks[-1][0], line) and body and not body[-1]:
            body.pop()
        blocks.append((line, []))
    return blocks


def _has_layout_line(before: str, title: str) -> bool:
    """Whether a blank line above the title is layout: not between two files."""
    return _kind(title) == "command" or (_kind(title) == "file" and _kind(before) != "file")


def _kind(title: str) -> str:
    if not title or title.startswith("$ "):
        return "command" if title else "top"
    return "answer" if re.fullmatch(r"-- (stdin|stdout|stderr|exit .*) --", title) else "file"


def _prose(lines: Sequence[str]) -> str:
    for line in lines:
        if line and not line.startswith("#"):
            raise ScenarioError(f"{line!r} stands in no section and is no `# comment`")
    return "".join(f"{line}\n" for line in lines)


def _file(name: str, body: Sequence[str]) -> File:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ScenarioError(f"the file {name!r} is outside the scenario's folder")
    return File(name, _content(body))


def _with_section(command: Command, name: str, body: Sequence[str]) -> Command:
    if name == "stdin":
        return replace(command, stdin=_content(body))
    if name == "stdout":
        return replace(command, stdout=_content(body))
    if name == "stderr":
        return replace(command, stderr=_content(body))
    if not re.fullmatch("exit [0-9]+", name) or any(body):
        raise ScenarioError(f"`-- {name} --` is not `-- exit CODE --` with nothing below it")
    return replace(command, exit=int(name[5:]))


def _content(lines: Sequence[str]) -> str:
    complete = not lines or lines[-1] != NO_NEWLINE
    kept = [line[1:] if line[:1] == "\\" and ESCAPED.match(line) else line for line in lines]
    return "".join(f"{line}\n" for line in kept) if complete else "\n".join(kept[:-1])


def _section(name: str, content: str) -> str:
    lines = content.split("\n")
    last = lines.pop()
    if last:
        lines.append(last)
    escaped = [f"\\{line}" if ESCAPED.match(line) else line for line in lines]
    return "".join(f"{line}\n" for line in [f"-- {name} --", *escaped, *([NO_NEWLINE] if last else [])])


def _render_command(command: Command) -> str:
    text = f"$ {command.line}\n{command.prose}"
    text += "" if command.stdin is None else _section("stdin", command.stdin)
    text += _section("stdout", command.stdout) if command.stdout else ""
    text += _section("stderr", command.stderr) if command.stderr else ""
    return text + (f"-- exit {command.exit} --\n" if command.exit else "")


def _execute(command: Command, folder: Path, sloc: Sloc) -> tuple[str, str, int]:
    name, *arguments = shlex.split(command.line)
    match name:
        case "sloc":
            return sloc(arguments, command.stdin or "", folder)
        case "cat":
            return _cat(arguments, folder)
        case "ls":
            return _ls(arguments, folder)
    raise ScenarioError(f"{name!r} is none of the commands sloc, cat, ls")


def _sloc(arguments: Sequence[str], stdin: str, folder: Path) -> tuple[str, str, int]:
    # Nothing but this reaches the compiler: what a terminal, a CI or a user sets must not change its output.
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "SLOC_CACHE": "off",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-m", "slocompiler", *arguments]
    data = stdin.encode()
    done = subprocess.run(
        command, input=data, cwd=folder, env=environment, capture_output=True, timeout=TIMEOUT, check=False
    )
    stdout, stderr = (output.decode(errors="backslashreplace") for output in (done.stdout, done.stderr))
    return stdout, stderr, done.returncode


def _cat(names: Sequence[str], folder: Path) -> tuple[str, str, int]:
    missing = [name for name in names if not (folder / name).is_file()]
    texts = [(folder / name).read_bytes().decode() for name in names if name not in missing]
    return "".join(texts), "".join(f"cat: {name}: no such file\n" for name in missing), int(bool(missing))


def _ls(names: Sequence[str], folder: Path) -> tuple[str, str, int]:
    top = folder / (names[0] if names else ".")
    if not top.is_dir():
        return "", f"ls: {names[0]}: no such folder\n", 1
    files = sorted(path.relative_to(folder).as_posix() for path in top.rglob("*") if not path.is_dir())
    return "".join(f"{name}\n" for name in files), "", 0
