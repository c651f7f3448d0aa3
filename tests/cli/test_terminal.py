"""Colors and progress, which only a terminal gets; and completion in shells."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from io import StringIO
from math import inf
from pathlib import Path
from typing import ClassVar

import pytest

from slocompiler.cli import terminal
from slocompiler.cli.group import COMMANDS
from support import binaries
from support.command import service, sloc
from support.compile import ROOT
from support.repository import commit, git, isolate

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm"}
WRONG = 'service a {\n  ownr "b"\n}\n'
RED = "\x1b[31m"


def on_a_terminal(folder: Path, *arguments: str, **more: str) -> str:
    """What a run prints whose output is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "slocompiler", *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT | more, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # nobody has the other end any more
                break
            if not part:
                break
            said += part
        process.wait()
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


class TestColours:
    @pytest.fixture(autouse=True)
    def wrong(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(WRONG)

    def test_on_a_terminal(self, tmp_path: Path) -> None:
        said = on_a_terminal(tmp_path, "check")
        assert f"{RED}\x1b[1merror[E101]\x1b[0m: " in said
        assert "\x1b[34m\x1b[1m -->\x1b[0m a.slo:2:3\n" in said

    @pytest.mark.parametrize(
        ("more", "environment"),
        [(("--color", "never"), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})],
        ids=["never", "NO_COLOR", "dumb"],
    )
    def test_not_where_they_are_not_wanted(
        self, tmp_path: Path, more: tuple[str, ...], environment: dict[str, str]
    ) -> None:
        said = on_a_terminal(tmp_path, "check", *more, **environment)
        assert "error[E101]: " in said
        assert "\x1b[3" not in said

    def test_nowhere_else_but_where_asked_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "\x1b" not in sloc(tmp_path, "check").err
        assert RED in sloc(tmp_path, "check", "--color", "always").err
        monkeypatch.setenv("NO_COLOR", "1")
        assert RED in sloc(tmp_path, "check", "--color", "always").err, "what is said weighs more than what is set"

    def test_of_differences(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(service("a"))
        assert sloc(tmp_path, "build").code == 0
        (tmp_path / "a.slo").write_text(service("a", "changed"))
        assert f"{RED}-" in sloc(tmp_path, "build", "--check", "--color", "always").out
        assert "\x1b[32m+" in sloc(tmp_path, "fmt", "--diff", "--color", "always").out
        (tmp_path / "b.slo").write_text(service("a").replace("99%", "90%"))
        assert "\x1b[1mloosened\x1b[0m  " in sloc(tmp_path, "diff", "a.slo", "b.slo", "--color", "always").out


class TestWidth:
    """The table of `sloc list` is as wide as the terminal, and has every column elsewhere."""

    @pytest.fixture(autouse=True)
    def shop(self, tmp_path: Path) -> None:
        (tmp_path / "a.slo").write_text(service("a", "A title that says something"))

    @pytest.mark.parametrize(("columns", "titled"), [("120", True), ("65", False)])
    def test_on_a_terminal(self, tmp_path: Path, columns: str, titled: bool) -> None:
        said = on_a_terminal(tmp_path, "list", NO_COLOR="1", COLUMNS=columns)
        assert ("A title that says something" in said) is titled
        assert max(map(len, said.splitlines())) <= int(columns)

    def test_elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "70")
        assert "A title that says something" in sloc(tmp_path, "list").out


class TestProgress:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    def seen(self, monkeypatch: pytest.MonkeyPatch, stream: StringIO, begin: float = 0) -> str:
        """What is written to such a standard error by a run that began then."""
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(terminal, "BEGIN", begin)
        monkeypatch.setattr(terminal, "PAUSE", 0)
        monkeypatch.setattr("sys.stderr", stream)
        with terminal.Progress() as progress:
            assert list(progress.each(["a", "b"], "reading", "checking")) == ["a", "b"]
        return stream.getvalue()

    def test_is_shown_and_gone_afterwards(self, monkeypatch: pytest.MonkeyPatch) -> None:
        wiped = "\r\x1b[K"
        expected = f"{wiped}reading: 0 of 2{wiped}reading: 1 of 2{wiped}checking{wiped}"
        assert self.seen(monkeypatch, self.Terminal()) == expected

    def test_is_quiet_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.seen(monkeypatch, StringIO()) == ""

    def test_of_short_work_is_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.seen(monkeypatch, self.Terminal(), begin=inf) == ""

    def test_every_long_command_has_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a.slo").write_text(service("a"))
        begun: list[str] = []
        monkeypatch.setattr(terminal.Progress, "show", lambda _, what: begun.append(what))
        for arguments in (["build"], ["check"], ["diff", "a.slo", "a.slo"]):
            begun.clear()
            assert sloc(tmp_path, *arguments).code == 0
            assert "checking" in begun[1]


class TestCompletion:
    """As docs/commands.md says to turn it on, in the shells themselves."""

    CASES = (
        "sloc ",
        "sloc diff fea",
        "sloc explain e20",
        "sloc list --owner t",
        "sloc show sh",
        "sloc explain shop/",
        "sloc check sh",
    )
    OFFERED: ClassVar = {
        "sloc ": set(COMMANDS),
        "sloc diff fea": {"feature"},
        "sloc explain e20": {f"E20{n}" for n in range(1, 10)},
        "sloc list --owner t": {"team"},
        "sloc show sh": {"shop", "shop/x"},
        "sloc explain shop/": {"shop/x"},
    }

    @pytest.fixture
    def repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        isolate(monkeypatch, tmp_path)
        git(tmp_path, "init", "--quiet")
        commit(tmp_path, {"shop.slo": service("shop")})
        git(tmp_path, "branch", "feature")
        program = tmp_path / "bin" / "sloc"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m slocompiler "$@"\n')
        program.chmod(0o755)
        return tmp_path

    def completed(self, repository: Path, command: list[str]) -> dict[str, set[str]]:
        """What a shell offers for each case; a script prints each and a line of `==` behind it."""
        path = f"{repository / 'bin'}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "HOME": str(repository), "TERM": "dumb"}
        done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        parts = done.stdout.split("==\n")[:-1]
        assert len(parts) == len(self.CASES), done.stdout
        found = (set(part.replace("\t", ":").splitlines()) for part in parts)
        return {
            case: {line.split(":")[0] for line in lines if line} for case, lines in zip(self.CASES, found, strict=True)
        }

    def test_bash(self, repository: Path) -> None:
        script = """
            compopt() { files=$(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"); COMPREPLY=($files); }
            eval "$(_SLOC_COMPLETE=bash_source sloc)"
            for line in "$@"; do
              read -ra COMP_WORDS <<< "$line"
              [[ $line == *" " ]] && COMP_WORDS+=("")
              COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
              _sloc_completion sloc
              printf '%s\\n' "${COMPREPLY[@]}" ==
            done"""
        found = self.completed(repository, ["bash", "--norc", "-c", script, "bash", *self.CASES])
        assert found == self.OFFERED | {"sloc check sh": {"shop.slo"}}

    def test_zsh(self, repository: Path) -> None:
        zsh = binaries.locate("zsh")
        modules = sorted(zsh.parents[1].glob("usr/lib/*/zsh/*")) + sorted(zsh.parents[1].glob("lib/*/zsh/*"))
        script = f"""
            module_path+=({" ".join(map(str, modules))})
            compdef() {{ }}
            compadd() {{ print -l -- ${{(P)@[-1]}} }}
            _describe() {{ print -l -- ${{(P)3}} }}
            _path_files() {{ print -l -- $words[-1]*(.) }}
            eval "$(_SLOC_COMPLETE=zsh_source sloc)"
            for line in "$@"; do
              words=("${{(@s: :)line}}") CURRENT=${{#words}}
              _sloc_completion
              print -r -- "=="
            done"""
        found = self.completed(repository, [str(zsh), "-f", "-c", script, "zsh", *self.CASES])
        assert found == self.OFFERED | {"sloc check sh": {"shop.slo"}}

    def test_fish(self, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fish = binaries.locate("fish")
        libraries = sorted(fish.parents[1].glob("lib/*/libpcre2-32.so.0"))
        if libraries:  # an unpacked package, which nobody has installed
            monkeypatch.setenv("LD_LIBRARY_PATH", str(libraries[0].parent))
        script = f"""
            set -a fish_function_path {fish.parents[1]}/share/fish/functions
            _SLOC_COMPLETE=fish_source sloc | source
            for line in $argv
              complete -C"$line"
              echo ==
            end"""
        found = self.completed(repository, [str(fish), "--no-config", "-c", script, *self.CASES])
        assert found == self.OFFERED | {"sloc check sh": {"shop.slo"}}
