"""SARIF, read by Microsoft's Multitool: its rules and GitHub's, its idea of regions and of fingerprints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator

from slocompiler.cli.locate import from_root
from slocompiler.codes import CODES, is_error
from slocompiler.diagnostics import Diagnostic, Edit, Fix, Label
from slocompiler.explain.code import explanation
from slocompiler.formats import write
from slocompiler.formats.fingerprint import line_hashes
from slocompiler.source import Reached, Source, Span
from support.command import sloc
from support.sarif import complaints, read_back, schema

FILES = {
    "plain.slo": 'service plain {\n  ownr "team"\n}\n',
    "slo/ü 100%#?[].slo": 'service "😀😀" { ownr "ü😀 x" }\r\n\r\n\tslo 😀 b 99% { }\r\n',
    "slo/mark.slo": '\ufeffservice mark { ownr "😀" }\nslo x 99% over 30d\n',
    "slo/old.slo": "service old {\r  owner 'x'\r}\rslo\n",
    "slo/same.slo": "service same {\n" + "  ownr x\n  # again\n" * 40 + "}\n",
    "slo/end.slo": "service end {\n  owner",
}
BROKEN = "SARIF2005"
"""The one rule that is broken: no address of a page about sloc is known."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files with mistakes in all that is hard about places, and the log of them."""
    root = tmp_path_factory.mktemp("a repository")
    (root / ".git").mkdir()
    (root / "slo").mkdir()
    (root / "sloc.yaml").touch()
    for name, text in FILES.items():
        (root / name).write_bytes(text.encode())
    answer = sloc(root / "slo", "check", "--format", "sarif")
    assert (answer.code, answer.err) == (1, "")
    (root / "log.sarif").write_text(answer.out, encoding="utf-8")
    return root


@pytest.fixture
def run(repository: Path) -> dict[str, Any]:
    """The only run of the log."""
    log = json.loads((repository / "log.sarif").read_text(encoding="utf-8"))
    Draft7Validator(schema()).validate(log)
    found: dict[str, Any] = log["runs"][0]
    return found


def test_no_rule_of_the_standard_or_of_github_is_broken(repository: Path) -> None:
    broken = complaints(repository / "log.sarif")
    assert [said for said in broken if BROKEN not in said] == []


def test_the_validator_would_complain(repository: Path) -> None:
    log = json.loads((repository / "log.sarif").read_text(encoding="utf-8"))
    del log["runs"][0]["results"][0]["locations"]
    (repository / "broken.sarif").write_text(json.dumps(log))
    assert any("GH1015" in said for said in complaints(repository / "broken.sarif"))


def test_regions_and_fingerprints_are_what_others_find_in_the_files(repository: Path, run: dict[str, Any]) -> None:
    """The text of each region as the Multitool cuts it from the file, by columns of UTF-16; and its fingerprints."""
    checked = json.loads(sloc(repository, "check", "--format", "json").out)["diagnostics"]
    results = read_back(repository / "log.sarif", repository)
    assert len(results) == len(run["results"]) == len(checked) > 50
    for theirs, ours, meant in zip(results, run["results"], checked, strict=True):
        (place,) = (location["physicalLocation"] for location in theirs["locations"])
        assert unquote(place["artifactLocation"]["uri"]) == meant["path"]
        assert (ours["ruleId"], ours["level"]) == (meant["code"], meant["severity"])
        assert place["region"].get("snippet", {}).get("text", "") == between(meant)
        if "mark" not in meant["path"]:  # the Multitool drops a byte order mark, github/codeql-action does not
            assert theirs["partialFingerprints"] == ours["partialFingerprints"]


def between(found: dict[str, Any]) -> str:
    """The text between the ends of a diagnostic, whose columns are characters."""
    lines = FILES[found["path"]].split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    ends = (found["start"], found["end"])
    begin, end = (starts[place["line"] - 1] + place["column"] - 1 for place in ends)
    return FILES[found["path"]][begin:end]


def test_offsets_agree_with_lines_and_columns(run: dict[str, Any]) -> None:
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        text = FILES[unquote(place["artifactLocation"]["uri"])].removeprefix("\ufeff")
        units = text.encode("utf-16-le")
        region = place["region"]
        for line, column, offset in (
            (region["startLine"], region["startColumn"], region["charOffset"]),
            (region["endLine"], region["endColumn"], region["charOffset"] + region["charLength"]),
        ):
            before = units[: 2 * offset].decode("utf-16-le").split("\n")
            assert (len(before), len(before[-1].encode("utf-16-le")) // 2 + 1) == (line, column)


def test_every_code_is_a_rule_with_its_section(run: dict[str, Any]) -> None:
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CODES)
    for rule in rules:
        assert rule["help"]["markdown"] in explanation(rule["id"])
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["defaultConfiguration"]["level"] == ("error" if is_error(rule["id"]) else "warning")


def test_a_fingerprint_stays_while_its_line_moves() -> None:
    """It also differs from that of the same line above it."""
    text = 'service a {\n  ownr "x"\n' + "  # what follows counts too\n" * 9
    before, after = line_hashes(text), line_hashes("# a new line\n\n" + text)
    assert before[2] == after[4]
    twice = line_hashes((text + "\n" * 100) * 2)
    half = twice[2].partition(":")[0]
    assert [value for value in twice.values() if value.startswith(f"{half}:")] == [f"{half}:1", f"{half}:2"]


def test_related_places_are_linked_in_the_message() -> None:
    source, other = Source("a.slo", "one two"), Source("b.slo", "three")
    there = Label(Span(source, 4, 7), "see [this](1) \\ here")
    span = Reached(source, 0, 3, Span(other, 0, 5), "used here")
    log = json.loads(write("sarif", [Diagnostic("E204", "a [list](2) is missing", span, (there,))], lambda s: s.path))
    (result,) = log["runs"][0]["results"]
    assert result["message"]["text"].split("\n") == [
        "a \\[list](2) is missing.",
        "[see \\[this\\](1) \\\\ here](1)",
        "[used here](2)",
    ]
    assert [
        (place["id"], place["physicalLocation"]["artifactLocation"]["uri"]) for place in result["relatedLocations"]
    ] == [
        (1, "a.slo"),
        (2, "b.slo"),
    ]


def test_fixes_are_replacements(tmp_path: Path) -> None:
    """By the schema and the rules of the standard; an insertion deletes nothing, and columns are those of UTF-16."""
    text = "\ufeff😀 god\nx\n"
    (tmp_path / "a.slo").write_text(text, encoding="utf-8")
    source = Source("a.slo", text, str(tmp_path / "a.slo"))
    edits = (Edit(Span(source, 3, 6), "good"), Edit(Span(source, 8, 8), "# end"))
    found = Diagnostic("E101", "no word", Span(source, 3, 6), fixes=(Fix("write `good`", edits, safe=True),))
    (tmp_path / "log.sarif").write_text(write("sarif", [found], from_root(tmp_path.resolve())), encoding="utf-8")
    log = json.loads((tmp_path / "log.sarif").read_text(encoding="utf-8"))
    Draft7Validator(schema()).validate(log)
    assert [said for said in complaints(tmp_path / "log.sarif") if BROKEN not in said] == []
    ((fix,),) = (result["fixes"] for result in log["runs"][0]["results"])
    assert fix["description"] == {"text": "write `good`."}
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"] == {"uri": "a.slo", "uriBaseId": "%SRCROOT%"}
    assert change["replacements"] == [
        {"deletedRegion": region((1, 4), (1, 7), 3, 3), "insertedContent": {"text": "good"}},
        {"deletedRegion": region((2, 2), (2, 2), 8, 0), "insertedContent": {"text": "# end"}},
    ]


def region(begin: tuple[int, int], end: tuple[int, int], offset: int, length: int) -> dict[str, int]:
    lines = {"startLine": begin[0], "startColumn": begin[1], "endLine": end[0], "endColumn": end[1]}
    return lines | {"charOffset": offset, "charLength": length}


def test_addresses(tmp_path: Path) -> None:
    """Links are followed. A file elsewhere has its URL, and another source its name."""
    (tmp_path / "root").mkdir()
    for name in ("root/real.slo", "away #1.slo"):
        (tmp_path / name).write_text("x")
    (tmp_path / "root" / "link.slo").symlink_to("real.slo")
    sources = {
        "real.slo": Source("link.slo", "x", str(tmp_path / "root" / "link.slo")),
        f"file://{tmp_path}/away%20%231.slo": Source("away", "x", str(tmp_path / "away #1.slo")),
        "%3Cstdin%3E": Source("<stdin>", "x"),
    }
    found = [Diagnostic("E101", "x", Span(source, 0, 1)) for source in sources.values()]
    log = json.loads(write("sarif", found, from_root((tmp_path / "root").resolve())))
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in log["runs"][0]["results"]]
    assert [place["uri"] for place in places] == list(sources)
    assert [place.get("uriBaseId") for place in places] == ["%SRCROOT%", None, None]


def test_a_clean_run_is_a_log_too(tmp_path: Path) -> None:
    sloc(tmp_path, "init")
    answer = sloc(tmp_path, "check", "--format", "sarif")
    log = json.loads(answer.out)
    Draft7Validator(schema()).validate(log)
    assert (answer.code, answer.err, log["runs"][0]["results"]) == (0, "", [])
