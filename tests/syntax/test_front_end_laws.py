"""Laws of the front end: any text ends in diagnostics, what the grammar makes is read, mistakes stay where they are."""

from __future__ import annotations

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark

from slocompiler import grammar
from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.source import Source
from slocompiler.syntax.parse import parse
from slocompiler.syntax.recovery import MOST
from slocompiler.syntax.vocabulary import WORDS
from support.markers import diagnostics
from support.mutants import KEYWORDS, SOUP, TEXTS, mutants
from support.work import calls

tokens = st.lists(st.tuples(st.sampled_from(SOUP), st.sampled_from(["", " ", " ", "\n", "\n  "])), max_size=80)
soups = tokens.map(lambda parts: "".join(token + blank for token, blank in parts))
law = settings(max_examples=120)


# Nothing raises


@law
@given(st.text())
def test_any_text_ends_in_diagnostics(text: str) -> None:
    for found in diagnostics(text):
        render(found)


@law
@given(soups)
@example("events `a`\nbad `b {\n")
@example("service a {\n slo b 99% over\n}")
@example('service\n  slo`\n    bad#"write `good {…}`: all')  # a comment for recovery, code for the parser
def test_any_tokens_end_in_diagnostics(text: str) -> None:
    for found in diagnostics(text):
        render(found)


@law
@given(mutants())
def test_a_program_with_mistakes_ends_in_diagnostics_or_is_one(text: str) -> None:
    for found in diagnostics(text):  # which also holds that no error and no program go together
        render(found)


@law
@given(st.sampled_from(TEXTS), st.data())
def test_a_file_that_breaks_off_ends_in_diagnostics(text: str, data: st.DataObject) -> None:
    diagnostics(text[: data.draw(st.integers(0, len(text)))])


@law
@given(mutants())
@example('service a {\n  slo b 99% over 30d {\n    events x{}\n    bad {code="5"} or above 1s\n')
def test_what_the_parser_cannot_read_has_a_code_of_syntax(text: str) -> None:
    """`sloc fmt` leaves such a file alone: its tree lacks something."""
    source = Source("a.slo", text)
    _, found = parse(source)
    assert not source.damage or any(problem.code < "E2" for problem in found)


# What the grammar makes is read


def _explicit(lark: Lark) -> dict[str, st.SearchStrategy[str]]:
    """Strategies for the terminals: most look ahead, which cannot be generated from their patterns."""
    texts = st.text(st.characters(exclude_characters='"\\\n', exclude_categories=("Cs",)), max_size=8)
    values = {
        "NAME": ["unnamed", "x", "x1", "z-z", "checkout"],
        "STRING": texts.map('"{}" '.format),
        "PROMQL": st.text(st.characters(exclude_characters="`", exclude_categories=("Cs",)), max_size=8).map(
            "`{}`".format
        ),
        "PERCENT": ["99.9%", "0%", "100%", "-1%"],
        "DURATION": ["30d", "1h30m", "300ms", "0d", "1.5h"],
        "SIZE": ["5MB", "1KiB", "1.5GB"],
        "DATE": ["2026-10-01", "2026-13-01"],
        "NUMBER": ["0", "-1", "2.5", "1e5"],
        "REF": ["checkout/x", "cart/x1"],
        "PARAM": ["$x", "$job"],
        "SEVERITY": ["page", "ticket", "notify"],
        "DAY": ["day", "sunday"],
        "MOMENT": ["2026-10-01T03:00Z", "2026-10-01T05:00:30+02:00", "2026-10-01T24:00", "2026-10-01 03:00Z"],
        "TIME": ["02:00", "2:30", "24:00"],
        "ZONE": ["UTC", "Europe/Berlin", "Etc/GMT+5"],
        "CMP": ["<", "<=", ">", ">=", "==", "!="],
        "MOP": ["=~", "!~", "!="],
        "COMMENT": ["# a comment\n"],
        "BLANK": [" ", "\n", "\t", "\r\n"],
    }

    def strategy(name: str) -> st.SearchStrategy[str]:
        given = values.get(name)
        if given is None:
            pattern = next(terminal.pattern for terminal in lark.terminals if terminal.name == name)
            given = [re.sub(r"\(\?[!=].*|\\", "", pattern.to_regexp(), flags=re.DOTALL)]
        return (st.sampled_from(given) if isinstance(given, list) else given).map(lambda text: f"{text} ")

    return {terminal.name: strategy(terminal.name) for terminal in lark.terminals}


_LARK = Lark(grammar.text("slo.lark"), parser="lalr", maybe_placeholders=False)


@law
@given(from_lark(_LARK, explicit=_explicit(_LARK)))
def test_what_the_grammar_makes_it_reads(text: str) -> None:
    problems = parse(Source("test.slo", text))[1]
    strayed = {found.span.line for found in problems if found.code == "E104"}
    for found in problems:
        assert found.code not in ("E101", "E102", "E103") or found.span.line in strayed, f"{text}\n{render(found)}"


# Mistakes stay where they are


FILE = """service checkout {{
  owner "payments"
  slo before 100% over 30d {{
    events x{{}}
    bad {{code=~"5.."}}
  }}
  slo broken 99% over 30d {{
    events x{{}}
{line}
    bad {{code=~"5.."}}
  }}
  slo behind 100% over 30d {{
    events x{{}}
    bad {{code=~"5.."}}
  }}
}}
"""
plain = [token for token in SOUP if not set(token) & set("{}`")]
lines = st.lists(st.sampled_from(plain), min_size=1, max_size=8).map(" ".join)


@law
@given(lines)
@example('bad {code=~"5.."')
@example("events `sum(rate(x[$window]))")
@example('because "it')
@example("alerts {\n page at 2% of budget in 1h")
@example("}")
def test_an_error_in_one_slo_hides_none_in_another(line: str) -> None:
    first = line.strip("\ufeff \x00").split(" ")[0]
    assume(first not in ("service", "template", "defaults", "import", "slo", "draft"))
    targets = [found.span.line for found in diagnostics(FILE.format(line=line)) if found.code == "E401"]
    above = FILE.format(line=line).count("\n", 0, FILE.format(line=line).index("slo behind")) + 1
    assert {3, above} <= set(targets), [render(found) for found in diagnostics(FILE.format(line=line))]


@law
@given(
    st.sampled_from([case for case in TEXTS if "error" in case]),
    st.sampled_from([case for case in TEXTS if "[E307]" not in case]),  # of a run with it nothing else is judged
)
def test_a_file_has_the_same_mistakes_beside_another(one: str, other: str) -> None:
    def syntax(*texts: str) -> list[tuple[str, int, str]]:
        found = analyse([Source(f"{number}.slo", text) for number, text in enumerate(texts)])[1]
        return [(d.code, d.span.start, d.message) for d in found if d.span.source.path == "0.slo" and d.code < "E2"]

    assert syntax(one, other) == syntax(one)


# It takes no longer than it must


BROKEN = """service s{n} {{
  owner payments
  slo a 99,9% over 30 days {{
    events x{{job="a}}
    bad {{code=5xx
  }}
  slo b 99% 30d {{
    exlude {{code="5"}}
    foo bar
    because
  }}
}}
"""


def test_the_work_grows_with_the_file() -> None:
    def work(copies: int) -> int:
        text = "".join(BROKEN.format(n=number) for number in range(copies))
        return calls(lambda: analyse([Source("x.slo", text)]))

    work(1)  # builds the parser
    assert work(80) < 10 * work(10)


def test_a_file_of_nothing_but_mistakes_ends_soon() -> None:
    text = "foo bar\n" * (20 * MOST)
    assert calls(lambda: analyse([Source("x.slo", text)])) < 20_000 * MOST


def test_every_statement_word_is_a_keyword_of_the_grammar() -> None:
    assert set(WORDS) <= {*KEYWORDS, "page", "ticket", "notify"}
