"""Files of other tools in Markdown: what is reported about each, what is written, and how many SLOs are recognised."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.compiler import analyse
from slocompiler.compiler import render as render_rules
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.importers.report import Import, as_json, as_text
from slocompiler.project import Project, load
from slocompiler.source import Source
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse
from support.binaries import PROMETHEUS_3, promtool
from support.compile import ROOT
from support.markers import Case, mismatches

PAGES = sorted((ROOT / "tests" / "importers").glob("*.md"))
RENDERED = ROOT / "tests" / "golden" / "importers"
BESIDES = ("W632", "W633", "W660", "W663")
"""What most documents lose, or lack: it counts only where a page names it."""
NEW: Project = load(Source("sloc.yaml", 'targets: {prometheus: {server: "3.0"}}\n'))[0]
"""A project whose servers have native histograms."""


def cases(page: Path) -> list[Case]:
    """The `yaml` blocks of a page, each named after its heading."""
    found = re.findall(r"^## ([^\n]*)\n(?:(?!^##).)*?```yaml\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    return [Case(heading, text) for heading, text in found]


CASES = [pytest.param(case, id=f"{page.stem}: {case.name}") for page in PAGES for case in cases(page)]


def done(text: str, options: Options | None = None) -> Import:
    """The import of one file."""
    return imported([Source("test.slo", text)], options or Options(), NEW)


def reported(text: str) -> list[Diagnostic]:
    return [one for one in done(text).problems if one.code not in BESIDES or one.code in text]


@pytest.mark.parametrize("case", CASES)
def test_everything_is_reported_at_its_line_and_nothing_else(case: Case) -> None:
    wrong = mismatches(case.text, reported)
    assert not wrong, wrong


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("options", [Options(), Options(keep_alerts=True, window=28 * 86_400)], ids=["", "kept"])
def test_what_is_written_passes_check_and_has_the_layout(case: Case, options: Options) -> None:
    found = done(case.text, options)
    program, problems = analyse([Source(name, text) for name, text in found.files.items()], NEW)
    assert program is not None, [render(one) for one in problems if one.is_error]
    for name, text in found.files.items():
        assert layout(parse(Source(name, text))[0]) == text
    assert {slo.id for slo in program.slos} == {row.new for row in found.rows if row.new}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_written_and_reported_reads_as_ever(page: Path, golden: Callable[[Path, str], None]) -> None:
    parts = []
    for case in cases(page):
        found = done(case.text)
        texts = [*found.files.values(), *map(render, found.problems), as_text(found, "slo")]
        parts.append(f"## {case.name}\n\n" + "\n\n".join(text.strip() for text in texts) + "\n")
    golden(RENDERED / f"{page.stem}.txt", "\n".join(parts))


def test_no_golden_is_stale() -> None:
    assert {path.stem for path in RENDERED.iterdir()} == {page.stem for page in PAGES}


def test_a_server_loads_the_rules_of_all_that_is_written(tmp_path: Path) -> None:
    names = []
    for number, page in enumerate(PAGES):
        for place, case in enumerate(cases(page)):
            program, _ = analyse([Source(name, text) for name, text in done(case.text).files.items()], NEW)
            assert program is not None
            for name, text in render_rules(program, "prometheus", NEW.options()).items():
                names.append(f"{number}-{place}-{name}")
                (tmp_path / names[-1]).write_text(text, "utf-8")
    command = [promtool(PROMETHEUS_3), "check", "rules", "--lint=none", *names]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_json_is_as_its_schema_says() -> None:
    schema = json.loads(grammar.text("import.schema.json"))
    Draft202012Validator.check_schema(schema)
    for page in PAGES:
        for case in cases(page):
            Draft202012Validator(schema).validate(json.loads(as_json(done(case.text))))


def how(page: str, *headings: str) -> Counter[str]:
    """How many SLOs of some cases of a page are written in each way."""
    found = [case for case in cases(ROOT / "tests" / "importers" / f"{page}.md") if case.name.startswith(headings)]
    assert len(found) == len(headings)
    return Counter(row.how for case in found for row in done(case.text).rows)


def test_what_tools_show_as_examples_is_recognised() -> None:
    """The shapes of their public files, each once; a query that is no ratio of events is refused."""
    plugins = how("queries", "Ratios of public plugins: availability", "Ratios of public plugins: latency")
    assert plugins == {"filters": 6, "counters": 1, "bound": 9, "raw": 1, "refused": 2}
    assert how("pyrra", "Ratios", "Latencies") == {"filters": 3, "counters": 3, "bound": 5, "raw": 1, "refused": 2}
    assert how("sloth", "Gauges") == {"slices": 3, "raw": 2}
    assert how("sloth", "Requests", "The resource", "Two documents") == {"filters": 3, "counters": 2, "bound": 1}


def test_the_target_is_the_decimal_of_the_text() -> None:
    """No binary fraction is between them: 99.9 / 100 would be 0.9990000000000001."""
    (case, *_) = cases(ROOT / "tests" / "importers" / "sloth.md")
    for target in ("99.9", "99.95", "99.99", "99.999", "9.5e1"):
        program, _ = analyse([Source("a.slo", *done(case.text.replace("99.9", target)).files.values())])
        assert program is not None
        assert program.slos[0].target == Decimal(target) / 100


def test_alert_lines_are_those_of_the_catalog_for_the_window() -> None:
    (case,) = [one for one in cases(ROOT / "tests" / "importers" / "sloth.md") if one.name.startswith("A catalog")]
    found = done(case.text, Options(keep_alerts=True, window=28 * 86_400))
    assert re.findall(r"^ +((?:page|ticket) .*)$", found.files["shop.slo"], re.M) == [
        "page   at 8% of budget in 1h needs 1 bad events",
        "page   at 12.5% of budget in 6h needs 1 bad events",
        "ticket at 20% of budget in 1d",
        "ticket when no data for 15m",
    ]
    lost = [leaf.path for leaf in found.documents[0].leaves() if leaf.fate == "lost"]
    slow = "spec.ticket.slow"
    assert lost == [
        "spec.page.slow.shortWindow",
        f"{slow}.errorBudgetPercent",
        f"{slow}.shortWindow",
        f"{slow}.longWindow",
    ]
    assert [one.code for one in found.problems] == ["W634"]
    other = done(case.text, Options(keep_alerts=True))
    assert "page   at 2% of budget in 1h needs 1 bad events" in other.files["shop.slo"]
