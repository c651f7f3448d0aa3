"""`sloc test` finds mistakes in the rules of slices, of what is excluded, and of PromQL that people wrote."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from slocompiler import ir
from slocompiler.targets import render
from slocompiler.targets.promtest.render import untested
from slocompiler.targets.shared import Options
from support import binaries, shapes
from support.compile import answers, compile_text
from support.promtool import failures

Files = dict[str, str]

LAG = """slices 1m good when max(q{job="e"}) < 5
    alerts { page at 10% of budget in 1h needs 5 bad events ticket when no data for 15m }"""
EACH = 'slices 1m each good when p{job="e"} == 1 alerts none'
FREE = 'slices 5m good when min(a{job="e"} / b{job="e"}) > 10% per instance alerts none'
BARE = "slices 1m good when min(a{} / b{}) > 10% alerts none"
BOTH = 'slices 1m good when max(q{job="e"}) < 5 and sum(n{job="e"}) >= 1 no data is good alerts none'
RATE = 'slices 5m good when sum(rate(x_total{job="e"})) < 1 no data is good alerts none'
OFTEN = 'slices 5m with 80% good good when avg(q{job="e"}) < 5 alerts none'
TIMES = 'slices 5m good when until(c{job="e"}) > 14d and age(t{job="e"}) < 1h and count(c{job="e"}) > 1 alerts none'
EVERY = 'slices 1m good when q{job="e"} < 5 no data is ignored alerts none'
SHARE = """events x_total{job="e"} exclude {path="/"} "Ours." bad {code="500"} slices 1m with 95% good
    alerts { page at 10% of budget in 1h needs 5 bad events }"""
RAW = "slices 1m good when `max(q) < 5 and min(c) > 1` alerts none"
PART = 'slices 1m good share(r{job="e"}) alerts none'
SINGLE = 'slices 1m each bad share(r{job="e"}) per instance alerts none'
OF = "slices 1m good when `max(q) < 5` of `max(c)` no data is good alerts none"
OF_EACH = "slices 1m good when `min by (n) (a / b) > 0.66` of `min by (n) (b)` per n alerts none"
MOMENTS = 'events x_total{job="e"} bad {code="500"} exclude when `sum(m) > 0` "Announced." alerts none'
COUNTER = 'events due_total{job="e"} exclude back_total{job="e"} "Cancelled." good sent_total{job="e"} alerts none'
RATES = 'events `sum(rate(x_total{code!="499"}[$window]))` bad `sum(rate(x_total{code=~"5.."}[$window]))` alerts none'
PARTS = 'events `sum(rate(l_count[$window]))` good `sum(rate(l_bucket{le="1"}[$window]))` alerts none'
DATA = (
    "which slices are good",
    "evaluations of a slice",
    "excluded moments",
    "excluded events",
    "outage",
    "bad from the first event",
)


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda rules: re.sub(pattern, by, rules)


LATELY = r" or last_over_time\(.*?\]\)"
RAN = r" or \(vector\(1\) and on\(\) count_over_time\(.*?\)\)"

MUTATIONS = {
    "another bound": (LAG, replaced("< bool 5", "< bool 5.1")),
    "the bound itself": (LAG, replaced("< bool 5", "<= bool 5")),
    "the other side": (LAG, replaced("< bool 5", "> bool 5")),
    "the least for the most": (LAG, replaced(r"max\(q", "min(q")),
    "a mean for the most": (LAG, replaced(r"max\(q", "avg(q")),
    "another selector": (LAG, replaced(r'q\{job="e"\}', "q")),
    "good for bad": (LAG, replaced(r"1 - \((max.*? bool 5)\)", r"(\1)")),
    "missing is good": (LAG, replaced(RAN, "")),
    "missing at once": (LAG, replaced(RAN, " or vector(1)")),
    "a lost scrape is bad": (LAG, replaced(LATELY, "")),
    "two for one": (LAG, replaced(r"expr: vector\(1\)", "expr: vector(2)")),
    "one series for all": (EACH, replaced("expr: count", "expr: max")),
    "every series is bad": (EACH, replaced(r" unless \(.*?\) == 1", "")),
    "no zero for none bad": (EACH, replaced(r" or 0 \* count\(.*", "")),
    "divided by zero": (FREE, replaced(r" != 0\)", ")")),
    "the quotient turned round": (FREE, replaced(r"a(\{.*?)b(\{job=\"e\"\}\[1m15s\])", r"b\1a\2")),
    "the most of the quotients": (FREE, replaced(r"min by", "max by")),
    "the other side of a quotient without labels": (BARE, replaced("> bool", "< bool")),
    "one for all instances": (FREE, replaced(r" by \(instance\)", "")),
    "missing counts": (FREE, replaced(r"expr: 0 \* \(min.* \+ 1", "expr: vector(1)")),
    "one of two conditions": (BOTH, replaced(r" \+ \(1 - \(sum.*?bool 1\)\)", "")),
    "both have to fail": (BOTH, replaced("bool 0 or", "bool 1 or")),
    "missing is bad": (BOTH, replaced(r"or vector\(0\)", "or vector(1)")),
    "a mean for a sum": (BOTH, replaced(r"sum\(n", "avg(n")),
    "a count for a rate": (RATE, replaced(r"rate\(x", "increase(x")),
    "the greatest rate for the sum": (RATE, replaced(r"sum\(rate", "max(rate")),
    "a larger share": (OFTEN, replaced(r"0\.200000001", "0.300000001")),
    "a smaller share": (OFTEN, replaced(r"0\.200000001", "0.1")),
    "just the share that is allowed": (OFTEN, replaced(r"> bool 0\.2", ">= bool 0.1")),
    "the last evaluation": (OFTEN, replaced("avg_over_time", "last_over_time")),
    "evaluations of a minute": (OFTEN, replaced("4m59s999ms:", "59s999ms:")),
    "the latest end": (TIMES, replaced(r"\(min\(c", "(max(c")),
    "an end in the past": (TIMES, replaced(r"(min\(c.*?\)\)) - time\(\)", r"time() - \1")),
    "the oldest": (TIMES, replaced(r"max\(t", "min(t")),
    "days for weeks": (TIMES, replaced("1209600", "1120000")),
    "one is enough": (TIMES, replaced(r"bool 1\)", "bool 0)")),
    "some series for every one": (EVERY, replaced(r"unless (\(.*?\)) < 5", r"unless on() \1 < 5")),
    "missing is not ignored": (EVERY, replaced(r"expr: 0 \* \(?count.* \+ 1", "expr: vector(1)")),
    "a larger share of events": (SHARE, replaced(r"0\.050000001", "0.06")),
    "a smaller share of events": (SHARE, replaced(r"0\.050000001", "0.049")),
    "an exclusion forgotten": (SHARE, replaced(r',path!="/"', "")),
    "a slice without events": (SHARE, replaced(r"expr: \|-\n *(\(sum.*\)) > bool 0", r"expr: 1 + 0 * \1")),
    "a condition without a part": (RAW, replaced(r" and min\(c\) > 1", "")),
    "what is not true is good": (RAW, replaced(r"0 \* count\(", "1 + 0 * count(")),
    "a share above 1": (PART, replaced(r"clamp_max\((.*), 1\)", r"\1")),
    "a share below 0": (PART, replaced(r"clamp_min\((.*), 0\)", r"\1")),
    "a share that is no number": (PART, replaced(" >= -Inf", "")),
    "good for bad parts": (PART, replaced("1 - clamp", "clamp")),
    "the most of the shares": (PART, replaced("avg", "max")),
    "no share is good": (PART, replaced(RAN, "")),
    "a lost share": (PART, replaced(LATELY, "")),
    "bad for good parts": (SINGLE, replaced("sum by (.*?) \\(", r"sum by \1 (1 - ")),
    "one share for all": (SINGLE, replaced("expr: count", "expr: max")),
    "a mean of single shares": (SINGLE, replaced("sum by", "avg by")),
    "shares of other jobs": (SINGLE, replaced(r'r\{job="e"\}', "r")),
    "no data of what counts is bad": (OF, replaced(r"or vector\(0\)", "or vector(1)")),
    "data while it is true": (OF, replaced(r"max\(c\)", "max(q) < 5")),
    "`of` dropped": (OF, replaced(r"\(count\(\(max\(c\)\)\) unless (.*?)\) > bool 0 or .*", r"0 * \1 or vector(1)")),
    "no data of a value is bad": (OF_EACH, replaced(r"min by \(n\) \(b\)", "min by (n) (a or b)")),
    "good where any value is": (OF_EACH, replaced(" unless count", " unless on() count")),
    "never bad": (OF_EACH, replaced(r" unless (.*?)\) > bool 0", r" and \1) > bool 1")),
    "excluded moments count": (MOMENTS, replaced(r"\n *\* \(scalar[^$]*?== bool 0\)", "")),
    "only what is bad in them": (MOMENTS, replaced(r"(code=\"500\"[^$]*?)\n *\* \(scalar[^$]*?== bool 0\)", r"\1")),
    "a moment for any value": (MOMENTS, replaced(r"\(sum\(m\) > 0\)", "(sum(m))")),
    "moments for two minutes": (MOMENTS, replaced(r"\[5m:30s\]", "[2m:30s]")),
    "moments for ten minutes": (MOMENTS, replaced(r"\[5m:30s\]", "[10m:30s]")),
    "excluded events count too": (COUNTER, replaced(r" - \(\(sum\(rate\(back_total.*?\)\)\), 0\)", ", 0)")),
    "excluded events are added": (COUNTER, replaced(r" - (\(\(sum\(rate\(back)", r" + \1")),
    "nothing without the excluded counter": (COUNTER, replaced(r" or 0 \* \(sum\(rate\(due_total[^=]*=\"e\"\}\[\w+\]\) >= 0\)\)", "")),
    "good for bad events": (RATES, replaced(r'code=~"5\.\."', 'code!~"5.."')),
    "another window": (RATES, replaced(r"\[5m\](.*Inf\)\n)", r"[1h]\1")),
    "all of what is excluded": (RATES, replaced(r'\{code!="499"\}', "")),
    "good events for the bad ones": (PARTS, replaced(r"clamp_min\(\(sum.*?Inf\)\) - (.*), 0\)", r"\1")),
    "no zero for no good ones": (PARTS, replaced(r" or 0 \* \(.*?Inf\)\)\)", ")")),
    "events for their rate": (SHARE, replaced(r"\* 60\b", "* 1")),
}  # fmt: skip  # a table
LATER = {
    "one error is enough": (SHARE, replaced(r">= 4\.25", ">= 0")),
    "an hour that is half": (LAG, replaced(r"\[1h\]", "[30m]")),
    "no data of another gauge": (LAG, replaced(r"absent\(q", "absent(slo:age:seconds")),
    "too many bad slices needed": (LAG, replaced(">= 5", ">= 50")),
}
"""Mistakes in what follows from the slices."""


@cache
def made(body: str, all: bool) -> Files:
    """The test files of an SLO with their rules; if not all, then those that read the data of slices."""
    return of_program(compile_text(answers(body)), all)


def of_program(program: ir.Program, all: bool) -> Files:
    files = render(program, "promtest", Options())
    chosen = [
        name
        for name, text in files.items()
        if name.endswith(".test.yaml") and (all or any(one in text for one in DATA))
    ]
    return {name: files[name] for test in chosen for name in (test, test.replace(".test.", ".rules."))}


PASSED = (
    'slices 1m good share(up{job="e"}) no data is good alerts none',
    "slices 1m good when `a < 6` of `absent(b)` alerts none",
    "slices 1m good when `time() - max by (n) (a) < 600` of `a` per n alerts none",
    "slices 5m with 80% good good when `avg(a) < 5` of `avg(a)` no data is ignored alerts none",
)
"""More that is correct."""


@pytest.mark.parametrize("bundle", [binaries.PROMETHEUS, binaries.PROMETHEUS_3], ids=lambda one: one.name)
@pytest.mark.parametrize("body", dict.fromkeys([*(body for body, _ in MUTATIONS.values()), *PASSED]))
def test_the_rules_pass(body: str, tmp_path: Path, bundle: binaries.Bundle) -> None:
    assert failures(made(body, all=False), tmp_path, bundle) == ""


@pytest.mark.parametrize("name", ["a share", "a share of each series", "a condition with data"])
def test_every_case_of_a_shape_passes(name: str, tmp_path: Path) -> None:
    slo = shapes.slo(shapes.SHAPES[name], target="0.9", alerts=(shapes.PAGE, shapes.NO_DATA))
    assert untested(slo) == ""
    service = ir.Service(name="shop", title="", owner="shop", source="a.slo", risks=(), feedback=(), slos=(slo,))
    made = of_program(ir.Program(schema=ir.SCHEMA, services=(service,)), all=True)
    assert failures(made, tmp_path, binaries.PROMETHEUS) == ""


@pytest.mark.parametrize("body", dict.fromkeys(body for body, _ in LATER.values()))
def test_what_follows_passes(body: str, tmp_path: Path) -> None:
    assert failures(made(body, all=True), tmp_path, binaries.PROMETHEUS) == ""


@pytest.mark.parametrize("name", MUTATIONS | LATER)
def test_a_mistake_is_found(name: str, tmp_path: Path) -> None:
    body, mutate = (MUTATIONS | LATER)[name]
    files = made(body, name in LATER)
    changed = {file: mutate(text) for file, text in files.items() if file.endswith(".rules.yaml")}
    assert any(text != files[file] for file, text in changed.items()), "the mutation applies"
    printed = failures(files | changed, tmp_path, binaries.PROMETHEUS)
    assert "# shop/answers" in printed, printed or "every test passed"
