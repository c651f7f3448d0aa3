"""Mutations: programs and project files of the repository in which bytes, tokens or lines are lost, repeated or replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from support.compile import ROOT
from support.markers import cases
from support.mutants import SOUP, TEXTS, TOKEN
from support.pages import PAGES, page

NUMBERS = ("0", "00", "1e400", "9" * 40, "0." + "0" * 30 + "1", "99.99999999999", "-1", "1e-9", "４", "1_000", "0x1F")
CHARACTERS = (*'"`{}()$%\\#,:=~!<>|*+?[]\n\t -', "\x00", "\x1b", "\x7f", "\x85", "\xa0", "\u2028", "\u202e", "\ufeff", "\ufffd", "é", "\U0001f6a8")  # fmt: skip  # a table
BYTES = (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\x00", b"\r")
IMPORT_WORDS = (*"{}[]()<>/+-", "&a", "*a", "<<: *a", "null", "~", "- ", ": ", "{{.window}}", "[5m]", "rate(", "sum by (a) (", "or vector(0)", "le=", "offset 1m", "$x", "`", "99.9", "0.999", "4w", "1M", "---\n")  # fmt: skip  # a table
PROJECT_WORDS = ("&a", "*a", "!!binary", "<<: ", "null", "~", "[", "]", "{", "}", "- ", ": ", "'", "|\n  ", "3.0", "2.42", "30s", "../x", "/etc", "**/*.slo", "le", "slo", "\t")  # fmt: skip  # a table


@cache
def programs() -> Sequence[str]:
    """Every program of the examples, the corpus, the documentation and the explanations of diagnostics."""
    blocks = [block.program for path in PAGES for block in page(path).blocks if block.kind == "slo"]
    explained = [case.text for case in cases((ROOT / "slocompiler" / "diagnostics.md").read_text("utf-8"))]
    return [*TEXTS, *blocks, *explained]


@cache
def projects() -> Sequence[str]:
    """Every project file of the examples and the documentation."""
    files = [path.read_text("utf-8") for path in sorted((ROOT / "examples").rglob("sloc.yaml"))]
    explained = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "slocompiler" / "diagnostics.md").read_text("utf-8"), re.DOTALL
    )
    return [*files, *explained, *(b.text for path in PAGES for b in page(path).blocks if b.kind == "yaml")]


@cache
def imports() -> Sequence[str]:
    """Every file of another tool that the tests import."""
    pages = sorted((ROOT / "tests" / "importers").glob("*.md"))
    return [text for one in pages for text in re.findall(r"```yaml\n(.*?)```", one.read_text("utf-8"), re.DOTALL)]


def program(random: Random) -> bytes:
    """A program with up to six mutations."""
    return _mutant(random, programs(), SOUP)


def project(random: Random) -> bytes:
    """A project file with up to six mutations."""
    return _mutant(random, projects(), PROJECT_WORDS)


def imported(random: Random) -> bytes:
    """A file of another tool with up to six mutations."""
    return _mutant(random, imports(), IMPORT_WORDS)


def _mutant(random: Random, texts: Sequence[str], words: Sequence[str]) -> bytes:
    text = random.choice(texts)
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        text = random.choice(WAYS)(random, text, texts, words)
    data = text.encode()
    if random.random() < 0.05:
        at = random.randint(0, len(data))
        data = data[:at] + random.choice(BYTES) + data[at + random.choice((0, 0, 1, 3)) :]
    return data


def _shuffled(random: Random, parts: list[str], others: Callable[[], str]) -> str:
    """The parts after one of them was deleted, doubled, cut, replaced, preceded by another one, or swapped."""
    if not parts:
        return others()
    at, other = random.randrange(len(parts)), random.randrange(len(parts))
    match random.choice(("delete", "double", "cut", "replace", "insert", "swap")):
        case "delete":
            del parts[at : at + random.choice((1, 1, 1, 2, 5))]
        case "double":
            parts.insert(at, parts[at])
        case "cut":
            parts[at] = parts[at][: len(parts[at]) // 2]
        case "replace":
            parts[at] = others()
        case "insert":
            parts.insert(at, others())
        case "swap":
            parts[at], parts[other] = parts[other], parts[at]
    return "".join(parts)


def _characters(random: Random, text: str, texts: Sequence[str], words: Sequence[str]) -> str:
    del texts, words
    at = random.randint(0, len(text))
    return text[:at] + random.choice(("", random.choice(CHARACTERS))) + text[at + random.choice((0, 1, 1, 2)) :]


def _tokens(random: Random, text: str, texts: Sequence[str], words: Sequence[str]) -> str:
    def other() -> str:
        return str(random.choice(words if random.random() < 0.5 else TOKEN.findall(random.choice(texts)) or words))

    return _shuffled(random, TOKEN.findall(text), other)


def _lines(random: Random, text: str, texts: Sequence[str], words: Sequence[str]) -> str:
    del words
    return _shuffled(
        random, text.splitlines(True), lambda: random.choice(random.choice(texts).splitlines(True) or ["\n"])
    )


def _spliced(random: Random, text: str, texts: Sequence[str], words: Sequence[str]) -> str:
    del words
    other = random.choice(texts)
    return text[: random.randint(0, len(text))] + other[random.randint(0, len(other)) :]


def _numbers(random: Random, text: str, texts: Sequence[str], words: Sequence[str]) -> str:
    del texts, words
    found = list(re.finditer(r"[0-9]+(?:\.[0-9]+)?", text))
    if not found:
        return text
    chosen = random.choice(found)
    return text[: chosen.start()] + random.choice((*NUMBERS, str(random.randint(0, 10**6)))) + text[chosen.end() :]


WAYS = (_characters, _tokens, _tokens, _tokens, _lines, _lines, _spliced, _numbers)
"""The kinds of mutations; what is listed several times is chosen more often."""
