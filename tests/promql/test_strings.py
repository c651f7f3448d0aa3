"""PromQL that people wrote, in parts: all who read it agree about what is a string, a comment and a hole."""

from __future__ import annotations

import re
from decimal import Decimal

import promql_parser
from hypothesis import given
from hypothesis import strategies as st

from slocompiler.deployments import mentioned
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Matcher
from slocompiler.promql import judge
from slocompiler.promql.strings import Part, filled, literal, parts, windowed
from slocompiler.resolve.raw import misplaced, substituted
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from support.compile import rules

PIECES = [
    "$job",
    '"',
    "'",
    "`",
    "#",
    "\\",
    "\n",
    "x",
    "=",
    "=~",
    "{",
    "}",
    " ",
    "$1",
    "$jobs",
    '"$job"',
    "# a '$job'\n",
]
texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
SPAN = Span(Source("test.slo", "7"), 0, 1)
SEVEN = t.Number(SPAN, Decimal(7))


def raw(text: str) -> t.Promql:
    return t.Promql(SPAN, text)


def reported(text: str) -> list[Diagnostic]:
    """What a template says whose parameter `job` is a string."""
    return list(misplaced(raw(text), {"job": t.Text(SPAN, "a")}, {"job": "a"}))


@given(texts)
def test_the_parts_are_the_text(text: str) -> None:
    found = list(parts(text))
    assert "".join(part.text for part in found) == text
    assert all(text.startswith(part.text, part.start) for part in found)


@given(texts)
def test_all_readers_see_the_same_holes(text: str) -> None:
    found = list(parts(text))
    in_strings = {part.start for part in found if part.kind == "string" and re.search(r"\$job(?!\w)", part.text)}
    outside = [part for part in found if part.kind == "hole" and part.text == "$job"]
    assert ("$job" in judge.words(text)) == bool(outside) == bool(reported(text))
    assert (mentioned(text, (Matcher("job", "=", "7"),)) != text) == bool(in_strings)
    assert (substituted(raw(text), {"job": SEVEN}, {"job": "7"}) != text) == bool(in_strings or outside)


@given(texts)
def test_comments_stay_as_they_are(text: str) -> None:
    def comments(text: str) -> list[str]:
        return [part.text for part in parts(text) if part.kind == "comment"]

    assert comments(mentioned(text, (Matcher("job", "=~", "7"),))) == comments(text)
    assert comments(substituted(raw(text), {"job": SEVEN}, {"job": "7"})) == comments(text)


def test_a_comment_holds_no_parameter() -> None:
    text = "# all of $job, and don't ask for 'less\nsum(rate(x{a=\"$job\"}[$window]))"
    assert reported(text) == []
    assert substituted(raw(text), {}, {"job": "a'b"}) == text.replace('"$job"', '"a\'b"')


@given(st.text(), st.sampled_from("\"'"))
def test_a_value_in_a_string_reads_back(value: str, quote: str) -> None:
    part = Part("string", f"{quote}$job{quote}", 0)
    string = filled(part, {"job": literal(value)}.get)
    parsed = promql_parser.parse(windowed(f"x{{a={string}}}", "5m"))
    assert isinstance(parsed, promql_parser.VectorSelector)
    assert [matcher.value for matcher in parsed.matchers.matchers] == [value]


def test_a_value_that_servers_do_not_read_is_escaped() -> None:
    assert filled(Part("string", '"$job"', 0), {"job": "a\ufffdb"}.get) == r'"a\ufffdb"'


def test_the_window_stands_outside_of_strings_and_comments() -> None:
    text = 'rate(x{a="$window"}[$window]) + $windows  # over $window'
    assert windowed(text, "5m") == 'rate(x{a="$window"}[5m]) + $windows  # over $window'


def test_a_rule_has_a_users_string_as_it_is() -> None:
    made = rules("""service web {
      owner "team"
      slo raw 99% over 30d {
        events `sum(rate(x{pane="$window"}[$window]))`
        bad    `sum(rate(x{pane="$window", code="500"}[$window]))`
      }
    }
    """)
    assert 'rate(x{pane="$window"}[5m])' in made
    assert 'pane="5m"' not in made
