"""The library of `import "std/…"`: what its files say, that each compiles and is tested, and its page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from slocompiler.cli.clicked import group
from slocompiler.library import Entry, entries
from support import binaries
from support.command import sloc
from support.compile import ROOT
from support.library import as_page, using

ENTRIES = [one for one in entries() if one.name != "http"]
"""Those whose templates know their metrics."""
LIBRARY = ROOT / "slocompiler" / "std"
TESTED = ("otel-http",)
"""The one whose bad events no other has: all of them would take half a minute. tests/behaviour/test_kinds.py tries most."""


@pytest.mark.parametrize("entry", entries(), ids=lambda one: one.name)
def test_a_file_says_how_to_use_each_of_its_templates(entry: Entry) -> None:
    templates = re.findall(r"^template ([\w-]+)\(", entry.templates, re.MULTILINE)
    assert [re.match(r"use ([\w-]+)\(", use)[1] for use in entry.uses] == templates  # type: ignore[index]  # None fails
    assert templates[0] == entry.name
    assert re.fullmatch(r"[A-Z].*[^.]\.", entry.title)
    starts = [note.partition(" ")[0] for note in entry.notes]
    assert starts[0] == "Needs:"
    assert entry.name == "http" or "Source:" in starts
    assert max(map(len, entry.text.split("\n"))) <= 120


def test_all_of_them_compile_without_warnings_and_have_their_layout(tmp_path: Path) -> None:
    for entry in ENTRIES:
        (tmp_path / f"{entry.name}.slo").write_text(using(entry.name, entry.uses), "utf-8")
    done = sloc(tmp_path, "check", "--strict")
    assert (done.code, done.err) == (0, "")
    assert sloc(ROOT, "fmt", "--check", str(LIBRARY)).code == 0


def test_one_that_is_not_simulated_passes_sloc_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in ENTRIES:
        if entry.name in TESTED:
            (tmp_path / f"{entry.name}.slo").write_text(using(entry.name, entry.uses), "utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(group, ["test", "--promtool", str(binaries.promtool())])
    assert done.exit_code == 0, done.output
    assert re.search(r"^ok +otel-http/availability +\d+ cases$", done.output, re.MULTILINE)


def test_the_page_is_made_of_the_files(golden: Callable[[Path, str], None]) -> None:
    golden(ROOT / "docs" / "std.md", as_page(entries()))


# The command


def test_the_list_has_a_line_for_each_file(tmp_path: Path) -> None:
    lines = sloc(tmp_path, "std").out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == [path.stem for path in sorted(LIBRARY.glob("*.slo"))]
    assert "istio               A service in a mesh of Istio, as its callers see it." in lines


@pytest.mark.parametrize("name", ["istio", "std/istio.slo"])
def test_a_file_is_printed_with_its_import(name: str, tmp_path: Path) -> None:
    done = sloc(tmp_path, "std", name)
    assert done.out == '# import "std/istio.slo"\n#\n' + (LIBRARY / "istio.slo").read_text("utf-8")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = sloc(tmp_path, "std", "isto")
    assert (done.code, done.out) == (2, "")
    assert done.err == "sloc: the library has no file `isto`; did you mean `istio`?\n"
