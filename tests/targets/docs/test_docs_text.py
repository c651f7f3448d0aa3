"""Pages as plain text, with every kind of block, and nothing that a terminal or a runner of CI acts on."""

from __future__ import annotations

from slocompiler.explain.phrases import Code
from slocompiler.targets.docs.page import (
    CATALOGUE,
    Drawing,
    Facts,
    Folded,
    Items,
    Link,
    Listing,
    Page,
    Paragraph,
    Section,
    Shared,
    Spark,
    State,
    Strong,
    Table,
)
from slocompiler.targets.docs.write import text

LONG = "A sentence that goes on until its line has no more room for it, so that it has to end on a second line."
FIGURES = Table(("From", "Left"), (((Strong("now"),), ("41%",)), (("then",), (State("kept"),))), "The budget")
PAGE = Page(
    key=CATALOGUE,
    title="A page",
    above=(),
    lead=(Paragraph((LONG,), "lead"), Paragraph(("Beware.",), "note"), Paragraph(("So it was agreed.",), "quote")),
    sections=(
        Section(
            "all",
            "All blocks",
            (
                Items((("one ", Code("a{}")), (LONG,)), counted=True),
                Items((("another",),)),
                Facts((("Owner", ("web",)), ("Agreed with", (LONG,)))),
                FIGURES,
                Drawing("<svg/>", "<svg/>", ("The budget.",), FIGURES),
                Listing("up == 1\n", "promql", ("The rule",)),
                Folded("More", (Paragraph(("Folded.",)),)),
                Shared((Paragraph((Link("Runbook", "https://r.example.org"), " ", Spark("<svg/>", "at least 4%"))),)),
            ),
        ),
    ),
    source="",
)
EXPECTED = """A page

A sentence that goes on until its line has no more room for it, so that it has to end on a second
line.

Note: Beware.

“So it was agreed.”

== All blocks ==

1. one `a{}`
2. A sentence that goes on until its line has no more room for it, so that it has to end on a second
   line.

- another

Owner        web
Agreed with  A sentence that goes on until its line has no more room for it, so that it has to end
             on a second line.

From  Left
now   41%
then  kept

The budget.

From  Left
now   41%
then  kept

The rule

up == 1

Folded.

Runbook (https://r.example.org) at least 4%
"""


def test_every_block() -> None:
    assert text.alone(PAGE) == EXPECTED


def test_nothing_acts_on_it() -> None:
    hostile = "\x1b[31mred\x07\n::error::no\u202e"
    page = Page(CATALOGUE, hostile, (), (Paragraph((hostile, Code(hostile))), Items(((hostile,),))), (), "")
    found = text.alone(page)
    assert not {"\x1b", "\x07", "\u202e"} & {*found}
    assert not any(line.lstrip().startswith("::error") for line in found.splitlines())
