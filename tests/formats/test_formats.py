"""Formats of `sloc check` for programs: JSON by its schema, GitLab, and workflow commands as GitHub's runner reads them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.cli.locate import from_root, root_of
from slocompiler.diagnostics import Diagnostic, Edit, Fix, Label
from slocompiler.formats import write
from slocompiler.formats.text import MAX_ERRORS
from slocompiler.source import Reached, Source, Span
from support.command import sloc

VALIDATOR = Draft202012Validator(json.loads(grammar.text("check.schema.json")))
SHOP = """import "std/http.slo"
import "common.slo"

service shop {
  owner "storefront"
  events requests = http_requests_total{job="shop"}
  use common(requests = requests, path = "/a")
  # 😀😀 beyond the basic plane, two code units each
  slo "b" 99% over 30d { }
  slo c "🛒" 200% over 30d {
    events requests
    bad    {code="5"}
  }
}
"""
COMMON = """template common(requests, path) {
  slo a 100% over 30d {
    events  $requests{path=$path}
    bad     {code=~"5.."}
  }
}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder of a repository that has others above and below it."""
    folder = tmp_path / "a repository" / "slo"
    folder.mkdir(parents=True)
    (folder.parent / ".git").mkdir()
    (folder / "sloc.yaml").touch()
    (folder / "shop.slo").write_text(SHOP, encoding="utf-8")
    (folder / "common.slo").write_text(COMMON, encoding="utf-8")
    return folder


def checked(folder: Path, *arguments: str) -> dict[str, Any]:
    answer = sloc(folder, "check", "--format", "json", *arguments)
    data: dict[str, Any] = json.loads(answer.out)
    VALIDATOR.validate(data)
    assert answer.err == ""
    assert answer.code == (1 if data["counts"]["errors"] else 0)
    return data


class TestJson:
    def test_the_schema_is_one(self) -> None:
        Draft202012Validator.check_schema(VALIDATOR.schema)

    def test_is_what_people_read(self, shop: Path) -> None:
        """Code, message, location and count are those of the text."""
        data = checked(shop)
        printed = sloc(shop, "check").err
        heads = re.findall(r"^(error|warning)\[(\w+)\]: (.*)\n +--> (.*):(\d+):(\d+)$", printed, re.MULTILINE)
        assert len(heads) > 5
        assert [
            (d["severity"], d["code"], d["message"], d["path"], str(d["start"]["line"]), str(d["start"]["column"]))
            for d in data["diagnostics"]
        ] == heads
        assert sum(data["counts"].values()) == len(heads)

    def test_tells_through_what_a_template_was_reached(self, shop: Path) -> None:
        (found,) = (d for d in checked(shop)["diagnostics"] if d["message"].startswith("a target of 100%"))
        assert (found["path"], found["start"], found["end"]) == (
            "common.slo",
            {"line": 2, "column": 9},
            {"line": 2, "column": 13},
        )
        (use,) = found["labels"]
        assert (use["path"], use["start"]) == ("shop.slo", {"line": 7, "column": 7})

    def test_columns_are_characters(self, shop: Path) -> None:
        (found,) = (d for d in checked(shop)["diagnostics"] if d["message"].startswith("a target of 200%"))
        line = SHOP.splitlines()[found["start"]["line"] - 1]
        assert line[found["start"]["column"] - 1 : found["end"]["column"] - 1] == "200%"

    def test_leaves_nothing_out(self, tmp_path: Path) -> None:
        many = 3 * MAX_ERRORS
        (tmp_path / "a.slo").write_text("service a {\n" + "  ownr x\n" * many + "}\n")
        assert checked(tmp_path)["counts"]["errors"] >= many
        printed = sloc(tmp_path, "check", "--format", "github").out
        assert printed.count("::error ") >= many

    def test_paths_lead_there_from_here(self, shop: Path) -> None:
        (shop / "deep").mkdir()
        paths = {d["path"] for d in checked(shop / "deep")["diagnostics"]}
        assert paths == {"../shop.slo", "../common.slo"}

    def test_fixes_are_edits_between_lines_and_columns(self) -> None:
        source = Source("a.slo", "ü b\ngod x\n")
        edits = (Edit(Span(source, 4, 7), "good"), Edit(Span(source, 9, 9), "# end"))
        fix = Fix("write `good`", edits, safe=True)
        found = Diagnostic("E101", "no word", Span(source, 4, 7), fixes=(fix, Fix("remove it", edits[:1])))
        data = json.loads(write("json", [found], lambda source: source.path))
        VALIDATOR.validate(data)
        (fixed, other) = data["diagnostics"][0]["fixes"]
        assert (fixed["title"], fixed["safe"], other["safe"]) == ("write `good`", True, False)
        assert fixed["edits"] == [
            {"path": "a.slo", "start": place(2, 1), "end": place(2, 4), "text": "good"},
            {"path": "a.slo", "start": place(2, 6), "end": place(2, 6), "text": "# end"},
        ]

    def test_a_clean_run_has_no_diagnostics(self, tmp_path: Path) -> None:
        sloc(tmp_path, "init")
        assert checked(tmp_path) == {"schema": 2, "counts": {"errors": 0, "warnings": 0}, "diagnostics": []}


def place(line: int, column: int) -> dict[str, int]:
    return {"line": line, "column": column}


class TestGitlab:
    def test_holds_what_its_documentation_asks_for(self, shop: Path) -> None:
        meant = checked(shop)["diagnostics"]
        found = json.loads(sloc(shop, "check", "--format", "gitlab").out)
        assert [(entry["check_name"], entry["location"]["path"], entry["location"]["lines"]) for entry in found] == [
            (f"sloc {d['code']}", f"slo/{d['path']}", {"begin": d["start"]["line"]}) for d in meant
        ]
        for entry, diagnostic in zip(found, meant, strict=True):
            assert entry["description"].startswith(diagnostic["message"])
            assert entry["severity"] == {"error": "major", "warning": "minor"}[diagnostic["severity"]]
        assert len({entry["fingerprint"] for entry in found}) == len(found)

    def test_a_diagnostic_is_known_again_when_its_line_moved(self, shop: Path) -> None:
        before = json.loads(sloc(shop, "check", "--format", "gitlab").out)
        (shop / "common.slo").write_text(f"# a new line\n{COMMON}")
        after = json.loads(sloc(shop, "check", "--format", "gitlab").out)
        assert [entry["fingerprint"] for entry in before] == [entry["fingerprint"] for entry in after]
        assert before != after


class Annotation(NamedTuple):
    """What GitHub's runner makes of a workflow command."""

    kind: str
    properties: dict[str, str]
    message: str


def annotations(printed: str) -> list[Annotation]:
    """Reads as the runner does: a line that begins with `::`, properties up to the next `::`, escapes undone, `%25` last.

    Columns count on one line only: the runner drops them where `line` and `endLine` differ, or an end is before its start.
    """
    found = []
    for line in printed.splitlines():
        if not line.lstrip().startswith("::"):
            continue
        head, _, data = line.lstrip()[2:].partition("::")
        kind, _, listed = head.partition(" ")
        properties = dict(entry.split("=", 1) for entry in listed.split(",") if entry)
        found.append(Annotation(kind, {k: undone(v, ":,") for k, v in properties.items()}, undone(data, "")))
    return found


def undone(escaped: str, also: str) -> str:
    for char in f"\r\n{also}%":
        escaped = escaped.replace(f"%{ord(char):02X}", char)
    return escaped


class TestGithub:
    def test_every_diagnostic_is_an_annotation_at_its_place(self, shop: Path) -> None:
        """Paths are from the root of the repository, wherever the command runs."""
        data = checked(shop)
        found = annotations(sloc(shop, "check", "--format", "github").out)
        assert len(found) == len(data["diagnostics"]) > 5
        for said, meant in zip(found, data["diagnostics"], strict=True):
            assert said.kind == meant["severity"]
            assert said.properties["title"] == f"sloc {meant['code']}"
            assert said.message.split("\n")[0] == meant["message"]
            assert meant["help"] in said.message
            for label in meant["labels"]:
                assert f"{label['message']}: slo/{label['path']}:{label['start']['line']}" in said.message
            assert said.properties["file"] == f"slo/{meant['path']}"
            assert int(said.properties["line"]) == meant["start"]["line"]
            assert int(said.properties["endLine"]) == meant["end"]["line"]
            assert int(said.properties["col"]) == meant["start"]["column"]
            assert int(said.properties["endColumn"]) == meant["end"]["column"]

    def test_columns_are_given_on_one_line_only(self) -> None:
        source = Source("a.slo", "one\ntwo\nthree")
        for start, end, said in ((0, 7, {"line": "1", "endLine": "2"}), (0, 4, {"line": "1", "endLine": "1"})):
            (found,) = annotations(
                write("github", [Diagnostic("E101", "x", Span(source, start, end))], lambda s: s.path)
            )
            assert found.properties == {"file": "a.slo", "title": "sloc E101", **said}

    @given(st.text(), st.text(), st.text(), st.text("%:,=\r\n\u2028 ./ab", min_size=1))
    def test_no_text_leaves_its_place(self, message: str, help: str, label: str, path: str) -> None:
        source = Source("a.slo", "text")
        there = Label(Span(source, 1, 2), label)
        printed = write("github", [Diagnostic("W311", message, Span(source, 0, 4), (there,), help)], lambda _: path)
        assert "\n" not in printed
        assert "\r" not in printed
        found = annotations(printed.replace("\u2028", " "))
        assert len(found) == 1
        assert found[0].properties["file"] == path.replace("\u2028", " ")
        assert found[0].properties.keys() == {"file", "line", "endLine", "col", "endColumn", "title"}
        assert found[0].kind == "warning"

    def test_a_mistake_in_what_ships_is_marked_where_it_is_used(self) -> None:
        own, std = Source("shop.slo", "use x()"), Source("<std>/http.slo", "slo a 100%")
        used = Reached(std, 6, 10, Span(own, 4, 5), "used here")
        locate = from_root(root_of(Path.cwd()))
        (found,) = annotations(write("github", [Diagnostic("E401", "no budget", used)], locate))
        assert (found.properties["line"], found.properties["col"]) == ("1", "5")
        assert found.properties["file"].endswith("shop.slo")
        assert "in this template: <std>/http.slo:1" in found.message

    def test_what_is_no_file_has_no_place(self, tmp_path: Path) -> None:
        span = Span(Source("<stdin>", "x"), 0, 1)
        (found,) = annotations(write("github", [Diagnostic("E101", "x", span)], from_root(tmp_path)))
        assert found.properties == {"title": "sloc E101"}
