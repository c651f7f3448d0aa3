"""What people wrote means nothing in a comment or a terminal, a comment has an end, and JSON its schema."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from slocompiler import grammar, ir
from slocompiler.ir import Program
from slocompiler.review import jsonform, markdown, text
from slocompiler.review.change import KINDS, Side
from slocompiler.review.compare import compare
from support.programs import BASE, HEAD, RAW, RISK, is_, of, program, service, slo

SCHEMA = json.loads(grammar.text("diff.schema.json"))
VALIDATOR = Draft202012Validator(SCHEMA)

HOSTILE = "PWN`|``<b>@team</b> [x](https://pwn.example) #1 *b* \\| </details>\n# PWN\r\n| PWN |\u202e\x1b[31m`"


def without_code(comment: str) -> str:
    """The text outside of code spans and fenced blocks, as CommonMark finds them; the HTML of a summary counts as text."""
    comment = re.sub(r"(?ms)^(````*)text\n.*?^\1$", "", comment)
    return re.sub(r"(?s)(?<!`)(`+)(?!`)(?:(?!\n\n).)*?(?<!`)\1(?!`)", "", comment)


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
                policy=(ir.PolicyStep(below=Decimal(0), action=said, notify=True),),
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
    rest = without_code(comment)
    summaries = re.findall(r"<summary>(.*)</summary>", rest)
    assert all("<b>" not in summary and "@team" not in re.sub("<code>.*?</code>", "", summary) for summary in summaries)
    rest = re.sub(r"<summary>.*</summary>", "", rest)
    assert not re.search("PWN|@team|<b>|#1", rest)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", comment)
    rows = [line for line in comment.splitlines() if line.startswith("| **")]
    assert len(rows) == len(found.entries)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


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
    missing = re.search(r"Not shown for want of room: (.*)\. `sloc diff` prints all", comment)
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
    data = jsonform.data(compare(of(), of(target=Decimal("0.99"))), BASE, HEAD)
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
