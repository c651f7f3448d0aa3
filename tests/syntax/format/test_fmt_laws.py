"""Laws of the layout: it keeps tree and comments, is its own layout, and blanks in the text do not matter to it."""

from __future__ import annotations

import re
import sys
import time
from functools import cache
from itertools import accumulate, pairwise
from types import FrameType

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark

from slocompiler import grammar
from slocompiler.syntax import lexemes
from slocompiler.syntax.format import layout
from support.compile import ROOT
from support.layouts import PAGES, SHIPPED, fmt, meaning, read, texts_of
from support.markers import cases
from support.pages import PAGES as DOCUMENTATION

COMMENT = re.compile(rf"{lexemes.STRING}|{lexemes.PROMQL}|#(?P<comment>[^\n]*)")
law = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def comments(text: str) -> list[str]:
    return [
        match["comment"].rstrip(" \t\r\f\ufeff") for match in COMMENT.finditer(text) if match["comment"] is not None
    ]


def assert_lawful(text: str) -> None:
    """The layout of `text` has its tree and comments, is its own layout, and keeps to what holds for every layout."""
    once = fmt(text)
    assert meaning(once) == meaning(text), once
    assert comments(once) == comments(text)
    assert fmt(once) == once
    code = COMMENT.sub(lambda match: '""' if match["comment"] is None else match[0], once)
    assert not re.search(r"[ \t\r\f\ufeff]$|\n\n\n|\A\n|\n\n\Z", code, re.MULTILINE), once
    assert not once or once.endswith("\n")
    assert_nested(code)


def assert_nested(layout: str) -> None:
    """A line that opens more brackets than it closes ends with one, a line that closes more begins with one."""
    lines = layout.split("\n")
    codes = [line.partition("#")[0].strip() for line in lines]
    function = re.search(r"\bwhen\s+\w+\s*\(", "\n".join(codes))  # `max(…)` is no list
    opening, closing = ("{", "}") if function else ("{(", ")}")
    for before, code, behind in zip(["", *lines], codes, [*lines[1:], ""], strict=False):
        depth = sum(code.count(bracket) for bracket in opening) - sum(code.count(bracket) for bracket in closing)
        assert depth <= 0 or (code[-1] in "{(" and behind), layout
        assert depth >= 0 or (code[0] in "})" and before), layout


@cache
def texts() -> list[str]:
    """Every text of the repository that parses."""
    found = [path.read_text(encoding="utf-8") for path in SHIPPED]
    pages = [
        *DOCUMENTATION,
        ROOT / "slocompiler" / "diagnostics.md",
        *sorted((ROOT / "tests" / "corpus").glob("*.md")),
    ]
    found += [case.text for page in pages for case in cases(page.read_text(encoding="utf-8"))]
    found += [text for page in PAGES for text in texts_of(page)]
    return [text for text in found if not read(text)[1]]


def test_all_texts_of_the_repository() -> None:
    assert len(texts()) > 80
    for text in texts():
        assert_lawful(text)


TOKEN = re.compile(
    rf"{lexemes.STRING}|{lexemes.PROMQL}|[0-9-]+T[0-9:Z+-]+|[\w.%:$/-]+|[=!<>]=|[=!]~|[^\s#]"
    rf"|(?P<blank>(?:\s|{lexemes.COMMENT})+)"
)
TRIVIA = st.sampled_from(
    ["", "", " ", " ", "\n", "\r\n", "\n\n\n", "# c\n", "   # c \n", "\n# own\n\n", "\n\n#\n  # two\n", " #a\n#b\n"]
)


def scattered(parts: list[str], data: st.DataObject, between: st.SearchStrategy[str]) -> str:
    """Tokens with what is drawn between, but where what follows has to stand on the same line."""
    blanks = data.draw(st.dictionaries(st.integers(0, max(0, len(parts) - 1)), between, max_size=30))
    for number, (part, following) in enumerate(pairwise(parts)):
        if not blanks.get(number) and re.match(r"[\w$:.%-]", part[-1]) and re.match(r"[\w$:.%-]", following):
            blanks[number] = " "
    while True:
        ends = list(accumulate(len(part) + len(blanks.get(number, "")) for number, part in enumerate(parts)))
        text = "".join(part + blanks.get(number, "") for number, part in enumerate(parts))
        torn = {problem.span.start for problem in read(text)[1] if problem.code == "E104"}
        again = [n for n, end in enumerate(ends) if blanks.get(n, " ") != " " and end - len(blanks[n]) in torn]
        if not again:
            return text
        blanks |= dict.fromkeys(again, " ")


def tokens(text: str) -> list[str]:
    return [match[0] for match in TOKEN.finditer(text) if match["blank"] is None]


@law
@given(st.data())
def test_texts_with_other_blanks_and_more_comments(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(texts()))
    text = scattered(tokens(text), data, TRIVIA)
    assume(not read(text)[1])
    assert_lawful(text)


@law
@given(st.data())
def test_blanks_and_line_ends_do_not_matter(data: st.DataObject) -> None:
    parts = tokens(data.draw(st.sampled_from(texts())))
    text = scattered(parts, data, st.sampled_from(["", " ", "\t", "\n", "\r\n", "  \f\n\ufeff   "]))
    assume(not read(text)[1])
    assert fmt(text) == fmt(" ".join(parts))


def _values() -> dict[str, st.SearchStrategy[str]]:
    """Terminals whose values are right: a text with a wrong one is refused."""
    lists = {
        "NAME": ["x", "x1", "z", "or", "native", "when", "exclude", "checkout"],
        "PERCENT": ["99.9%", "0%", "100%"],
        "DURATION": ["30d", "1h30m", "5m"],
        "SIZE": ["5MB", "1KiB", "1.5GB"],
        "DATE": ["2026-10-01"],
        "NUMBER": ["0", "-1", "2.5", "1e5", "1e-5"],
        "REF": ["x/x1", "checkout/z"],
        "PARAM": ["$x", "$job"],
        "SEVERITY": ["page", "ticket", "notify"],
        "DAY": ["day", "sunday"],
        "MOMENT": ["2026-10-01T03:00Z", "2026-10-01T05:00:30+02:00"],
        "TIME": ["02:00", "2:30"],
        "ZONE": ["UTC", "Europe/Berlin"],
        "CMP": ["<", "<=", ">", ">=", "==", "!="],
        "MOP": ["=~", "!~", "!="],
        "COMMENT": [""],
        "BLANK": [""],
    }
    strategies: dict[str, st.SearchStrategy[str]] = {name: st.sampled_from(values) for name, values in lists.items()}
    for name, quote, other in (("STRING", '"', "\\\n"), ("PROMQL", "`", "")):
        characters = st.characters(exclude_characters=f"{quote}{other}\0", exclude_categories=("Cs",))
        strategies[name] = st.text(characters, max_size=50).map(f"{quote}{{}}{quote}".format)
    return strategies


def _generated() -> st.SearchStrategy[str]:
    """Texts of the grammar, without a metric's name where no metric may stand; `\\0` stands behind each token."""
    text = grammar.text("slo.lark")
    for rule, other in (
        ("_matcher_item: matcher | metric_name", "_matcher_item: matcher"),
        ("_set: selector | filter", '_set: selector | filter | LBRACE metric_name ("," matcher)* ","? RBRACE'),
    ):
        assert rule in text
        text = text.replace(rule, other)
    lark = Lark(text, parser="earley", maybe_placeholders=False)
    words = {x.name: st.just(re.sub(r"\(\?!.*|\\", "", x.pattern.to_regexp())) for x in lark.terminals}
    return from_lark(lark, explicit={name: word.map("{}\0".format) for name, word in (words | _values()).items()})


@law
@given(_generated(), st.data())
def test_what_the_grammar_makes(text: str, data: st.DataObject) -> None:
    parts = [part for part in text.split("\0") if part]
    assume(not read(" ".join(parts))[1])
    text = scattered(parts, data, TRIVIA)
    assume(not read(text)[1])
    assert_lawful(text)


def test_the_work_grows_with_the_text() -> None:
    def calls(copies: int) -> int:
        one = (ROOT / "examples" / "payments.slo").read_text(encoding="utf-8")
        file, count = read(one * copies)[0], 0

        def profile(_frame: FrameType, event: str, _arg: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(profile)
        try:
            layout(file)
        finally:
            sys.setprofile(None)
        return count

    assert calls(40) < 9 * calls(5)


@pytest.mark.parametrize("text", ["\n" * 100_000, "#\n" * 30_000])
def test_blanks_and_comments_without_end(text: str) -> None:
    begin = time.process_time()
    file, _ = read(text)
    parsed = time.process_time()
    assert layout(file) == text.lstrip("\n")
    assert time.process_time() - parsed < 5 + 5 * (parsed - begin)
