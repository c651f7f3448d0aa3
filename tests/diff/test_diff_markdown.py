"""What people wrote means nothing in a comment or a terminal, a comment has an end, and JSON its schema."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from jsonschema import Draft202012Validator

from slocompiler import grammar, ir
from slocompiler.diff.change import KINDS, Side
from slocompiler.diff.compare import compare
from slocompiler.diff.render import markdown, text
from slocompiler.diff.render.json import data as json_data
from slocompiler.ir import Program
from slocompiler.record import replace
from support.programs import BASE, HEAD, RAW, RISK, is_, of, program, service, slo

SCHEMA = json.loads(grammar.text("diff.schema.json"))
VALIDATOR = Draft202012Validator(SCHEMA)

HOSTILE = "PWN`|``<b>@team</b> [x](https://pwn.example) #1 *b* \\| </details>\n# PWN\r\n| PWN |\u202e\x1b[31m`"


class _Reader(HTMLParser):
    """What GitHub's own Markdown makes of a comment: its elements, and the text outside of code."""

    def __init__(self, comment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.code = 0
        self.feed(cmarkgfm.github_flavored_markdown_to_html(comment, Options.CMARK_OPT_UNSAFE))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.append(tag)
        self.code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.text += "" if self.code else data


def hostile(extra: str) -> Program:
    said = HOSTILE + extra
    return program(
        service(
            slo(
                title=said,
                because=said,
                runbook=said,
                stakeholders=(said,),
                links=(ir.Link(title=said, url=said), ir.Link(title=HOSTILE, url=said)),
                labels=(ir.Label(name=HOSTILE, value=said),),
                policy=(ir.PolicyStep(below=Decimal(0), action=said, notify=True, gate=False),),
                indicator=ir.Raw(total=said, side="bad", part=said),
                exclude_when=said,
                per=(said,),
                source=said,
                overrides=(ir.Override(filter=(is_(said, said),), target=Decimal("0.9"), alerts=()),),
            ),
            title=said,
            owner=said,
            source=said,
            risks=(replace(RISK, text=said),),
        )
    )


def test_what_people_wrote_means_nothing_in_markdown() -> None:
    found = compare(hostile("one"), hostile("two"))
    assert len(found.entries) > 12
    comment = markdown.render(found, Side(HOSTILE, "", (f"error: {HOSTILE}\n```\nPWN",)), HEAD)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", comment)
    seen = _Reader(comment)
    assert not re.search("PWN|@|pwn|#1", seen.text)
    own = {"p", "strong", "code", "pre", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li"}
    assert set(seen.tags) <= own
    cells = seen.tags[: seen.tags.index("details")]
    assert (cells.count("tr"), cells.count("td")) == (1 + len(found.entries), 4 * len(found.entries))
    assert seen.tags.count("details") == seen.tags.count("summary") == comment.count("<details>")


def test_text_is_safe_for_a_terminal() -> None:
    shown = text.render(compare(hostile("one"), hostile("two")), Side(HOSTILE), HEAD)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", shown)


@pytest.mark.parametrize("count", [3, 150, 1000])
def test_a_comment_has_an_end(count: int) -> None:
    before = program(service(*(slo(f"s{n}", indicator=replace(RAW, total=f"{n}{'x' * 500}")) for n in range(count))))
    after = program(
        service(
            *(
                slo(f"s{n}", because=f"{n}{'`|' * 1500}", alerts=(), indicator=replace(RAW, total=f"{n}{'y' * 500}"))
                for n in range(count)
            )
        )
    )
    found = compare(before, after)
    comment = markdown.render(found, BASE, HEAD)
    assert len(comment) <= markdown.LIMIT
    assert comment.count("<details>") == comment.count("</details>") > 1
    rows, details = comment.count("\n| **"), comment.count("<details>")
    missing = re.search(r"Not shown, because a comment has a limit: (.*)\. `sloc diff` prints all", comment)
    if count == 3:
        assert missing is None
        assert rows == len(found.entries)
    else:
        assert missing
        assert f"{len(found.entries) - rows:,} of {len(found.entries):,} changes, " in missing[1]
        total = re.search(r"([\d,]+) of ([\d,]+) details", missing[1])
        assert total
        assert int(total[2].replace(",", "")) - int(total[1].replace(",", "")) == details


# The published forms


def test_the_schema_is_one_and_has_the_kinds() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["kind"]["enum"] == list(KINDS)


def test_the_schema_refuses_what_it_does_not_describe() -> None:
    data = json_data(compare(of(), of(target=Decimal("0.99"))), BASE, HEAD)
    VALIDATOR.validate(data)
    for spoil in (
        lambda: data.update(colour="red"),
        lambda: data["changes"][0].update(kinds=["losened"]),
        lambda: data["changes"][0]["cases"][0]["budget"]["after"].update(target=0.99),
        lambda: data["slos"].pop("unchanged"),
    ):
        kept = json.loads(json.dumps(data))
        spoil()
        assert list(VALIDATOR.iter_errors(data)), "a wrong form passed"
        data.clear()
        data.update(kept)
