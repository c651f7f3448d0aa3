"""The extension for editors in grammar/vscode: what is coloured how, and that it is packaged whole."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import pytest

from slocompiler import __version__
from slocompiler.source import Source
from slocompiler.syntax.parse import parse
from support import node
from support.compile import ROOT
from support.markers import cases
from support.pages import PAGES as DOCUMENTATION
from support.textmate import EXTENSION, KEYWORDS, Scopes, run, scopes, tokens, words

MANIFEST = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
CONFIGURATION = json.loads((EXTENSION / "language-configuration.json").read_text(encoding="utf-8"))
FILES = [path for folder in ("examples", "slocompiler") for path in sorted((ROOT / folder).rglob("*.slo"))]
PAGES = [*DOCUMENTATION, ROOT / "slocompiler" / "diagnostics.md", *sorted((ROOT / "tests" / "corpus").glob("*.md"))]
KEYWORD = ("keyword.control.", "keyword.other.", "keyword.operator.wordlike.", "storage.", "constant.language.")
PUNCTUATION = ("punctuation.",)
COLOURS = dict.fromkeys(KEYWORDS, KEYWORD) | {
    "NAME": ("entity.name.", "variable.", "support.", "constant.other.code."),
    "REF": ("entity.name.function.",),
    "PARAM": ("variable.parameter.",),
    "STRING": ("string.quoted.double.slo",),
    "PROMQL": ("meta.embedded.promql.slo",),
    "PERCENT": ("constant.numeric.percent.",),
    "DURATION": ("constant.numeric.duration.",),
    "SIZE": ("constant.numeric.size.",),
    "DATE": ("constant.numeric.date.",),
    "MOMENT": ("constant.numeric.moment.",),
    "TIME": ("constant.numeric.time.",),
    "ZONE": ("support.",),
    "NUMBER": ("constant.numeric.slo",),
    "CMP": ("keyword.operator.comparison.",),
    "MOP": ("keyword.operator.comparison.",),
    "EQ": ("keyword.operator.comparison.", "keyword.operator.assignment."),
    **dict.fromkeys(("PLUS", "SLASH"), ("keyword.operator.arithmetic.",)),
    **dict.fromkeys(("LBRACE", "RBRACE", "LPAR", "RPAR", "COMMA"), PUNCTUATION),
}
"""What a token of slo.lark is in the TextMate grammar."""


@pytest.fixture(scope="module")
def programs() -> list[str]:
    """All programs of the project without a mistake of syntax."""
    texts = [path.read_text("utf-8") for path in FILES]
    texts += [case.text for page in PAGES for case in cases(page.read_text("utf-8"))]
    return [text for text in texts if parse(Source("x.slo", text))[1] == []]


def miscoloured(text: str, found: list[Scopes]) -> Iterator[str]:
    """Every token whose colour is another's, and every blank or comment that has one."""
    rest = set(range(len(text)))
    for token in tokens(text):
        start, end = token.start_pos or 0, token.end_pos or 0
        rest -= set(range(start, end))
        for scope in {found[at] for at in range(start, end) if text[at] != "\n"}:  # a line end has no colour
            right = any(name.startswith(COLOURS[token.type]) for name in scope)
            if not right or any(name.startswith("comment.line.number-sign.slo") for name in scope):
                yield f"{token.type} {token} at {text[max(0, start - 30) : end]!r}: {scope}"
            elif token.type == "NAME" and any(name.startswith(KEYWORD) for name in scope):
                yield f"{token} is a name at {text[max(0, start - 30) : end]!r}: {scope}"
    for at in rest:
        if text[at].strip(" \t\f\n\ufeff") and "comment.line.number-sign.slo" not in found[at]:
            yield f"no comment: {text[at : at + 30]!r}: {found[at]}"


def test_assertions() -> None:
    """The files of tests/grammar/textmate say themselves what they expect."""
    host = ("-g", "tests/grammar/textmate/markdown.json")
    files = [
        path.name
        for path in sorted((ROOT / "tests" / "grammar" / "textmate").iterdir())
        if path.suffix in (".slo", ".md")
    ]
    done = run(
        "vscode-tmgrammar-test", "--config", str(EXTENSION / "package.json"), *host, "tests/grammar/textmate/*.{slo,md}"
    )
    assert done.returncode == 0, done.stdout
    assert sorted(re.findall(r"textmate/(\S+) run success", done.stdout)) == files


def test_a_wrong_assertion_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "wrong.slo").write_text('# SYNTAX TEST "source.slo"\nowner "x"\n# <----- string.quoted.double.slo\n')
    done = run("vscode-tmgrammar-test", "--config", str(EXTENSION / "package.json"), "wrong.slo", where=tmp_path)
    assert done.returncode != 0


def test_both_grammars_know_the_same_keywords() -> None:
    units = {"ms"}
    assert words() - units == {word for some in KEYWORDS.values() for word in some}


def test_every_token_has_its_colour(programs: list[str], tmp_path: Path) -> None:
    """The two grammars see the same tokens in every program of the project."""
    assert len(programs) > 100
    for text, found in zip(programs, scopes(programs, tmp_path / "all"), strict=True):
        assert list(miscoloured(text, found)) == []


def test_a_name_may_be_called_like_any_keyword(programs: list[str], tmp_path: Path) -> None:
    """Every program again, with keywords for its names: none of them turns into a keyword, and no keyword into a name.

    Behind `native`, a word that begins a statement is one.
    """
    nameable = sorted({w for some in KEYWORDS.values() for w in some} - {"native", "when", "below", "above", "none"})
    renamed = []
    for number, text in enumerate(programs):
        supply = islice(cycle(nameable), number, None)
        parts, done, before = [], 0, ""
        for token in tokens(text):
            if token.type == "NAME" and before != "NATIVE":  # of `native labels`, `native` is the name
                parts += [text[done : token.start_pos], next(supply)]
                done = token.end_pos or 0
            before = token.type
        renamed.append("".join([*parts, text[done:]]))
        assert [token.type for token in tokens(renamed[-1])] == [token.type for token in tokens(text)]
    for text, found in zip(renamed, scopes(renamed, tmp_path / "renamed"), strict=True):
        assert list(miscoloured(text, found)) == []


def test_nothing_is_uncoloured_by_accident(tmp_path: Path) -> None:
    paths = [*FILES, ROOT / "tests" / "grammar" / "textmate" / "promql.slo"]
    texts = [path.read_text("utf-8") for path in paths]
    for text, found in zip(texts, scopes(texts, tmp_path / "files"), strict=True):
        plain = [
            at for at, scope in enumerate(found) if not [s for s in scope if not s.startswith(("source.", "meta."))]
        ]
        assert [text[max(0, at - 30) : at + 1] for at in plain if text[at].strip()] == []


def test_the_extension_is_packaged_whole(tmp_path: Path) -> None:
    """By the command that its README and the project's name, without the network; the client is one file."""
    pages = (ROOT / "docs" / "editors.md", EXTENSION / "README.md")
    (command,) = {
        line for page in pages for line in re.findall(r"^npx (@vscode/vsce@.*)", page.read_text("utf-8"), re.MULTILINE)
    }
    tool, *arguments = command.split()
    listed = json.loads((ROOT / "tests" / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert tool.partition("@vscode/vsce@")[2] == listed["@vscode/vsce"].split(".")[0]
    assert MANIFEST["devDependencies"].items() <= listed.items()
    where = shutil.copytree(EXTENSION, tmp_path / "extension", ignore=shutil.ignore_patterns("node_modules", "dist"))
    (where / "node_modules").symlink_to(node.modules())
    done = run("vsce", *arguments, where=where)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARN" not in done.stdout + done.stderr
    file = f"{MANIFEST['name']}-{MANIFEST['version']}.vsix"
    assert all(f"--install-extension {file}" in page.read_text("utf-8") for page in pages)
    with zipfile.ZipFile(where / file) as archive:
        held = {name.removeprefix("extension/"): archive.read(name) for name in archive.namelist()}
    contributed = [
        *MANIFEST["contributes"]["grammars"],
        *({"path": x["configuration"]} for x in MANIFEST["contributes"]["languages"]),
    ]
    plain = {"package.json", *(entry["path"].removeprefix("./") for entry in contributed)}
    others = {"readme.md", "LICENSE.txt", "[Content_Types].xml", "extension.vsixmanifest"}
    assert held.keys() == plain | others | {"dist/client.js"}
    assert b"LanguageClient" in held["dist/client.js"]
    for name in plain:
        assert json.loads(held[name]) == json.loads((EXTENSION / name).read_bytes())
    assert held["LICENSE.txt"] == (ROOT / "LICENSE").read_bytes()


def test_the_manifest_agrees_with_the_project() -> None:
    assert MANIFEST["version"] == __version__
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert MANIFEST["license"] == "Apache-2.0"
    for entry in MANIFEST["contributes"]["grammars"]:
        assert json.loads((EXTENSION / entry["path"]).read_text(encoding="utf-8"))["scopeName"] == entry["scopeName"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "slocompiler" / "cli" / "first").glob("*.slo")), ids=lambda path: path.name
)
def test_lines_are_indented_as_they_stand(path: Path) -> None:
    """What an editor proposes for the next line, by the patterns of the language configuration."""
    rules = CONFIGURATION["indentationRules"]
    lines = [
        *path.read_text("utf-8").splitlines(),
        "use a(",
        '  b = "{(",  # {',
        ")",
        'owner "{"',
        "labels {  # x",
        '  c = "d"',
        "}",
    ]
    indent = 0
    for line in filter(str.strip, lines):
        closes = re.search(rules["decreaseIndentPattern"], line)
        indent -= 2 if closes else 0
        assert len(line) - len(line.lstrip()) == indent, line
        indent += 2 if re.search(rules["increaseIndentPattern"], line) else 0


def test_a_double_click_takes_a_word_whole() -> None:
    for word in ("read-latency", "$requests", "99.9%", "2026-10-01", "1h30m", "slo:events:rate5m", "-1.5"):
        found = re.search(CONFIGURATION["wordPattern"], f'{{"{word}"}}')
        assert found, word
        assert found[0] == word
