"""Completion: what stands in the examples is offered where it stands, and what fits is offered where nothing stands yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lark import Lark

from slocompiler import grammar
from slocompiler.lsp.completion import complete
from slocompiler.lsp.known import known
from slocompiler.lsp.situation import Situation
from slocompiler.lsp.words import WORDS
from slocompiler.resolve.imports import SHIPPED
from slocompiler.source import Source
from slocompiler.syntax.recovery.following import following
from slocompiler.syntax.tokens import Token
from slocompiler.syntax.vocabulary import SIGNS, STATEMENTS
from support.compile import ROOT
from support.keystrokes import EXAMPLES, TODAY, situation, workspace

VALUES = ("STRING", "PROMQL", "PERCENT", "DURATION", "SIZE", "DATE", "NUMBER", "TIME", "MOMENT")
LARK = Lark(grammar.text("slo.lark"), parser="lalr", maybe_placeholders=False)
GLUED = re.compile(r"[$\w:.%-]")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text without syntax errors, as Lark reads them."""
    source = Source("", text)
    for token in LARK.parse_interactive(text).iter_parse():
        yield Token(source, token.start_pos, token.end_pos, token.type, str(token))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_stands_in_the_examples_is_offered_there(path: Path) -> None:
    """Except for names that are declared there, and signs that touch a word, which could be longer."""
    text = path.read_text("utf-8")
    here = workspace()
    for other in EXAMPLES:
        here.put(Source(other.name if other == path else f"other/{other.name}", other.read_text("utf-8")))
    here.put(Source("org.slo", (ROOT / "examples" / "org.slo").read_text("utf-8")))
    for library in (ROOT / "slocompiler" / "std").glob("*.slo"):
        here.put(Source(f"{SHIPPED}{library.name}", library.read_text("utf-8")))
    snapshot = here.snapshot(path.name)
    at_hand = Situation(snapshot, known(here.trees(), {}), (*here.paths(), f"{SHIPPED}http.slo"), TODAY)
    declared = {
        use.declared.name.span.start for use in snapshot.uses if use.declared.name.span.source is snapshot.source
    }
    before = ""
    for token in tokens(text):
        is_new = token.start in declared or before == "_AS"
        is_glued = token.start > 0 and GLUED.match(text[token.start - 1]) and not GLUED.match(token.value)
        before = token.kind
        if is_new or is_glued:
            continue
        items = complete(at_hand, token.start).items
        kinds = {item.kind for item in items if token.kind in VALUES}
        assert token.value in {item.label for item in items} or token.kind.lower() in kinds, token
    assert before, "it has tokens"


BASE = """import "org.slo"
service shop "Shop" {
  owner "pay"
  events requests = http_total{job="shop", route="/x"}
  %s
}
"""
ORG = Source(
    "org.slo",
    'alerts calm {}\npolicy late { exhausted "x" }\ntemplate one(part, most = 99%) {\n  slo a 99% over 30d { events $part }\n}\n',
)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("use ¦", {"one"}),
        ("use one(¦", {"part", "most"}),
        ("use one(part = ¦", {"requests", "http_total", '"…"', "30d"}),
        ("use one(part = requests) without ¦", {"a"}),
        ("use one(part = requests) {\n ¦\n}", {"slo", "}"}),
        ("use one(part = requests) {\n slo ¦\n}", {"a"}),
        ("use one(part = requests) {\n slo a {\n  ¦\n }\n}", {"review", "alerts", "because", "}"}),
        ("use one(part = requests) {\n slo a {\n  alerts ¦\n }\n}", {"calm", "none", "{"}),
        ("alerts ¦", {"calm", "none", "{"}),
        ("policy ¦", {"late", "none"}),
        ("allow ¦", {"W312"}),
        ("slo b ¦", {"99.9%", '"…"'}),
        ("slo b 99% over 7¦", {"7d", "7h", "7w"}),
        ("slo b 99% over 30d {\n ¦\n}", {"events", "good", "bad", "because", "}"}),
        ("slo b 99% over 30d {\n events requests{¦}", {"job", "route"}),
        ("slo b 99% over 30d {\n events http_total{route=¦}", {'"/x"'}),
        ('slo b 99% over 30d {\n events http_total{route="¦"}', {"/x"}),
        ("slo b 99% over 30d {\n events x{} in ¦", {"s", "ms", "B"}),
        ("slo b 99% over 30d {\n good ¦", {"share", "when", "below", "http_total"}),
        ("slo b 99% over 30d {\n bad share(¦", {"http_total", "requests"}),
        ("slo b 99% over 30d {\n good when ¦", {"max", "http_total", "requests"}),
        ("slo b 99% over 30d {\n good when sum(¦", {"rate", "http_total", "requests"}),
        ("slo b 99% over 30d {\n good when max(x{}) < 1 and ¦", {"max", "http_total", "requests"}),
        ("slo b 99% over 30d {\n good when max(x{}) < 1 and sum(¦", {"rate", "http_total", "requests"}),
        ("slo b 99% over 30d {\n exclude ¦", {"http_total", "requests"}),
        ("slo b 99% over 30d {\n good when min(x{} / ¦", {"http_total", "requests"}),
        ("slo b 99% over 30d {\n good below 300¦", {"300ms", "300KB"}),
        ("slo b 99% over 30d {\n alerts { ¦", {"page", "ticket", "notify"}),
        ("slo b 99% over 30d {\n alerts { page at ¦", {"2%"}),
        ("slo b 99% over 30d {\n per ¦", {"job", "route"}),
        ('maintenance "x" every ¦', {"day", "sunday"}),
        ('maintenance "x" every sunday ¦', {"02:00"}),
        ('maintenance "x" every sunday 02:00 for 1h in Europe/Be¦', {"Europe/Berlin", "UTC"}),
        ('owner "¦"', {"pay"}),
        ('slo b 99% over 30d { events requests }\n risk "x" every 30d lasting 1h hitting 5% on ¦', {"b"}),
        ("slo b 99% ovr 30d {}\n slo c 99% ¦", {"over"}),
    ],
)
def test_what_fits_is_offered(text: str, offered: set[str]) -> None:
    here, at = situation(BASE % text, ORG)
    assert offered <= {item.label for item in complete(here, at).items}


@pytest.mark.parametrize("text", ["# own¦", 'events x = `sum(a{b="c"}) + "¦`', 'runbook "¦"', "slo ¦", "events ¦"])
def test_nothing_is_offered_in_comments_and_where_a_name_is_declared(text: str) -> None:
    here, at = situation(BASE % text, ORG)
    assert complete(here, at).items == []


def test_labels_of_the_metric_come_first_and_a_stream_is_no_metric() -> None:
    other = Source("b.slo", 'service b { events hits = zeta{zone="x"} slo c 99% over 30d { events hits{aisle="3"} } }')
    here, at = situation(BASE % "slo b 99% over 30d {\n events zeta{¦", ORG, other)
    assert [item.label for item in complete(here, at).items if item.kind == "label"] == [
        "zone",
        "aisle",
        "job",
        "route",
    ]
    here, at = situation(BASE % "slo b 99% over 30d {\n events ¦", ORG, other)
    assert [item.label for item in complete(here, at).items if item.kind == "metric"] == ["http_total", "zeta"]


def test_odd_names_are_offered_as_they_are_written() -> None:
    other = Source("b.slo", 'service b { slo c 99% over 30d { events {"http.duration", "a.b"="x"} } }')
    here, at = situation(BASE % "slo b 99% over 30d {\n events ¦", ORG, other)
    assert '{"http.duration"}' in {item.label for item in complete(here, at).items}
    here, at = situation(BASE % "slo b 99% over 30d {\n events x{¦", ORG, other)
    assert '"a.b"' in {item.label for item in complete(here, at).items}


def test_imports_are_the_files_of_the_project_and_of_the_library() -> None:
    here, at = situation('import "¦"', ORG)
    assert [item.label for item in complete(here, at).items] == ["std/http.slo", "org.slo"]


def test_parameters_are_those_of_the_template() -> None:
    here, at = situation("template x(part, most) {\n  slo a $¦ over 30d {}\n}\n")
    found = complete(here, at)
    assert {"$part", "$most"} <= {item.label for item in found.items}
    assert here.text[found.start : at] == "$"


def test_a_text_is_escaped_as_a_string() -> None:
    quoting = Source("b.slo", 'service b { owner "a \\"b\\" \\\\" }')
    here, at = situation("service a { owner ¦", quoting)
    assert '"a \\"b\\" \\\\"' in {item.label for item in complete(here, at).items}


def test_each_statement_has_a_sentence() -> None:
    assert WORDS.keys() == {word for words in STATEMENTS.values() for word in words.split()}


def test_the_parser_says_what_may_follow_whatever_precedes() -> None:
    text = 'service a {\n  ownr "x"\n  slo b 99% ove 30d {\n    events x{}\n'
    assert following(text, len(text)).block == "slo"
    assert "GOOD" in following(text, len(text)).terminals
    assert following("slo", 0).block == "file"
    assert following("", 0).terminals.isdisjoint(SIGNS)
