"""Damage: a span knows the syntax errors in it, and diagnostics are about the sources that were given."""

from __future__ import annotations

from slocompiler.compiler import analyse
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.parse import parse

TEXT = """service a {
  owner "x"
  slo one 99% over 30d {
    events x{}
    bad {code=}
  }
  slo two 99% over 30d {
    events x{}
    bad {code="5"}
  }
}
"""


def test_what_is_around_an_error_is_damaged_and_nothing_else() -> None:
    source = Source("test.slo", TEXT)
    assert Span(source, 0, len(TEXT)).intact, "it is not parsed yet"
    (service,) = parse(source)[0].declarations
    assert isinstance(service, t.Service)
    owner, one, two = service.items
    assert isinstance(one, t.Slo)
    assert [node.intact for node in (service, owner, one, two)] == [False, True, False, True]
    assert [node.intact for node in one.items] == [True, False]
    assert source.damage == one.span.damage == service.span.damage


def test_diagnostics_are_about_the_sources_that_were_given() -> None:
    source = Source("test.slo", TEXT)
    problems = analyse([source])[1]
    assert problems
    assert all(one.span.source is source for one in problems)
