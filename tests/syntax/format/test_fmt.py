"""`sloc fmt`: cases of the layout, and what becomes of files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slocompiler.syntax import journey
from slocompiler.syntax import tree as t
from support.command import files, sloc, times
from support.compile import ROOT
from support.layouts import PAGES, SHIPPED, filled, parts, read, texts_of


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_cases(page: Path, golden: Callable[[Path, str], None]) -> None:
    golden(page, filled(page))


def test_every_kind_of_statement_is_a_case() -> None:
    def kinds(node: Any) -> set[type]:
        return {type(node)}.union(*map(kinds, parts(node)))

    found = set().union(*(kinds(read(text)[0].declarations) for page in PAGES for text in texts_of(page)))
    known = (vars(t) | vars(journey)).values()
    everything = {kind for kind in known if isinstance(kind, type) and issubclass(kind, t.Node)}
    assert everything - found == {t.Node, t.Statement, t.AlertLine}


# Files


MESSY = 'service a"ü"{owner "x"}\n'.encode()
NEAT = 'service a "ü" {\n  owner "x"\n}\n'.encode()


def test_what_ships_is_laid_out() -> None:
    answer = sloc(ROOT, "fmt", "--check", *(path.relative_to(ROOT).as_posix() for path in SHIPPED))
    assert answer == (0, f"0 files would change, {len(SHIPPED)} unchanged\n", "")


def test_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    neat = NEAT.replace(b"}", b"  slo b 99% over 30d {\n    events `a\r\n  b`\n  }\n}")
    (tmp_path / "a.slo").write_bytes(b"\xef\xbb\xbf" + re.sub(rb"\r?\n", b"\r\n", neat))
    assert sloc(tmp_path, "fmt").out == "a.slo\n1 file formatted, 0 unchanged\n"
    assert files(tmp_path)["a.slo"] == neat, "raw PromQL stays, to the byte"


def test_what_need_not_change_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_bytes(NEAT)
    before = times(tmp_path)
    assert sloc(tmp_path, "fmt").out == "0 files formatted, 1 unchanged\n"
    assert times(tmp_path) == before


@pytest.mark.parametrize("option", ["--check", "--diff"])
def test_options_that_write_nothing(tmp_path: Path, option: str) -> None:
    (tmp_path / "a.slo").write_bytes(MESSY)
    before = times(tmp_path)
    assert sloc(tmp_path, "fmt", option).code == (option == "--check")
    assert times(tmp_path) == before


def test_a_file_that_does_not_parse_is_left_and_the_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_bytes(MESSY)
    (tmp_path / "b.slo").write_bytes(MESSY.replace(b"}", b""))
    (tmp_path / "c.slo").write_bytes(MESSY.replace(b"x", b"caf\xe9"))
    (tmp_path / "d.slo").write_bytes(MESSY.replace(b"x", b"y"))
    answer = sloc(tmp_path, "fmt")
    assert answer.code == 1
    assert answer.out == "a.slo\nd.slo\n2 files formatted, 0 unchanged, 2 with errors\n"
    assert re.findall(r"error\[(E\d+)\].*\n --> (\S+)", answer.err) == [("E102", "b.slo:1:23"), ("E108", "c.slo:1:24")]
    assert files(tmp_path) == {
        "a.slo": NEAT,
        "b.slo": MESSY.replace(b"}", b""),
        "c.slo": MESSY.replace(b"x", b"caf\xe9"),
        "d.slo": NEAT.replace(b"x", b"y"),
    }


def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    end, start = os.pipe()
    os.write(start, MESSY)
    os.close(start)
    answer = sloc(tmp_path, "fmt", f"/dev/fd/{end}")
    os.close(end)
    assert answer == (2, "", f"sloc: /dev/fd/{end}: not a regular file; it was not changed\n")


def test_standard_input_alone_goes_to_standard_output(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_bytes(MESSY)
    answer = sloc(tmp_path, "fmt", "-", "a.slo")
    assert (answer.code, answer.out) == (2, "")
    command = [sys.executable, "-m", "slocompiler", "fmt", "-"]
    text = MESSY.replace(b"x", "Größe".encode())
    done = subprocess.run(
        command, cwd=tmp_path, input=text, capture_output=True, env=os.environ | {"LC_ALL": "C"}, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, NEAT.replace(b"x", "Größe".encode()), b"")
