"""Where colours change and lines are drawn: the numbers of budgets, policies and alerts, from where rules have them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler import promql
from slocompiler.burn import line_factor
from slocompiler.ir import Alert, Burn, Exhausted, Severity, Slo
from slocompiler.targets.grafana.panels import Colour, Steps

COLOURS: dict[Severity, Colour] = {"page": "red", "ticket": "orange", "notify": "blue"}
LEFT: Steps = ((None, "red"), (0, "green"))
"""Of budgets of several SLOs, whose policies differ."""


def decimals(slo: Slo) -> int:
    """So many that a tenth of the budget shows, in percent."""
    return min(6, max(0, -(100 * (1 - slo.target)).adjusted()) + 1)


def of_policy(slo: Slo) -> Steps:
    """Red where the budget is gone, green above all that the policy says, orange between."""
    bounds = sorted({0.0} | {float(step.below) for step in slo.policy})
    between: list[tuple[float | None, Colour]] = [(bound, "orange") for bound in bounds[:-1]]
    return ((None, "red"), *between, (bounds[-1], "green"))


def burn_lines(slo: Slo) -> tuple[tuple[Fraction, Burn], ...]:
    """Each line of a fixed burn rate, the highest first."""
    return _burn_lines(slo.alerts, slo.target, slo.window)


@lru_cache(maxsize=256)
def _burn_lines(alerts: tuple[Alert, ...], target: Decimal, window: int) -> tuple[tuple[Fraction, Burn], ...]:
    """Of all SLOs that share a policy at once."""
    found = [(line_factor(line, target, window), line) for line in alerts if isinstance(line, Burn)]
    return tuple(sorted(found, key=lambda pair: pair[0], reverse=True))


def exhaustion_lines(slo: Slo) -> list[Exhausted]:
    """Each line whose burn rate depends on what is left."""
    return [line for line in slo.alerts if isinstance(line, Exhausted)]


def of_burn(slo: Slo) -> Steps:
    """A colour from each line's burn rate on; of two at one height the more urgent."""
    return _of_burn(slo.alerts, slo.target, slo.window)


@lru_cache(maxsize=256)
def _of_burn(alerts: tuple[Alert, ...], target: Decimal, window: int) -> Steps:
    drawn: dict[float, Colour] = {}
    for height, line in _burn_lines(alerts, target, window):
        urgent = "red" in (COLOURS[line.severity], drawn.get(float(height)))
        drawn[float(height)] = "red" if urgent else COLOURS[line.severity]
    return ((None, "green"), *sorted(drawn.items()))


def in_words(slo: Slo) -> str:
    """The lines of fixed burn rates for reading; "" where there are none."""
    return _in_words(slo.alerts, slo.target, slo.window)


@lru_cache(maxsize=256)
def _in_words(alerts: tuple[Alert, ...], target: Decimal, window: int) -> str:
    told = "; ".join(
        f"{line.severity} above {promql.rounded(height)}× over {promql.duration(line.window)}"
        for height, line in _burn_lines(alerts, target, window)
    )
    return f" {told[:1].upper()}{told[1:]}." if told else ""


def of_page(slo: Slo) -> Steps:
    """Orange where the budget does not last, red where somebody is woken."""
    pages = [float(height) for height, line in burn_lines(slo) if line.severity == "page"]
    reached: Steps = ((min(pages), "red"),) if pages else ()
    return ((None, "green"), (1, "orange"), *reached)
