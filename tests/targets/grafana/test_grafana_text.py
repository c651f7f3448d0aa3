"""User text is shown as written: Grafana replaces nothing in it and reads none of it as HTML."""

from __future__ import annotations

import html
import re

import promql_parser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler.targets import render
from slocompiler.targets.grafana.options import Options as GrafanaOptions
from slocompiler.targets.shared import Options
from support.compile import compile_text
from support.grafana import Data, chosen, dashboards, fill, panel, panels, with_text
from support.grafana_checks import selectors

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), min_size=1, max_size=60)
TRICKS = (
    "$by",
    "${datasource}",
    "[[service]]",
    "$$by ${",
    "{{x}} <b>&amp;</b> [a](b) **c**",
    "${dollar}by",
    "$1 [[x:y]]",
)


@settings(max_examples=60)
@given(TEXTS)
@example("\n")
def test_arrives_as_it_is(text: str) -> None:
    for schema in ("classic", "v2"):
        data = dashboards(compile_text(with_text("x", text)), schema, rows=True)
        holds(data, text)


@pytest.mark.parametrize("text", TRICKS)
@pytest.mark.parametrize("schema", ["classic", "v2"])
def test_holds_nothing_that_grafana_fills_in(text: str, schema: str) -> None:
    holds(dashboards(compile_text(with_text("x", text)), schema, rows=True), text)


def holds(made: dict[str, Data], text: str) -> None:
    first = next(found for found in panels(made["s"]) if found.heading)
    assert fill(first.heading, chosen(made["s"])) == f"x: {text} · 99.9% over 30d"
    data = made["s.x"]
    values = chosen(data)
    content = fill(panel(data, "Promise").options["content"], values)
    shown = html.unescape(re.sub(r"<(?!br>)[^>]*>", "\0", content)).replace("<br>", "\n")
    wanted = html.unescape(text).replace("\r\n", "\r\n")
    assert shown.count(wanted.replace("\0", "")) >= 5 or "\0" in text or html.unescape(text) != text
    assert "<script" not in content
    expr = fill(panel(data, "Bad events per second").queries[0]["expr"], values)
    (selector,) = selectors(promql_parser.parse(expr))
    matchers = {(m.name, str(m.op), m.value) for m in selector.matchers.matchers}
    assert matchers == {
        ("job", "MatchOp.Equal", text),
        ("path", "MatchOp.NotEqual", text),
        ("code", "MatchOp.Equal", text),
    }


def test_only_addresses_of_the_web_are_links() -> None:
    for text, linked in (
        ("https://a.example.org/?q=$by&b", True),
        ("vbscript:alert(1)", False),
        ("see wiki", False),
    ):
        content = panel(dashboards(compile_text(with_text("x", text)))["s.x"], "Promise").options["content"]
        assert ("<a href" in content) is linked
        if linked:
            assert html.unescape(re.findall('href="([^"]*)"', content)[0]) == text


def test_hides_nothing_from_a_reviewer() -> None:
    for schema in ("classic", "v2"):
        options = Options(targets={"grafana": GrafanaOptions(schema=schema)})  # type: ignore[arg-type]  # one of the two
        made = render(compile_text(with_text("x", "a\u202eb\x7fc\u200bd")), "grafana", options)
        assert not re.search("[\u202e\x7f\u200b]", "".join(made.values()))
