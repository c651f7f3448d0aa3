"""`sloc test` finds mistakes in the rules of a journey: each factor of its product counts, and each part of a factor."""

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

PROGRAM = """
service shop {
  owner "shop"
  slo one 99.9% over 30d { events x_total{job="a"} bad {code="500"} per region }
  slo two 99.9% over 30d { events x_total{job="b"} bad {code="500"} }
  slo three 90% over 30d { events x_total{job="c"} bad {code="500"} }
  slo four 90% over 30d { events x_total{job="d"} bad {code="500"} }
  slo five 99.9% over 30d { slices 1m good when max(q{job="e"}) < 5 }
}
journey buying 98% over 30d {
  owner   "shop"
  through shop/one, shop/two 2 times, shop/three or shop/four, shop/five
  alerts  { page at 5% of budget in 1h needs 10 bad events ticket when no data for 15m }
}
"""
STEPS = ("one", "two", "three", "four", "five")


def replaced(pattern: str, by: str) -> Callable[[str], str]:
    return lambda rules: re.sub(pattern, by, rules)


def never_fails(step: str) -> Callable[[str], str]:
    """The factor of a step is 1; of alternatives, that of both."""
    return replaced(rf'(slo:errors:rate5m\{{slo="shop/{step}"\}}(?:\[5m\]\))?)', r"\1 * 0")


MUTATIONS = {
    **{f"without the factor of {step}": never_fails(step) for step in STEPS},
    "an alternative that always fails": replaced(r'errors(:rate5m\{slo="shop/four")', r"events\1"),
    "a step once instead of twice": replaced(r" \^ 2", ""),
    "a step three times instead of twice": replaced(r" \^ 2", " ^ 3"),
    "attempts of the second step": replaced(r'(expr: sum\(slo:events:rate5m\{slo="shop/)one', r"\1two"),
    "failures of the attempts of the second step": replaced(
        r'(\|-\n *sum\(slo:events:rate5m\{slo="shop/)one', r"\1two"
    ),
    "a sum instead of a product": replaced(r"\n( *)\* \(1 - \(sum", r"\n\1+ (1 - (sum"),
    "successes instead of failures": replaced(r"\* \(1 - \(1 - ", "* ((1 - "),
    "no zero for nobody": replaced(r' or 0 \* sum\(slo:events:rate5m\{slo="shop/four"\}\)', ""),
    "slices of half an hour": replaced(r"\[5m\]\)", "[30m])"),
}


CLOSE = """
service shop {
  owner "shop"
  slo one 99.5% over 30d { events x_total{job="a"} bad {code="500"} }
  slo two 99.5% over 30d { slices 1m good when max(q{job="b"}) < 5 }
}
journey buying 98% over 30d { owner "shop" through shop/one, shop/two }
"""
"""Its ticket fires a few minutes before it is tested, so the bad slices of a step must not come late."""


@cache
def made(program: str = PROGRAM) -> dict[str, str]:
    found = render(compile_text(program), "promtest", Options())
    return {name: text for name, text in found.items() if name.startswith("buying.")}


@pytest.mark.parametrize("bundle", [binaries.PROMETHEUS, binaries.PROMETHEUS_3], ids=lambda one: one.name)
def test_the_rules_pass(tmp_path: Path, bundle: binaries.Bundle) -> None:
    assert failures(made(), tmp_path, bundle) == ""


@pytest.mark.parametrize("bundle", [binaries.PROMETHEUS, binaries.PROMETHEUS_3], ids=lambda one: one.name)
def test_those_of_a_close_ticket_pass(tmp_path: Path, bundle: binaries.Bundle) -> None:
    assert failures(made(CLOSE), tmp_path, bundle) == ""


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mistake_is_found(name: str, tmp_path: Path) -> None:
    changed = {file: MUTATIONS[name](text) for file, text in made().items() if file.endswith(".rules.yaml")}
    assert any(text != made()[file] for file, text in changed.items()), "the mutation applies"
    printed = failures(made() | changed, tmp_path, binaries.PROMETHEUS)
    assert "# buying/journey" in printed, printed or "every test passed"
