"""A law of the formats for programs: a span begins inside its file, and ends there at or after its beginning."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats import write
from slocompiler.source import Source
from support.command import sloc
from support.mutants import SOUP, mutants

soups = st.lists(st.sampled_from([*SOUP, " ", "\n", "#", "`"]), max_size=40).map("".join)
Region = tuple[tuple[int, int], tuple[int, int]]
"""Line and column of both ends, from 1."""


def from_json(found: list[Diagnostic]) -> Iterator[Region]:
    for one in json.loads(write("json", found, _name))["diagnostics"]:
        for place in (one, *one["labels"], *(edit for fix in one["fixes"] for edit in fix["edits"])):
            yield tuple((place[end]["line"], place[end]["column"]) for end in ("start", "end"))  # type: ignore[misc]  # two ends


def from_sarif(found: list[Diagnostic]) -> Iterator[Region]:
    for region in _regions(json.loads(write("sarif", found, _name))["runs"][0]["results"]):
        assert region["charOffset"] >= 0
        assert region["charLength"] >= 0
        yield (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])


def _regions(data: Any) -> Iterator[dict[str, int]]:
    """Every `region` and `deletedRegion` in JSON data."""
    if isinstance(data, dict):
        yield from (data[name] for name in ("region", "deletedRegion") if name in data)
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _regions(value)


def from_github(found: list[Diagnostic]) -> Iterator[Region]:
    for line in filter(None, write("github", found, _name).split("\n")):
        place = {name: int(number) for name, number in re.findall(r"[ ,](\w+)=(\d+)(?=[,:])", line)}
        yield (place["line"], place.get("col", 1)), (place["endLine"], place.get("endColumn", 2))


def _name(source: Source) -> str | None:
    return source.path if source.path == "a.slo" else None


@settings(max_examples=150)
@given(mutants() | soups)
@example('ice t\nnts s\nexclude{e=""}or -#{')
@example("ice\nevents`\n#`{")
@example("slo a 99% over 30d {\n bad `\n#`{a=\n#}")
def test_no_region_ends_before_it_begins_or_outside_its_file(text: str) -> None:
    source = Source("a.slo", text)
    found = [one for one in analyse([source])[1] if one.span.source is source]
    lines = text.split("\n")
    for read in (from_json, from_sarif, from_github):
        for start, end in read([one for one in found if all(x.span.source is source for x in one.labels)]):
            assert (1, 1) <= start <= end, (read.__name__, start, end)
            assert end[0] <= len(lines)
            assert end[1] <= 2 * len(lines[end[0] - 1]) + 2, "a character beyond the basic plane is two code units"


@pytest.mark.parametrize("form", ["json", "sarif", "github", "gitlab"])
def test_a_link_to_a_file_whose_name_is_no_text(form: str, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"bad\xe9.txt")).write_text("service a {\n")
    (tmp_path / "link.slo").symlink_to(os.fsdecode(b"bad\xe9.txt"))
    answer = sloc(tmp_path, "check", "--format", form)
    assert (answer.code, answer.err) == (1, "")
    assert answer.out.encode("utf-8")
