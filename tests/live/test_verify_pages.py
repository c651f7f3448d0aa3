"""The programs of `verify.md` and of the pages about V701 to V715, on a server that scrapes what they say."""

import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from slocompiler.codes import CODES
from slocompiler.compiler import analyse, render
from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render as render_diagnostic
from slocompiler.ir import Deployment, Label, Matcher
from slocompiler.live.verify import Report
from slocompiler.project import Project
from support.compile import ROOT, answers
from support.exporter import Exposed
from support.markers import BESIDES, files, mismatches
from support.server import HOST, Prometheus, free_port
from support.verified import verified

PAGE = (ROOT / "slocompiler" / "diagnostics.md").read_text("utf-8")
CASES = (Path(__file__).parent / "verify.md").read_text("utf-8")
OF_SERVER = ("V707", "V709", "V710", "V711", "V712", "V713", "V714")
"""What a program of `verify.md` does not say about its server."""
CUSTOMERS = "".join(f'shop_requests_total{{job="shop",code="200",customer="{n}"}} 9\n' for n in range(60))
"""Too many for a page."""
NO_PROGRAM = ("V715",)
"""What is no problem."""


def sections(page: str) -> dict[str, str]:
    """The sections of a page by their headings."""
    return dict(re.findall(r"^## ([^\n]*)(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))


def blocks(section: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


PAGES = {heading[:4]: text for heading, text in sections(PAGE).items() if heading.startswith("V")}


@cache
def report(text: str, server: Prometheus) -> Report:
    return verified(files(text), f"http://{server.address}", Project(server="3.0"))


def of_code(text: str, server: Prometheus, code: str) -> list[Diagnostic]:
    """What is found about a program that concerns the page of the code, and the warnings of its compiler."""
    warnings = [one for one in analyse(files(text))[1] if one.code not in BESIDES]
    return warnings + [one for one in report(text, server).problems if one.code == code]


def past(now: float) -> str:
    """What the server knew before: visits of a day; counters of each minute for two hours; the rules of `reports` until ten minutes ago.

    Those of `ledger` recorded each five minutes that nothing was bad.
    """
    times = range(int(now) - 7200, int(now) + 1, 60)
    lines = [f'exports_total{{job="exports",outcome="ok"}} {at} {at}' for at in times]
    lines += [f'letters_bounced_total{{job="exports"}} {2 * at} {at}' for at in times]
    lines += [f'letters_sent_total{{job="exports"}} {at} {at}' for at in times]
    lines += [f'slo:info{{slo="reports/availability",service="reports"}} 1 {at}' for at in times if at < now - 600]
    day = range(int(now) - 90_000, int(now) + 1, 300)
    for page, each in (("/terms", 90_000), ("/", 1)):
        lines += [f'visits_total{{job="exports",code="200",page="{page}"}} {at // each} {at}' for at in day]
    lines += [f'ledger_entries_total{{job="exports",outcome="ok"}} {9 * at} {at}' for at in times]
    lines += [f'ledger_entries_total{{job="exports",outcome="error"}} {at} {at}' for at in times]
    recorded = [("events", 3000), ("errors", 0)]
    for what, count in recorded:
        name = f'slo:{what}:increase5m{{slo="ledger/entries",service="ledger"}}'
        lines += [f"{name} {count} {at}" for at in times[::5]]
    return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def server(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    del every_prometheus
    program, _ = analyse(files(blocks(PAGES["V713"], "slo")[0]))
    assert program
    rules = list(render(program, "prometheus").values())
    with Exposed("".join(blocks(PAGE + CASES, "metrics")) + CUSTOMERS) as exporter, Exposed() as empty:
        targets = {"pages": [exporter.address], "stock": [empty.address, f"{HOST}:{free_port()}"]}
        folder = tmp_path_factory.mktemp("server")
        prometheus = Prometheus(folder, rules=rules, scrape_targets=targets, retention="15d")
        prometheus.backfill(past(time.time()))
        with prometheus as started:
            every = "count(up) == 3 and on() shop_requests_total"
            started.wait_for(lambda: started.query(every, int(time.time())), 20, "scrapes of every target")
            yield started


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("V") and code not in NO_PROGRAM])
def test_the_programs_of_a_page_raise_what_their_markers_say(code: str, server: Prometheus) -> None:
    programs = blocks(PAGES[code], "slo")
    assert programs
    for text in programs:
        wrong = mismatches(text, partial(of_code, server=server, code=code))
        assert not wrong, wrong


def test_a_deployment_is_named_that_lacks_series(server: Prometheus) -> None:
    (text,) = blocks(CASES, "slo deployments")
    for name, count in (("eu", 0), ("us", 1)):
        here = Deployment(
            name=name, where=(Matcher("cluster", "=", name),), labels=(Label(name="cluster", value=name),)
        )
        found = verified(files(text), f"http://{server.address}", deployment=here).problems
        own = [one for one in found if one.code not in OF_SERVER]
        assert len(own) == count
        assert not count or not mismatches(text, lambda _, own=own: own)  # type: ignore[misc]  # bound now


@pytest.mark.parametrize("case", [heading for heading, text in sections(CASES).items() if blocks(text, "slo")])
def test_what_is_certain_is_a_finding_and_what_is_not_a_note(case: str, server: Prometheus) -> None:
    section = sections(CASES)[case]
    for text in blocks(section, "slo"):
        found = report(text, server)
        wrong = mismatches(text, lambda _: [one for one in found.problems if one.code not in OF_SERVER])  # noqa: B023  # called at once
        assert not wrong, wrong
        notes = [f"{one.slo}: {one.text}" for one in found.notes if one.code == "V703"]
        assert notes == "".join(blocks(section, "notes")).splitlines()


@pytest.mark.parametrize(
    ("case", "start"),
    [
        ("raw PromQL is read as selectors", "3 SLOs: 1 can be measured, 1 has no series, 1 not checked"),
        ("a file may allow a finding", "1 SLO: 0 can be measured, 1 not checked"),
        ("a sum needs one of its counters", "1 SLO: 1 can be measured"),
    ],
)
def test_the_summary_counts_what_can_be_measured(case: str, start: str, server: Prometheus) -> None:
    (text,) = blocks(sections(CASES)[case], "slo")
    assert report(text, server).summary.partition(";")[0] == start


def test_a_line_says_for_how_long_exclude_when_held(server: Prometheus) -> None:
    text = answers("""
      events       exports_total{job="exports"}
      bad          {outcome="error"}
      exclude when `exports_total > 0`
    """)
    notes = [one.text for one in report(text, server).notes if one.code == "V715"]
    assert notes[0] == "100% good in 1d, a burn rate of 0"
    assert notes[1].startswith("`exclude when` left out 8."), "two hours of a day"


def test_every_message_reads_as_ever(server: Prometheus, golden: Callable[[Path, str], None]) -> None:
    pages = [(blocks(text, "slo"), lambda one, code=code: one == code) for code, text in PAGES.items()]
    cases = [(blocks(text, "slo"), lambda one: one not in OF_SERVER) for text in sections(CASES).values()]
    found = [
        render_diagnostic(one)
        for texts, is_shown in (*pages, *cases)
        for text in texts
        for one in report(text, server).problems
        if is_shown(one.code)
    ]
    varying = re.compile(r"(?<=since )\d{4}-.* UTC$|\d+,\d+ of \d+,\d+", re.MULTILINE)
    golden(ROOT / "tests" / "golden" / "verify.txt", varying.sub("…", "\n\n".join(found) + "\n"))
