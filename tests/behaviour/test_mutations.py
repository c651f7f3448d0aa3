"""The generated tests find mistakes in the rules: each rule is broken in the ways in which rules break."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support import binaries
from support.compile import compile_text
from support.promtool import failures

Files = dict[str, str]

COUNTERS = """
    events x_total{job="a"} exclude {path="/healthz"}
    bad {code=~"5.."}
"""
OTHER_COUNTER = """
    events due_total{job="a"}
    good sent_total{job="a"}
"""
BOUNDS = 'events l_seconds{job="e"} good {kind="page"} below 1s or {kind="report"} below 30s'
HISTOGRAM = """
    events d_seconds{job="a"} exclude {code="499"}
    good {code!~"5.."} below 300ms
"""
NATIVE = """
    events native d_seconds{job="a"} exclude {code="499"}
    good {code!~"5.."} below 300ms
"""
PER = """
    events x_total{job="a"}
    bad {code=~"5.."}
    per route
    target {route="/search"} 95%
"""
MAINTAINED = """
    events x_total{job="a"}
    bad {code=~"5.."}
    maintenance "Upgrade" every sunday 02:00 for 1h in Europe/Berlin because "Nobody is there."
"""
EXCEPTED = """
    events x_total{job="a"}
    bad {code=~"5.."}
    except 2026-10-01T03:00Z to 2026-10-01T04:30Z because "Agreed."
"""
HOUR = " alerts { page at 2% of budget in 1h needs 10 bad events }"
DAYS = " alerts { page at 5% of budget in 6h ticket at 10% of budget in 1d }"
BUDGET = " alerts { ticket when budget below 20% ticket when no data for 15m }"
MANY = " alerts { page at 2% of budget in 1h needs 10 bad events and 100 events }"
SOON = " alerts { page when exhausted within 4h }"


def broken(pattern: str, by: str, where: str = "") -> Callable[[str], str]:
    """A mutation: in all rules, or in those whose text holds `where`, the pattern is replaced."""

    def mutate(rules: str) -> str:
        parts = re.split(r"(?m)^(?=- |  - )", rules)
        return "".join(re.sub(pattern, by, part) if where in part else part for part in parts)

    return mutate


MUTATIONS = {
    "a threshold a tenth higher": (COUNTERS + HOUR, broken(r"> 14\.4", "> 15.84")),
    "a threshold a tenth lower": (COUNTERS + HOUR, broken(r"> 14\.4", "> 12.96")),
    "a budget of the wrong target": (COUNTERS + HOUR, broken(r"/ 0\.001 >", "/ 0.0012 >")),
    "a long window too short": (COUNTERS + DAYS, broken(r"\[6h\]", "[4h]", "ratio:rate6h")),
    "a long window too long": (COUNTERS + DAYS, broken(r"\[1d\]", "[36h]", "ratio:rate1d")),
    "an hour that is half": (COUNTERS + HOUR, broken(r"\[1h\]", "[30m]", "ratio:rate1h")),
    "a short window that is long": (COUNTERS + HOUR, broken(r"rate5m(.* > 14)", r"rate1h\1", "SLOBurn")),
    "no short window": (COUNTERS + HOUR, broken(r"and slo:error_ratio:rate5m.*\n", "", "SLOBurn")),
    "no long window": (COUNTERS + DAYS, broken(r"slo:error_ratio:rate6h.* > 6\n *and ", "", "SLOBurn")),
    "too many bad events needed": (COUNTERS + HOUR, broken(r">= 8\.5", ">= 85")),
    "no bad events needed": (COUNTERS + HOUR, broken(r">= 8\.5", ">= 0")),
    "too many events needed": (COUNTERS + MANY, broken(r">= 85", ">= 850")),
    "no events needed": (COUNTERS + MANY, broken(r">= 85", ">= 0")),
    "no bad events needed among many": (COUNTERS + MANY, broken(r">= 8\.5", ">= 0")),
    "a ticket too late": (COUNTERS + DAYS, broken(r"for: 15m", "for: 1h")),
    "a ticket beside a page": (COUNTERS + DAYS, broken(r"unless \(", "or (")),
    "a ticket at once": (COUNTERS + DAYS, broken(r"for: 15m", "for: 1s")),
    "a line of the budget elsewhere": (COUNTERS + BUDGET, broken(r"< 0\.2\n", "< 0.5\n", "SLOBudget")),
    "a budget over half the window": (COUNTERS + BUDGET, broken(r"\[30d\]", "[15d]", "ratio:period")),
    "a budget left of the wrong target": (COUNTERS + BUDGET, broken(r"/ 0\.001", "/ 0.01", "budget_left")),
    "what is left, by no age": (COUNTERS + SOON, broken(r"\* 180", "* 90", "SLOBurn")),
    "the least for exhaustion": (COUNTERS + SOON, broken(r", 3\.6\)", ", 7.2)", "SLOBurn")),
    "a no-data alert too late": (COUNTERS + BUDGET, broken(r"for: 10m", "for: 20m")),
    "no data while the target is up": (COUNTERS + BUDGET, broken(r" == 1\b", " == 2", "SLONoData")),
    "no data only while the target is up": (COUNTERS + BUDGET, broken(r" == 1\b", " < 2", "SLONoData")),
    "no data after a day that was never full": (COUNTERS + BUDGET, broken(r"> 270\.72", "> 300", "SLONoData")),
    "no data after a day of much more": (COUNTERS + BUDGET, broken(r"> 9 and", "> 1e12 and", "SLONoData")),
    "no first event, and nobody asks": (COUNTERS + BUDGET, broken(r" offset 5m", " offset 2h", "SLONoData")),
    "ratios where nothing is": (COUNTERS + HOUR, broken(r" > 0\)", ")", "ratio:rate5m")),
    "no zero for no errors": (COUNTERS + HOUR, broken(r"\n *or 0 \* sum\(.*", "", "errors:rate5m")),
    "no zero in the hour": (COUNTERS + HOUR, broken(r"\n *or 0 \* sum\(.*?\)\)", ")", "ratio:rate1h")),
    "an average of ratios": (COUNTERS + DAYS,
        broken(r"expr: [^$]*?\n    labels", "expr: avg_over_time(slo:error_ratio:rate5m[1d])\n    labels", "ratio:rate1d")),
    "an average for a sum": (COUNTERS + HOUR, broken(r"sum\(", "avg(", "events:rate5m")),
    "good for bad": (COUNTERS + HOUR, broken(r'code=~"5\.\."', 'code!~"5.."')),
    "good for bad in the hour": (COUNTERS + HOUR, broken(r'code=~"5\.\."', 'code!~"5.."', "ratio:rate1h")),
    "an exclusion forgotten": (COUNTERS + HOUR, broken(r',path!="/healthz"', "", "events:rate5m")),
    "an exclusion forgotten among the bad": (COUNTERS + HOUR, broken(r',path!="/healthz"', "", "errors:rate5m")),
    "no zero for no good": (OTHER_COUNTER + HOUR, broken(r" or 0 \* \(.*?\)\)\)", ")", "errors:rate5m")),
    "good as bad": (OTHER_COUNTER + HOUR, broken("sent_total", "due_total", "errors:rate5m")),
    "the bound of one filter forgotten": (BOUNDS + HOUR, broken(r" or \(rate\([^()]*kind=\"report\"[^()]*\)\)", "", "errors:rate5m")),
    "the events of one filter forgotten": (BOUNDS + HOUR, broken(r" or \(rate\(l_seconds_count.*?\)\)\)", ")", "events:rate5m")),
    "the bound of another filter": (BOUNDS + HOUR, broken(r"30\|30", "1|1", "errors:rate5m")),
    "events without a bound": (BOUNDS + HOUR, broken(r',kind="report"', "", "rate5m")),
    "another bucket": (HISTOGRAM + HOUR, broken(r"0\\\\\.3", r"\\\\+Inf", "errors:rate5m")),
    "no zero for none of the filter": (HISTOGRAM + HOUR, broken(r" or 0 \* \(rate\([^()]*\)\)", "", "errors:rate5m")),
    "bad as good": (HISTOGRAM + HOUR, broken(r'code!~"5\.\."', 'code=~"5.."', "errors:rate5m")),
    "fast errors are good": (HISTOGRAM + HOUR, broken(r',code!~"5\.\."', "", "errors:rate5m")),
    "another bound of a native one": (NATIVE + HOUR, broken(r"-Inf, 0\.3,", "-Inf, 0.32,", "errors:rate5m")),
    "the other side of a native one": (NATIVE + HOUR, broken(r"-Inf, 0\.3,", "0.3, +Inf,", "errors:rate5m")),
    "no zero for none of a native one": (NATIVE + HOUR, broken(r" >= 0 or 0 \* histogram.*(?=\), 0\))", "", "errors:rate5m")),
    "a maintenance forgotten": (MAINTAINED + HOUR, broken(r"\n *\* \(scalar[^$]*?== bool 0\)", "", "record: slo:e")),
    "a maintenance forgotten among the bad": (MAINTAINED + HOUR, broken(r"\n *\* \(scalar[^$]*?== bool 0\)", "", "errors:rate5m")),
    "a maintenance without its last rates": (MAINTAINED + HOUR, broken("< 3900", "< 3600")),
    "a maintenance that is longer": (MAINTAINED + HOUR, broken("< 3900", "< 4200")),
    "a maintenance an hour later": (MAINTAINED + HOUR, broken(r"\+ 342000", "+ 338400")),
    "a maintenance in summer time": (MAINTAINED + HOUR, broken(r"\+ 342000", "+ 345600")),
    "an exception forgotten": (EXCEPTED + HOUR, broken(r"\n *\* \(\(time[^$]*?\)\)", "", "record: slo:e")),
    "one budget for all": (PER + HOUR, broken(r" by \(route\)", "")),
    "one target for all": (PER + HOUR, broken(r"/ 0\.05", "/ 0.001")),
    "a target for the wrong value": (PER + BUDGET, broken('route="/search"', 'route="/other"', "budget_left")),
}  # fmt: skip  # a table


@cache
def made(body: str) -> Files:
    program = compile_text(f'service shop {{\n owner "x"\n slo a 99.9% over 30d {{{body}\n }}\n}}', server="3.0")
    return render(program, "promtest", Options())


def run(files: Files, folder: Path) -> str:
    """What promtool says when they fail; "" when they do not."""
    native = any("histogram_fraction" in text for text in files.values())
    return failures(files, folder, binaries.PROMETHEUS_3 if native else binaries.PROMETHEUS)


@pytest.mark.parametrize("body", dict.fromkeys(body for body, _ in MUTATIONS.values()))
def test_the_rules_pass(body: str, tmp_path: Path) -> None:
    assert run(made(body), tmp_path) == ""


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mistake_is_found(name: str, tmp_path: Path) -> None:
    body, mutate = MUTATIONS[name]
    files = made(body)
    changed = {file: mutate(text) for file, text in files.items() if file.endswith(".rules.yaml")}
    assert any(text != files[file] for file, text in changed.items()), "the mutation applies"
    printed = run(files | changed, tmp_path)
    assert "# shop/a" in printed, printed or "every test passed"
