"""The same input gives the same bytes, whatever surrounds it."""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import subprocess
import sys
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest

from slocompiler.compiler import analyse
from slocompiler.source import Source
from slocompiler.targets import TARGETS, render
from slocompiler.targets.shared import Options
from support.command import files, sloc
from support.compile import EXAMPLES, ROOT, SHARED, compile_files, compile_text

SURROUNDINGS: dict[str, tuple[list[str], dict[str, str]]] = {
    "another hash seed": ([], {"PYTHONHASHSEED": "4294967295"}),
    "no encoding": ([], {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    "another encoding, place and terminal": (
        [],
        {"PYTHONIOENCODING": "latin-1", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "COLUMNS": "20"}
        | {"TERM": "xterm-256color", "FORCE_COLOR": "1"},
    ),
    "without assertions": (["-O"], {}),
}

MISTAKEN = """service a {
  slo x 100% over month { events requets good {a="1"} bad {b="é"} }
  slo y 40% over 30d { events x_total{} bad {code="500"} }
}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every example, and a file of mistakes that no pattern takes in."""
    folder = tmp_path_factory.mktemp("project")
    for example in (*EXAMPLES, SHARED):
        shutil.copy(example, folder)
    (folder / "sloc.yaml").write_text("{grafana_url: 'https://g.example.org', docs_url: 'https://d.example.org'}")
    (folder / "mistaken.txt").write_text(MISTAKEN, encoding="utf-8")
    return folder


def answers(folder: Path, options: list[str], more: dict[str, str]) -> list[bytes]:
    """All that a build writes, the IR as it is printed, and what is said of mistakes."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONHASHSEED": "0", **more}

    def run(*arguments: str) -> bytes:
        command = [sys.executable, *options, "-m", "slocompiler", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return done.stdout + done.stderr

    shutil.rmtree(folder / "generated", ignore_errors=True)
    said = [run("build"), run("show", "--json"), run("check", "mistaken.txt")]
    assert len(set(said)) == len(said)
    return [*said, *(name.encode() + data for name, data in files(folder).items())]


@pytest.fixture(scope="module")
def usual(project: Path) -> list[bytes]:
    return answers(project, [], {})


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_of_the_process(name: str, project: Path, usual: list[bytes]) -> None:
    assert answers(project, *SURROUNDINGS[name]) == usual


def test_of_the_project(project: Path, usual: list[bytes], tmp_path: Path) -> None:
    """It may be moved, and built from a folder inside or outside of it."""
    moved = tmp_path / "moved and ünnamed"
    shutil.copytree(project, moved)
    assert answers(moved, [], {}) == usual
    before = files(moved)
    (moved / "inner").mkdir()
    for where, arguments in ((moved / "inner", []), (tmp_path, ["--project", str(moved / "sloc.yaml")])):
        shutil.rmtree(moved / "generated")
        assert sloc(where, "build", *arguments).code == 0
        assert files(moved) == before


@pytest.mark.parametrize("target", TARGETS)
def test_of_the_order_of_files(target: str) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES}
    shared = Source(SHARED.name, SHARED.read_text(encoding="utf-8"))
    rendered = []
    for names in (list(texts), list(reversed(texts)), *itertools.islice(itertools.permutations(texts), 5, 50, 11)):
        program, _ = analyse([Source(name, texts[name]) for name in names], read=lambda _: shared)
        assert program is not None
        rendered.append(dict(sorted(render(program, target, Options()).items())))
    assert rendered[1:] == rendered[:-1]


ALIKE = (
    "slo below 99% over 30d { events x_seconds{} good below 2.5s }",
    'slo on-time 99% over 30d { good when max(x_age_seconds{job="a"}) < 2.5s slices 1m no data is bad }',
)
"""SLOs whose dashboards have the same lines, from numbers that are equal and print differently: 0 and 0.0."""


@pytest.mark.parametrize("target", TARGETS)
def test_of_what_was_generated_before(target: str) -> None:
    """The caches of a process do not change what it generates for the next program."""
    programs = [*map(compile_files, EXAMPLES)]
    programs += [compile_text(f'service {name} {{ owner "o" {slo} }}') for name, slo in zip("ab", ALIKE, strict=True)]
    found = []
    for order in (range(len(programs)), reversed(range(len(programs)))):
        for one in gc.get_objects():
            if isinstance(one, _lru_cache_wrapper) and one.__module__.startswith("slocompiler."):
                one.cache_clear()
        found.append(sorted((number, render(programs[number], target, Options())) for number in order))
    assert found[0] == found[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("change", ["line ends", "byte order mark", "both", "no last line end", "blanks"])
def test_of_what_editors_do_to_a_file(example: Path, change: str, tmp_path: Path) -> None:
    text = example.read_bytes()
    assert b"\r" not in text
    changed = {
        "line ends": text.replace(b"\n", b"\r\n"),
        "byte order mark": b"\xef\xbb\xbf" + text,
        "both": b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"),
        "no last line end": text.rstrip(b"\n"),
        "blanks": text.replace(b"\n", b" \t\n"),
    }[change]
    shutil.copy(SHARED, tmp_path)
    file = tmp_path / example.name
    printed = []
    for content in (text, changed):
        file.write_bytes(content)
        answer = sloc(tmp_path, "build", "-o", "-", file.name)
        assert answer.code == 0, answer.err
        printed.append(answer.out)
    assert printed[0] == printed[1]
