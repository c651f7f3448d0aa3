"""Projects for the tests of the cache, and edits of them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from slocompiler import cli
from slocompiler.cli import cache, incremental
from support.command import Answer, service

YOUNG = 20_000_000
"""Nanoseconds: longer than the clock of any file system takes for a step."""
PROJECT = "targets: {grafana: {build: false}, docs: {build: false}}\n"


def left(folder: Path) -> dict[str, bytes | str]:
    """What is below a folder: the content of files, the targets of links."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes() for path in found
    }


class Project:
    """A folder with a project and, beside it, the cache and a copy in which nothing is cached."""

    def __init__(self, top: Path) -> None:
        self.top, self.folder, self.records = top, top / "here", top / "cache"
        self.folder.mkdir(parents=True)
        self.compiled = self.incremental = 0
        self.where = "."

    def run(self, *arguments: str) -> Answer:
        """Run the command, with the cache; `compiled` counts those that compiled, `incremental` the builds of what changed."""
        return self._run(self.folder / self.where, str(self.records), arguments)

    def afresh(self, *arguments: str) -> tuple[Answer, dict[str, bytes | str]]:
        """What the command does without the cache, to files as they are now."""
        copy = self.top / "there" / "here"
        shutil.rmtree(copy.parent, ignore_errors=True)
        shutil.copytree(self.folder, copy, symlinks=True)
        return self._run(copy / self.where, "off", arguments), left(copy)

    def _run(self, folder: Path, records: str, arguments: tuple[str, ...]) -> Answer:
        def replay(given: list[str]) -> bool:
            found = real(given)
            self.compiled += not found and records != "off"
            return found

        def build(*given: Any) -> incremental.Built | None:
            found = really(*given)
            self.incremental += found is not None
            return found

        out, err, real, really = StringIO(), StringIO(), cache.replay, incremental.build
        with pytest.MonkeyPatch.context() as patch, chdir(folder), redirect_stdout(out), redirect_stderr(err):
            patch.setenv("SLOC_CACHE", records)
            patch.setattr(cache, "YOUNG", YOUNG)
            patch.setattr(cache, "replay", replay)
            patch.setattr(incremental, "build", build)
            try:
                cli.answer([*arguments])
                code: object = 0
            except SystemExit as end:
                code = end.code or 0
        assert isinstance(code, int)
        return Answer(code, out.getvalue(), err.getvalue())

    def grow_old(self) -> None:
        """Wait until all files are old enough to be trusted by their stamps."""
        end = time.time_ns() + YOUNG
        probe = self.top / "probe"
        while not probe.exists() or probe.stat().st_mtime_ns <= end:
            probe.write_text("")


Edit = Callable[[Path], None]


def write(name: str, text: str) -> Edit:
    def edit(folder: Path) -> None:
        remove(name)(folder)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return edit


def in_place(name: str, change: Callable[[str], str]) -> Edit:
    """Change a file without another size, another inode or another time of its last change."""

    def edit(folder: Path) -> None:
        if (folder / name).is_file():
            former = (folder / name).stat()
            text = (folder / name).read_text()
            with open(folder / name, "r+") as file:
                file.write(change(text))
            os.utime(folder / name, ns=(former.st_atime_ns, former.st_mtime_ns))

    return edit


def move(name: str, to: str) -> Edit:
    def edit(folder: Path) -> None:
        if (folder / name).exists():
            remove(to)(folder)
            (folder / to).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).rename(folder / to)

    return edit


def link(name: str, target: str) -> Edit:
    def edit(folder: Path) -> None:
        remove(name)(folder)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(target)

    return edit


def remove(name: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif os.path.lexists(path):
            path.unlink()

    return edit


RULES = "generated/prometheus"
IMPORT = 'import "lib.slo"\n'
LIBRARY = 'defaults {{ runbook "https://r.example.org/{}" }}\n'
EDITS: dict[str, Edit] = {
    "a source changes": write("a.slo", service("a", "new")),
    "a source is as it was": write("a.slo", service("a")),
    "a source changes in place": in_place("a.slo", lambda text: text.replace("99%", "98%")),
    "a new source": write("team/b.slo", service("b")),
    "a source is removed": remove("team/b.slo"),
    "a source moves": move("team/b.slo", "team/sub/b.slo"),
    "an import": write("a.slo", IMPORT + service("a")),
    "an import of a folder": write("team/b.slo", 'import "../lib.slo"\n' + service("b")),
    "a library": write("lib.slo", LIBRARY.format("x")),
    "another library": write("lib.slo", LIBRARY.format("y")),
    "no library": remove("lib.slo"),
    "a mistake": write("a.slo", service("a").replace("owner", "ower")),
    "a warning": write("a.slo", service("a").replace('stakeholders "product"', "")),
    "a link to a source": link("team/c.slo", "../kept"),
    "what it leads to": write("kept", service("c")),
    "that changes": write("kept", service("c", "new")),
    "a link to a folder": link("more", "team"),
    "a link to another folder": link("more", "generated"),
    "an output is gone": remove(f"{RULES}/a.rules.yaml"),
    "an output is edited": write(f"{RULES}/a.rules.yaml", "groups: []\n"),
    "an output is edited in place": in_place(f"{RULES}/a.rules.yaml", lambda text: text.replace("sum", "max")),
    "an output has other line ends": in_place(f"{RULES}/a.rules.yaml", lambda text: text),
    "an output of the past": move(f"{RULES}/a.rules.yaml", f"{RULES}/z.rules.yaml"),
    "a file beside the outputs": write(f"{RULES}/mine.yaml", "groups: []\n"),
    "all outputs are gone": remove("generated"),
    "the outputs are elsewhere": move("generated", "moved"),
    "a link in place of the outputs": link("generated", "moved"),
    "the outputs are a file": write("generated", ""),
    "another project": write("sloc.yaml", PROJECT + "scrape_interval: 1m\n"),
    "a project within": write("team/sloc.yaml", PROJECT),
    "no project within": remove("team/sloc.yaml"),
    "no project": remove("sloc.yaml"),
    "the project": write("sloc.yaml", PROJECT),
}
