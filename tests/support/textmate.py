"""What the TextMate grammar says of texts, as the public tool `vscode-tmgrammar-snap` finds it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lark import Lark, Token

from support import node
from support.compile import ROOT

EXTENSION = ROOT / "grammar" / "vscode"
LARK = (ROOT / "grammar" / "slo.lark").read_text(encoding="utf-8")
KEYWORDS = {
    name: words.split("|") for name, words in re.findall(r"^(\w+)\.3: /(?:\(\?:)?([a-z|]+)\)?\(\?!", LARK, re.MULTILINE)
}
"""Each keyword token of slo.lark, and its words."""

_PARSER = Lark(LARK, parser="lalr", maybe_placeholders=False)

Scopes = tuple[str, ...]


def run(program: str, *arguments: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program of Node in a folder."""
    command = [str(node.program(program)), *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=300, check=False)


def scopes(texts: Sequence[str], folder: Path) -> list[list[Scopes]]:
    """For each text, the scopes of each of its characters."""
    folder.mkdir()
    for number, text in enumerate(texts):
        assert "\r" not in text
        (folder / f"{number}.slo").write_text(text, encoding="utf-8", newline="")
    done = run(
        "vscode-tmgrammar-snap", "--updateSnapshot", "--config", str(EXTENSION / "package.json"), "*.slo", where=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = [(folder / f"{number}.slo.snap").read_bytes().decode() for number in range(len(texts))]
    return [_read(snapshot, text) for snapshot, text in zip(found, texts, strict=True)]


def _read(snapshot: str, text: str) -> list[Scopes]:
    """A snapshot has each line behind a `>`, then a line for each of its tokens: `#  ^^^ scope scope`."""
    found: list[Scopes] = []
    for block in re.split(r"^>", snapshot, flags=re.MULTILINE)[1:]:
        line, *tokens = block.removesuffix("\n").split("\n")
        places = [at for at, char in enumerate(line) for _ in range(2 if char > "\uffff" else 1)]  # UTF-16
        here: list[Scopes] = [()] * len(line)
        for token in tokens:
            match = re.match(r"# *(\^+) (.*)", token)
            assert match, token
            for at in places[match.start(1) - 1 : match.end(1) - 1]:
                here[at] = tuple(match[2].split())
        found += [*here, ()]
    assert len(found) == len(text) + 1, "the snapshot is of another text"
    return found[:-1]


def tokens(text: str) -> list[Token]:
    """The tokens that Lark finds in a text without mistakes, those that leave no trace in the tree too."""
    parser = _PARSER.parse_interactive(text)
    found = list(parser.exhaust_lexer())
    parser.feed_eof()
    return found


def words() -> set[str]:
    """The words for which the patterns of the TextMate grammar look outside of raw PromQL."""
    content = json.loads((EXTENSION / "syntaxes" / "slo.tmLanguage.json").read_text(encoding="utf-8"))
    rules = [rule for name, rule in content["repository"].items() if "promql" not in name]
    plain = (re.sub(r"\\.|\[(?:\\.|[^]])*\]", " ", pattern) for rule in rules for pattern in _patterns(rule))
    return {word for pattern in plain for word in re.findall(r"[a-z]{2,}", pattern)}


def _patterns(rule: Any) -> list[str]:
    if isinstance(rule, list):
        return [pattern for part in rule for pattern in _patterns(part)]
    if not isinstance(rule, dict):
        return []
    own = [rule[key] for key in ("match", "begin", "end") if key in rule]
    return [*own, *(pattern for part in rule.values() for pattern in _patterns(part))]
