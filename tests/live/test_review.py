"""`sloc review` of a known snapshot: its page agrees with the report, and proposes what the past speaks for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler.ir import Feedback
from slocompiler.live.backtest import Step
from slocompiler.live.complaints import Day, Heard
from slocompiler.live.review import RELIABLE, Reviewed
from slocompiler.live.suggest import Suggestion, Verdict
from support.command import sloc
from support.compile import ROOT, compile_text
from support.reported import DAY, END, SLOS, SNAPSHOT, write

GOLDEN = ROOT / "tests" / "golden" / "review"
FORMS = {"text": "txt", "markdown": "md", "html": "html"}
ZONE = ("--timezone", "Europe/Berlin")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project and the snapshot of its server."""
    found = tmp_path_factory.mktemp("review")
    write(found)
    return found


def printed(folder: Path, *more: str, command: str = "review") -> str:
    answer = sloc(folder, command, "--snapshot", SNAPSHOT, *ZONE, *more)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


@pytest.mark.parametrize("form", FORMS)
def test_golden(folder: Path, golden: Callable[[Path, str], None], form: str) -> None:
    golden(GOLDEN / f"october.{FORMS[form]}", printed(folder, "--period", "2026-10", "--format", form))


def test_no_golden_is_stale() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"october.{ending}" for ending in FORMS.values()}


def table(text: str, head: str) -> dict[str, list[str]]:
    """A table in Markdown by the first cell of its rows."""
    lines = iter(text.splitlines())
    assert any(line.startswith(head) for line in lines), head
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return {row[0]: row[1:] for row in rows}


def test_it_agrees_with_the_report(folder: Path) -> None:
    """The same budget, the same pages; the ladder begins with the window before the period, as the report does."""
    asked = ("--period", "2026-10", "checkout")
    text = printed(folder, *asked, "--format", "markdown")
    (slo,) = json.loads(printed(folder, *asked, "--format", "json", command="report"))["slos"]
    (value,) = slo["values"]
    pages = sum(one["severity"] == "page" for one in value["alerts"])
    good, least, paged, *_ = table(text, "| SLO | Target |")["checkout/availability"][1:]
    assert (good, least, paged) == ("99.85% missed", f"{value['left_worst']:.0%}", f"{pages}")
    now = table(text, "| Target | Least left |")["99.9%"]
    assert now == [f"{value['left_worst']:.0%}", f"{pages} pages", "4 tickets", "not held (now)"]


def test_the_last_quarter_is_the_period(folder: Path) -> None:
    """On the first of November that is the third; at its begin in Berlin, it is not over in UTC."""
    text = printed(folder, "checkout")
    assert text.startswith("Review: Quarter 3 of 2026\n\n1 SLO to review.\n")
    assert "Reviews that are due: checkout/availability (2026-09-29)." in text
    assert "Data from 2026-07-01 00:00 to 2026-10-01 00:00." in text
    assert "The snapshot begins on 2026-09-16 00:00, within the period." in text
    early = str(END - 31 * DAY - 3600 + 120)
    assert printed(folder, "checkout", "--now", early).startswith("Review: Quarter 3 of 2026")
    in_utc = sloc(folder, "review", "checkout", "--snapshot", SNAPSHOT, "--now", early).out
    assert in_utc.startswith("Review: Quarter 2 of 2026")


def suggestion(verdict: Verdict, heard: Heard | None, better: str = "") -> Suggestion:
    slo = next(iter(compile_text(SLOS).slos))
    steps = [Step(Decimal(one), 0.4, 0.4, 0, 1) for one in ("0.999", better or "0.999")]
    return Suggestion(slo, 0, END, verdict, "so it was", steps[0], steps[1] if better else None, heard)


def said(moved: int, still: int) -> Heard:
    """Complaints on days on which the budget moved, and on others; besides, a quiet day."""
    days = [Day(date(2026, 10, 1 + number), 2.0 if number < moved else 0.0, 0.0) for number in range(moved + still)]
    complaints = tuple(Feedback(day=one.day, text="slow", on=("availability",)) for one in days)
    return Heard((*days, Day(date(2026, 10, 30), 0.0, 0.0)), complaints)


LOOSER, STRICTER = "0.995", "0.9995"
CASES: list[tuple[Suggestion, str, str]] = [
    (suggestion("unknown", None), "keep 99.9%", "Keep 99.9%: the past does not say whether it fits, because so it was."),
    (suggestion("fits", None), "keep 99.9%", "Keep 99.9%: so it was."),
    (suggestion("fits", said(1, 2)), "keep 99.9%", "Check which events count as bad: on 2 days users complained"),
    (suggestion("too strict", None, LOOSER), "ask users", "if nobody did, agree on 99.5%."),
    (suggestion("too strict", None), "ask users", "if nobody did, agree on a looser target."),
    (suggestion("too strict", said(0, 0), LOOSER), "loosen to 99.5%", "nobody complained. 99.5% would have held, barely"),
    (suggestion("too strict", said(0, 0)), "loosen", "The past does not say which target would have held."),
    (suggestion("too strict", said(2, 0), LOOSER), RELIABLE, "Keep 99.9% and make the service more reliable"),
    (suggestion("too loose", None, STRICTER), "ask users", "If they did, agree on 99.95%; if nobody did, keep 99.9%."),
    (suggestion("too loose", said(0, 0), STRICTER), "keep 99.9%", "The budget can pay for more risk"),
    (suggestion("too loose", said(0, 1), STRICTER), "tighten to 99.95%", "users complained on 1 day. The looser target hid"),
]  # fmt: skip  # a table


@pytest.mark.parametrize(("found", "short", "sentence"), CASES)
def test_what_is_proposed(found: Suggestion, short: str, sentence: str) -> None:
    proposal = Reviewed(None, found).proposal  # type: ignore[arg-type]  # a proposal depends on the suggestion alone
    assert proposal.short == short
    assert sentence in " ".join(proposal.sentences)
    blind = found.heard is not None and found.heard.number(complained=True, moved=False) > 0
    assert ("Check which events count as bad" in " ".join(proposal.sentences)) == blind


def test_a_file_of_windows_stays_one(tmp_path: Path) -> None:
    """With the mark at its beginning and its ends of lines; only the date is another one."""
    source = tmp_path / "shop.slo"
    before = "\ufeff" + SLOS.replace("\n", "\r\n")
    source.write_bytes(before.encode())
    done = sloc(tmp_path, "review", "checkout/availability", "--done", "2026-10-31", "--now", str(END))
    assert (done.code, done.out) == (0, "shop.slo:9: last 2026-10-31, for checkout/availability\n")
    assert source.read_bytes() == before.replace("last 2026-07-01", "last 2026-10-31").encode()
