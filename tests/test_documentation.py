"""README and docs/ run: programs compile, outputs are real, commands work, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import cmarkgfm
import pytest
import yaml

from slocompiler.codes import CODES
from slocompiler.formats.text import render
from slocompiler.project import load
from slocompiler.source import Source
from support.command import sloc
from support.compile import ROOT
from support.layouts import fmt
from support.page_outputs import filled
from support.pages import PAGES, Block, Page, page
from support.repository import commit, git, isolate

READ = [page(path) for path in PAGES]
PROSE = [*READ, page(ROOT / "CONTRIBUTING.md")]
NOT_RUN = {
    "amtool", "code", "curl", "eval", "kubectl", "mimirtool", "npm", "npx", "pip", "promtool", "thanos", "vmalert",
    "_SLOC_COMPLETE=fish_source",
}  # fmt: skip  # a list
"""Programs in shell blocks that the test does not run: they install or deploy something, or need a server."""


EDITORS = ("lua", "toml", "elisp")
"""Settings of editors: `test_editors` uses them."""


def programs() -> list[tuple[Page, Block]]:
    return [(on, block) for on in READ for block in on.blocks if block.kind == "slo"]


def ids(value: object) -> str:
    if isinstance(value, Block):
        return value.text.partition("\n")[0]
    return value.name if isinstance(value, Page) else str(value)


def shell(on: Page) -> list[list[str]]:
    """The commands of the shell blocks of a page, in their order."""
    text = "\n".join(block.text for block in on.blocks if block.kind == "sh").replace("\\\n", " ")
    found = (shlex.split(line, comments=True) for line in text.splitlines())
    return [command for command in found if command]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_outputs_are_real(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path, filled(path))


@pytest.mark.parametrize(("on", "block"), programs(), ids=ids)
def test_programs_compile_without_a_warning(on: Page, block: Block) -> None:
    _, problems = on.compile(block)
    assert [render(problem) for problem in problems] == []


@pytest.mark.parametrize(("on", "block"), programs(), ids=ids)
def test_programs_are_laid_out(on: Page, block: Block) -> None:
    del on
    depth = {"service": 2, "slo": 4}.get(block.within, 0)
    assert f"\n{indent(block.text, depth * ' ')}" in f"\n{fmt(block.program)}"
    assert block.within or fmt(block.text) == block.text


@pytest.mark.parametrize("on", READ, ids=ids)
def test_blocks_are_of_known_kinds(on: Page) -> None:
    for block in on.blocks:
        assert block.kind in ("slo", "yaml", "output", "sh", "text", "python", *EDITORS), block
        if block.kind == "yaml":
            yaml.safe_load(block.text)
            if block.file in ("", "sloc.yaml"):
                assert load(Source("sloc.yaml", block.text))[1] == [], block.text


@pytest.mark.parametrize("on", READ, ids=ids)
def test_commands_run_as_they_stand(on: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder if the page begins with `sloc init`, else in a project that has been built and committed."""
    isolate(monkeypatch, tmp_path)
    git(tmp_path, "init", "--quiet")
    commands = shell(on)
    if ["sloc", "init"] not in commands:
        assert [sloc(tmp_path, command).code for command in ("init", "build")] == [0, 0]
        commit(tmp_path, {})
    for program, *arguments in commands:
        if program == "sloc":
            answer = sloc(tmp_path, *arguments)
            assert answer.code == 0, f"{arguments}: {answer}"
        elif program == "make":
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{arguments[0]}:", makefile, re.MULTILINE), arguments
        else:
            assert program in NOT_RUN, program


# Text


def anchors(on: Page) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    headings = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", on.text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("on", PROSE, ids=ids)
def test_links_lead_somewhere(on: Page) -> None:
    shown = cmarkgfm.github_flavored_markdown_to_html(on.text)
    for target in re.findall(r'(?:href|src)="([^"]*)"', shown):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        path = (on.path.parent / name).resolve() if name else on.path
        assert path.exists(), target
        assert not anchor or anchor in anchors(page(path)), target


@pytest.mark.parametrize("on", PROSE, ids=ids)
def test_markdown_is_whole(on: Page) -> None:
    """No row of a table, no fence, no code span and no link is left as text."""
    shown = re.sub(r"<pre.*?</pre>", "", cmarkgfm.github_flavored_markdown_to_html(on.text), flags=re.DOTALL)
    text = re.sub(r"<code>.*?</code>|<[^>]+>", "", shown, flags=re.DOTALL)
    assert not re.search(r"^\s*\||```|`|\]\(", text, re.MULTILINE), text


@pytest.mark.parametrize("on", PROSE, ids=ids)
def test_files_and_codes_named_exist(on: Page) -> None:
    for name in re.findall(r"`((?:slocompiler|grammar|targets|tests|examples|docs)/[\w./-]*)`", on.text):
        assert (ROOT / name).exists(), name
    assert set(re.findall(r"\b[EVW]\d{3}\b", on.text)) <= set(CODES)
