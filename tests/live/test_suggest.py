"""`sloc suggest`: too strict is said as plainly as too loose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from bench.accuracy.series import BEGIN

from slocompiler import grammar
from slocompiler.burn import LADDER
from slocompiler.live import suggest
from slocompiler.live.backtest import Outcome, Replay, Step
from slocompiler.record import replace
from support.command import sloc
from support.compile import compile_text
from support.server import Prometheus
from support.traffic import EVENTS, service

SPENT = 0.0016512335
"""The share of bad events of the five incidents that the design's table of targets is about."""
(SLO,) = compile_text(service()).slos
TEXT = """service shop {
  owner "shop"

  slo strict 99.9% over 1d {
    events requests_total{job="shop"}
    bad    {code="500"}
  }

  # Agreed.
  draft slo loose 90% over 1d {
    events requests_total{job="shop"}
    bad    {code="500"}
  }
}
"""
STRICT = "99.9%/1d is too strict: at worst, 398% of its budget was spent"
LOOSE = "90%/1d is too loose: at worst, 96% of its budget was left"
BETTER = "99.5% would have held, barely: at worst, 20% was left; "


def past(target: str, spent: float, coverage: float = 1.0) -> Replay:
    """A whole window with a share of bad events, at its end."""
    slo = replace(SLO, target=Decimal(target))
    steps = [
        Step(one, 1 - spent / float(1 - one), 1 - spent / float(1 - one), 1, 2)
        for one in sorted({*LADDER, slo.target}, reverse=True)
    ]
    outcome = Outcome((), slo.target, 1 - spent, 0.5, coverage, (), tuple(steps))
    return Replay(slo, 0, slo.window, (outcome,), (), ())


@pytest.mark.parametrize(
    ("target", "spent", "verdict", "better"),
    [
        ("0.999", SPENT, "too strict", "0.998"),
        ("0.998", SPENT, "fits", None),
        ("0.9975", SPENT, "fits", None),
        ("0.995", SPENT, "too loose", "0.998"),
        ("0.9999", 0.6, "too strict", None),
        ("0.99", 0.0, "unknown", None),
    ],
)
def test_the_strictest_target_that_held_is_suggested(
    target: str, spent: float, verdict: str, better: str | None
) -> None:
    found = suggest.judged(past(target, spent))
    assert (found.verdict, found.better and str(found.better.target)) == (verdict, better)


def test_the_design_s_table() -> None:
    """The budget left by target, which follows from the share of bad events. Its alerts do not: incidents have shapes."""
    lefts = {str(step.target): f"{step.left:.0%}" for step in past("0.9985", SPENT).outcomes[0].ladder}
    wanted = {"0.9995": "-230%", "0.999": "-65%", "0.9985": "-10%", "0.998": "17%", "0.9975": "34%", "0.995": "67%"}
    assert wanted.items() <= lefts.items()


def test_a_short_past_says_only_that_a_target_did_not_hold() -> None:
    assert suggest.judged(past("0.99", SPENT, 0.5))[3:5] == ("unknown", "too little of a window has data")
    strict = suggest.judged(past("0.999", SPENT, 0.5))
    assert (strict.verdict, strict.better) == ("too strict", None)
    assert suggest.judged(replace_outcomes(past("0.999", SPENT))).verdict == "unknown"


def replace_outcomes(replay: Replay) -> Replay:
    return replay._replace(outcomes=())


def test_comments_replace_earlier_ones_and_nothing_else() -> None:
    text = "service a {\r\n  # why\r\n  slo b 99% over 1d {}\r\n}\r\n"
    once = suggest.commented(text, text.index("b 99"), ["# sloc suggest: x", "# sloc suggest: y"])
    assert once == text.replace("  slo", "  # sloc suggest: x\r\n  # sloc suggest: y\r\n  slo")
    assert once
    again = suggest.commented(once, once.index("b 99"), ["# sloc suggest: z"])
    assert again == text.replace("  slo", "  # sloc suggest: z\r\n  slo")
    assert suggest.commented("service a { slo b", 16, ["# sloc suggest: x"]) is None


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """A server with a day whose last hours had the bad events, 0.4% of all."""
    server = Prometheus(tmp_path_factory.mktemp("server"))
    scrapes = range(0, 86_400 + 60, 60)
    lines = [f'requests_total{{job="shop",code="200"}} {20 * at} {BEGIN + at}' for at in scrapes]
    lines += [f'requests_total{{job="shop",code="500"}} {max(0, at - 69_120) * 0.4:g} {BEGIN + at}' for at in scrapes]
    server.backfill("\n".join([*lines, "# EOF\n"]))
    with server:
        yield ("--url", f"http://{server.address}", "--now", f"{BEGIN + 86_460}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "shop.slo").write_text(TEXT, encoding="utf-8")
    (tmp_path / "sloc.yaml").write_text("scrape_interval: 1m\n", encoding="utf-8")
    return tmp_path


def test_both_sides_are_said(project: Path, live: tuple[str, ...]) -> None:
    done = sloc(project, "suggest", *live)
    assert (done.code, done.err) == (0, "")
    for line in (STRICT, LOOSE):
        assert f"\n  {line}\n  {BETTER}" in done.out
    assert "If nobody complained, the looser one is enough." in done.out
    assert "If people complained, the looser one hid it." in done.out
    one = sloc(project, "suggest", "shop/loose", *live, "--format", "markdown").out
    assert one.startswith(f"- `shop/loose`: {LOOSE}. {BETTER}")
    assert "strict" not in one.replace("stricter", "")
    data = json.loads(sloc(project, "suggest", *live, "--format", "json", "--targets", "99").out)
    jsonschema.validate(data, json.loads(grammar.text("suggest.schema.json")))
    assert [(slo["verdict"], slo["suggested"]["target"]) for slo in data["slos"]] == [
        ("too strict", 0.99),
        ("too loose", 0.99),
    ]


def test_it_is_written_as_a_comment_and_nothing_else_changes(project: Path, live: tuple[str, ...]) -> None:
    for _ in range(2):
        assert sloc(project, "suggest", *live, "--write").code == 0
        text = (project / "shop.slo").read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        comments = [line for line in lines if line.startswith("  # sloc suggest, 2026-10-01 to 2026-10-02: ")]
        assert len(comments) == 2
        assert "".join(line for line in lines if line not in comments) == TEXT
        assert lines[lines.index(comments[1]) + 1].startswith("  draft slo loose")
        assert LOOSE in comments[1]
        assert sloc(project, "fmt", "--check").code == 0


def test_what_cannot_be_written_is_said(project: Path, live: tuple[str, ...]) -> None:
    (project / "shop.slo").write_text(service(EVENTS, "99% over 1d").replace("\n", " "), encoding="utf-8")
    done = sloc(project, "suggest", *live, "--write")
    assert (done.code, done.err) == (
        0,
        "shop/answers: not written, because other text is before it on its line\n0 files written\n",
    )


def test_complaints_are_held_against_the_budget(project: Path, live: tuple[str, ...]) -> None:
    """0.4% of the events of 2026-10-01 were bad: four days' budget of 99.9%, and a twentieth of that of 90%."""
    file = project / "shop.slo"
    file.write_text(TEXT.replace('owner "shop"', 'owner "shop"\n  feedback 2026-10-01 "12 tickets: *slow*"'), "utf-8")
    done = sloc(project, "suggest", *live)
    assert (done.code, done.err) == (0, "")
    assert "Users complained on 1 day: there is work to do, rather than a looser target." in done.out
    blind = "On 1 day users complained and the budget did not move: the SLO may be blind to it."
    assert f"Users complained on 1 day: the looser one hid it.\n  {blind}" in done.out
    done = sloc(project, "backtest", *live)
    strict, loose, _ = done.out.split("\n\n")
    assert "users complained   1 day             0 days" in " ".join(strict.split("\n"))
    assert blind not in strict
    assert "users complained   0 days            1 day" in loose
    assert f"{blind}\n  2026-10-01, 99.6021% good: 12 tickets: *slow*" in loose
    text = sloc(project, "backtest", *live, "--format", "markdown").out
    assert "| users complained | 1 day | 0 days |" in text
    assert "- 2026-10-01, 99.6021% good: 12 tickets: \\*slow\\*" in text
    data = json.loads(sloc(project, "backtest", *live, "--format", "json").out)
    jsonschema.validate(data, json.loads(grammar.text("backtest.schema.json")))
    assert [slo["feedback"]["table"]["complained_still"] for slo in data["slos"]] == [0, 1]
    file.write_text(TEXT.replace('owner "shop"', 'owner "shop"\n  feedback 2026-09-01 "slow"'), "utf-8")
    done = sloc(project, "suggest", *live)
    assert "Nobody complained: the looser one is enough." in done.out
    assert "Nobody complained: it may stay." in done.out
