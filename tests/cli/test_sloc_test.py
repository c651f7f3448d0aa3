"""`sloc test`: every example passes, a broken rule is reported in words of the SLO, and nothing is skipped."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from slocompiler.cli.clicked import group
from slocompiler.ir import Burn, Exhausted, Matcher
from slocompiler.record import replace
from slocompiler.targets import render
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.promtest import labels, oracle
from slocompiler.targets.promtest import render as promtest
from slocompiler.targets.shared import Options
from support import binaries
from support.bounded import bounded
from support.compile import EXAMPLES, compile_files, compile_text
from support.promtool import failures

SHORT = 'service shop {{\n  owner "x"\n  slo a 99.9% over 30d {{\n    events x_total{{job="a"}}\n    {}\n  }}\n}}\n'


def sloc_test(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["test", "--promtool", str(binaries.promtool()), *arguments])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_passes(example: Path) -> None:
    done = sloc_test(str(example))
    assert done.exit_code == 0, done.output
    tested = re.findall(r"(?m)^ok    [a-z-]+/[a-z-]+  \d+ cases$", done.output)
    left_out = re.findall(r"(?m)^-     [a-z-]+/[a-z-]+  not tested: .+$", done.output)
    assert tested
    assert len(tested) + len(left_out) >= 3
    assert "all passed" in done.output


def test_a_failure_is_reported_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = promtest.render_service

    def higher(*arguments: object) -> Iterator[tuple[str, str]]:
        return ((name, text.replace("> 14.4", "> 20")) for name, text in real(*arguments))  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(promtest, "render_service", higher)
    path = tmp_path / "shop.slo"
    path.write_text(SHORT.format('bad {code="5"} alerts { page at 2% of budget in 1h }'), encoding="utf-8")
    done = sloc_test(str(path))
    assert done.exit_code == 1
    assert re.search(r"^FAIL  shop/a  \d+ cases$", done.output, re.MULTILINE)
    said = r"^      shop/a: page at 2% of budget in 1h: 14\.98× should page within \w+; it did not$"
    assert re.search(said, done.output, re.MULTILINE)
    assert done.output.endswith("1 failed\n")
    assert "Unit Testing" not in done.output
    assert "Unit Testing" in sloc_test(str(path), "--verbose").output
    quiet = sloc_test(str(path), "-q")
    assert (quiet.exit_code, quiet.output.count("FAIL  shop/a"), "1 failed" in quiet.output) == (1, 1, False)


def test_quiet_says_nothing_of_what_passes(tmp_path: Path) -> None:
    path = tmp_path / "shop.slo"
    body = 'bad {code="500"} stakeholders "y" because "z" alerts { ticket when budget below 0% }'
    path.write_text(SHORT.format(body), encoding="utf-8")
    done = sloc_test("-q", str(path))
    assert (done.exit_code, done.output) == (0, "")


def test_what_no_event_can_be_is_not_tested(tmp_path: Path) -> None:
    """`sloc check` reports it, W307; it is no fault of the rules."""
    path = tmp_path / "shop.slo"
    path.write_text(SHORT.format('bad {code=~".*"}'), encoding="utf-8")
    done = sloc_test(str(path))
    assert done.exit_code == 0
    assert "-     shop/a  not tested: no event is good\n" in done.output


def test_a_budget_too_small_to_count_is_not_tested(tmp_path: Path) -> None:
    """Its arithmetic once divided by zero."""
    path = tmp_path / "shop.slo"
    path.write_text(SHORT.format('bad {code="5"}').replace("99.9%", "99.9999999999%"), encoding="utf-8")
    done = sloc_test(str(path))
    assert done.exit_code == 0, done.output
    assert "-     shop/a  not tested: its budget is less than one event in a billion\n" in done.output


SLOW = '{code=~"[ab]*a[ab]{40}", code=~"[ab]*b[ab]{40}"}'
"""No value matches both, but it takes 2⁴⁰ steps to see that."""


@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        (r'{code=~"\\pN"}', r'{code!~"\\pN"}'),
        (r'{code=~"\\pN"} or {code="5"}', r'{code!~"\\pN",code!="5"}'),
        (SLOW, SLOW.replace(", ", ",")),
    ],
    ids=["not understood", "one of two is not understood", "too many steps"],
)  # fmt: skip  # a table
def test_where_no_events_are_found_it_is_not_tested(tmp_path: Path, bad: str, shown: str) -> None:
    """That is no failure: what is written may well be right."""
    path = tmp_path / "shop.slo"
    path.write_text(SHORT.format(f"bad {bad}"), encoding="utf-8")
    done = sloc_test(str(path))
    assert done.exit_code == 0, done.output
    assert f"-     shop/a  not tested: sloc found no value that matches {shown}\n" in done.output
    assert done.output.endswith("0 SLOs, 0 cases: all passed; 1 SLO not tested\n")


@pytest.mark.parametrize(
    "bad", ['{l=~"(a+)+b"} exclude {l="AAA"}', '{l=~"(a+)+b"} or {l="AAA"}', '{l=~"(a+)+b", l!="AAA"} or {l="AAA"}']
)
def test_a_pattern_on_which_backtracking_never_ends(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "shop.slo"
    path.write_text(SHORT.format(f"bad {bad}".replace("AAA", "a" * 60)), encoding="utf-8")
    (end,) = bounded(tmp_path, [["build", "shop.slo", "--target", "promtest"]])
    assert end.code == 0, end


@pytest.mark.parametrize(("failing", "code"), [(1, 0), (2, 1)])
def test_a_failure_counts_if_it_comes_again(failing: int, code: int, tmp_path: Path) -> None:
    path, promtool = tmp_path / "shop.slo", tmp_path / "promtool"
    path.write_text(SHORT.format('bad {code=~"5.."}'), encoding="utf-8")
    promtool.write_text(f'#!/bin/sh\necho >> "$0.runs"\n[ $(wc -l < "$0.runs") -gt {failing} ]\n')
    promtool.chmod(0o755)
    assert sloc_test(str(path), "--promtool", str(promtool)).exit_code == code
    assert len(Path(f"{promtool}.runs").read_text()) == 2


def test_without_promtool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    monkeypatch.delenv("PROMTOOL", raising=False)
    done = CliRunner().invoke(group, ["test", str(EXAMPLES[0])])
    assert done.exit_code == 2
    first, second, third, _ = done.output.splitlines()
    assert "which is a part of Prometheus" in first
    assert second.startswith("  Debian")
    assert "https://prometheus.io/download/" in third


def test_the_files_run_by_themselves(tmp_path: Path) -> None:
    """What `sloc build --target promtest` writes is for promtool alone."""
    files = render(compile_text(SHORT.format('bad {code=~"5.."}')), "promtest", Options())
    names = [name for name in files if name.endswith(".test.yaml")]
    assert set(files) - set(names) == {name.replace(".test.", ".rules.") for name in names}
    assert failures(files, tmp_path) == ""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_file_has_the_rules_that_it_needs(example: Path) -> None:
    """What is read is made or given there, each rule is tested somewhere, as it is rendered but for the texts of alerts and what counts leave out."""
    program = compile_files(example)
    services = [replace(s, slos=tuple(slo for slo in s.slos if not promtest.untested(slo))) for s in program.services]
    program = replace(program, services=tuple(services))
    files = render(program, "promtest", Options())
    for name in (name for name in files if name.endswith(".test.yaml")):
        rules = files[name.replace(".test.", ".rules.")]
        asked = re.sub(r" # .*", "", files[name].partition("\ntests:\n")[2])
        read = set(re.findall(r"(slo:[\w:]+)\{", rules + asked)) | set(re.findall(r'alertname="(\w+)"', asked))
        given = set(re.findall(r"\{series: '(slo:[\w:]+)\{", files[name]))
        assert read - set(MADE.findall(rules)) <= given, name
    made = [rule for name, text in files.items() if name.endswith(".rules.yaml") for rule in pieces(text)]
    real = "".join(
        render(program, "prometheus", Options(targets={"prometheus": PrometheusOptions(catch_up=False)})).values()
    )
    assert set(made) == set(pieces(re.sub(r"(?m)^    annotations:\n( {6}.*\n|\n)+|(?<=\]) offset 30s(?=\))", "", real)))


MADE = re.compile(r"(?m)^  - (?:record|alert): (\S+)$")


def pieces(rules: str) -> list[str]:
    """The text of each rule."""
    return [part for part in re.split(r"(?m)^(?=#|- |  - |\n)", rules) if MADE.match(part)]


PATTERNS = (
    "5..",
    "a|bc",
    "card_(expired|stolen)",
    "[^/]+/x{2,3}",
    r"\d+-\w?",
    "(?i:get)",
    "/-/(healthy|ready)",
    "[a-c]z*",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_values_that_a_pattern_takes(pattern: str) -> None:
    found = labels.solve([Matcher("path", "=~", pattern), Matcher("code", "!~", "5..")])
    assert re.fullmatch(pattern, found["path"])
    assert not re.fullmatch("5..", found["code"])
    avoided = labels.solve([Matcher("path", "!=", "")], [(Matcher("path", "=~", pattern),)])
    assert not re.fullmatch(pattern, avoided["path"])


class TestOracle:
    """The oracle itself, against numbers worked out by hand."""

    PROMISE = oracle.Promise(0.999, 30 * 86400, 30)
    LINE = Burn(severity="page", share=compile_text(SHORT.format('bad {c="5"}')).slos[0].alerts[0].share, window=3600)  # type: ignore[union-attr]  # the first line is a burn line

    def test_a_line_of_two_per_cent_in_an_hour_is_at_14_4_times(self) -> None:
        assert self.PROMISE.threshold(self.LINE) == pytest.approx(0.0144)
        assert self.PROMISE.windows(self.LINE) == (3600, 300)

    def test_counting(self) -> None:
        history = oracle.History(60, [0, 90, 90, 90], [0, 10, 0, 20])
        assert [history.bad(3, 60), history.bad(3, 90), history.good(3, 600)] == [20, 20, 270]
        assert history.ratio(2, 60) == 0
        assert history.ratio(3, 120) == pytest.approx(0.1)
        assert history.left(3, 600, 0.2) == pytest.approx(0.5)

    def test_what_is_at_the_begin_of_a_window_may_not_be_seen(self) -> None:
        counts: tuple[list[int], list[int]] = ([0, 300, 0], [0, 0, 100])
        assert oracle.History(60, *counts).bounds(2, 120) == (0, 0.25)
        assert oracle.History(60, *counts, interval=20).bounds(2, 120) == (0, pytest.approx(1 / 3))

    def test_when_a_line_is_met(self) -> None:
        # 28.8 times the budget's rate reaches the hour's line after half an hour, not to be told from it exactly then.
        bad = [0] * 61 + [288] * 60
        history = oracle.History(60, [10_000 - count for count in bad], bad)
        met = oracle.any_met([self.LINE], self.PROMISE, history)
        assert [met[60], met[88], met[92]] == [False, False, True]
        fires = oracle.firing(met, 60, 900)
        assert [fires[92 + 10], fires[92 + 14], fires[92 + 18]] == [False, None, True]

    def test_what_is_left_and_the_rate_of_now(self) -> None:
        line = Exhausted(severity="page", within=4 * 3600)
        assert self.PROMISE.windows(line) == (3600, 300)
        assert self.PROMISE.least(line) == pytest.approx(0.0036)
