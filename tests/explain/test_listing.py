"""The list of SLOs: what the table shows in how much room, CSV as spreadsheets read it, JSON as its schema says."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.explain.listing import as_csv, as_json, rows, table
from slocompiler.explain.promise import next_review
from slocompiler.ir import Review
from slocompiler.visible import cells
from support.compile import EXAMPLES, compile_files, compile_text

TEXT = """
service shop "Shop" {
  owner "store, front"
  slo availability "Say \\"hello\\",\\nthen pay" 99.95% over 7d {
    events requests_total{job="shop"}
    bad    {code=~"5.."}
    review every 90d last 2026-10-01
  }
  slo latency "日本語のとても長いタイトルです" 99% over 1d {
    events requests_total{job="shop", path="/"}
    bad    {code=~"5.."}
    review every 90d
    alerts { notify when budget below 50% page at 20% of budget in 1h }
  }
  draft slo search 90% over 30d {
    events requests_total{job="shop", path="/search"}
    bad    {code=~"5.."}
  }
}
service bank { owner "payments" slo paid 99% over 30d {
    events paid_total{job="bank"}
    bad {code="500"}
    alerts none
} }
"""
REVIEWED = Review(every=90 * 86400, last=None)
EVERYTHING = ["SLO", "title", "target", "window", "budget", "owner", "alerts", "next review"]


def test_services_are_sorted_and_slos_stand_as_in_their_files() -> None:
    listed = rows(compile_text(TEXT))
    assert [row.slo.id for row in listed] == ["bank/paid", "shop/availability", "shop/latency", "shop/search"]


def test_owner_and_severity_select() -> None:
    program = compile_text(TEXT)
    assert [row.slo.id for row in rows(program, owner="payments")] == ["bank/paid"]
    assert [row.slo.id for row in rows(program, severity="notify")] == ["shop/latency"]
    assert [row.slo.id for row in rows(program, "store, front", "page")] == ["shop/availability", "shop/latency"]
    assert rows(program, "payments", "page") == []


class TestTable:
    def test_without_a_width_nothing_is_cut(self) -> None:
        head, *lines = table(rows(compile_text(TEXT)), None)
        assert head.split("  ")[0] == "SLO"
        assert [column for column in EVERYTHING if column not in head] == []
        assert lines[1].startswith('shop/availability    Say "hello", then pay  ')
        assert lines[1].endswith("5m2s (0.05%)  store, front  3 pages, 3 tickets  2026-12-30")
        assert lines[2].endswith("1d      14m24s (1%)   store, front  1 page, 1 notify    " + next_review(REVIEWED))
        assert lines[3].startswith("shop/search (draft)  ")
        assert lines[3].endswith(f"none                {next_review(None)}")

    @pytest.mark.parametrize("width", range(60, 160, 3))
    def test_fits_and_its_columns_stay_in_line(self, width: int) -> None:
        head, *lines = table(rows(compile_files(*EXAMPLES)), width)
        assert max(map(cells, [head, *lines])) <= max(width, 79)
        at = head.index("target")
        assert {line[at - 1] for line in lines} == {" "}
        assert {line[at].isdigit() for line in lines} == {True}

    def test_the_title_shrinks_then_columns_leave(self) -> None:
        listed = rows(compile_text(TEXT))
        wide = max(map(cells, table(listed, None)))
        narrower = table(listed, wide - 4)
        assert [column for column in EVERYTHING if column not in narrower[0]] == []
        assert "…" in narrower[3]
        assert max(map(cells, narrower)) <= wide - 4
        kept = [[column for column in EVERYTHING if column in table(listed, width)[0]] for width in (105, 90, 60)]
        assert kept[0] == ["SLO", "target", "window", "budget", "owner", "alerts", "next review"]
        assert kept[1] == ["SLO", "target", "window", "budget", "owner", "next review"]
        assert kept[2] == ["SLO", "target", "window", "budget", "owner"]


class TestCsv:
    def test_is_read_back_whatever_a_title_holds(self) -> None:
        listed = rows(compile_text(TEXT))
        head, *lines = csv.reader(StringIO(as_csv(listed), newline=""))
        found = [dict(zip(head, line, strict=True)) for line in lines]
        assert found[1] == {
            "slo": "shop/availability",
            "title": 'Say "hello",\nthen pay',
            "draft": "no",
            "target": "99.95%",
            "window": "7d",
            "budget": "0.05%",
            "budget_time": "5m2s400ms",
            "owner": "store, front",
            "page_alerts": "3",
            "ticket_alerts": "3",
            "notify_alerts": "0",
            "next_review": "2026-12-30",
        }
        assert [(one["draft"], one["next_review"]) for one in found[2:]] == [("no", ""), ("yes", "")]

    def test_lines_end_as_rfc_4180_says(self) -> None:
        text = as_csv(rows(compile_text(TEXT)))
        assert text.count("\r\n") == 5
        assert text.endswith("\r\n")
        assert '"Say ""hello"",\nthen pay"' in text


class TestJson:
    SCHEMA = json.loads(grammar.text("list.schema.json"))

    def test_is_as_its_schema_says(self) -> None:
        Draft202012Validator.check_schema(self.SCHEMA)
        for program in (compile_text(TEXT), compile_files(*EXAMPLES)):
            Draft202012Validator(self.SCHEMA).validate(json.loads(as_json(rows(program))))

    def test_numbers_are_exact(self) -> None:
        found = json.loads(as_json(rows(compile_text(TEXT))))["slos"][1]
        assert (found["target"], found["window"]) == ("0.9995", 604800)
        assert found["budget"] == {"share": "0.0005", "seconds": "302.4"}
        assert found["alerts"] == {"page": 3, "ticket": 3, "notify": 0}
        assert found["next_review"] == "2026-12-30"
