"""The values at which colors change and lines are drawn, from the same sources as the rules."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler import promql
from slocompiler.burn import DAY, line_factor
from slocompiler.ir import Alert, Burn, Exhausted, Severity, Slo
from slocompiler.targets.grafana.panels import Color, Steps

COLORS: dict[Severity, Color] = {"page": "red", "ticket": "orange", "notify": "blue"}
LEFT: Steps = ((None, "red"), (0, "green"))
"""Colors of a budget where SLOs have different policies."""
SOON: Steps = ((None, "red"), (DAY, "orange"))
"""Colors of the seconds until a budget is exhausted."""
BURNING: Steps = ((None, "text"), (1, "orange"))
"""Colors of a burn rate."""


def decimals(slo: Slo) -> int:
    """The number of decimals of a percentage at which a tenth of the budget is visible."""
    return min(6, max(0, -(100 * (1 - slo.target)).adjusted()) + 1)


def of_policy(slo: Slo) -> Steps:
    """Red below 0%, green above all steps of the policy, orange in between."""
    bounds = sorted({0.0} | {float(step.below) for step in slo.policy})
    between: list[tuple[float | None, Color]] = [(bound, "orange") for bound in bounds[:-1]]
    return ((None, "red"), *between, (bounds[-1], "green"))


def above(steps: Steps) -> Steps:
    """The steps for lines: what is above the last is not colored, so each line has the color of what is below it."""
    return (*steps[:-1], (steps[-1][0], "transparent"))


def burn_lines(slo: Slo) -> tuple[tuple[Fraction, Burn], ...]:
    """The alert lines with a fixed burn rate, the highest first."""
    return _burn_lines(slo.alerts, slo.target, slo.window)


@lru_cache(maxsize=256)
def _burn_lines(alerts: tuple[Alert, ...], target: Decimal, window: int) -> tuple[tuple[Fraction, Burn], ...]:
    """Cached, because many SLOs have the same alerts."""
    found = [(line_factor(line, target, window), line) for line in alerts if isinstance(line, Burn)]
    return tuple(sorted(found, key=lambda pair: pair[0], reverse=True))


def exhaustion_lines(slo: Slo) -> list[Exhausted]:
    """The alert lines whose burn rate depends on the budget left."""
    return [line for line in slo.alerts if isinstance(line, Exhausted)]


def windows(slo: Slo) -> list[tuple[int, str]]:
    """The windows of the alert lines in seconds, the shortest first, with a name: `1h (page above 14.4×)`."""
    found: dict[int, list[str]] = {line.window: [] for _, line in reversed(burn_lines(slo))}
    for height, line in burn_lines(slo):
        found[line.window].append(f"{line.severity} above {promql.rounded(height)}×")
    own = set(found)
    for variant in slo.variants:
        others = {line.window for line in variant.alerts if isinstance(line, Burn)}
        for window in others if others != own else ():
            found.setdefault(window, []).append(variant.deployment)
    return [(window, f"{promql.duration(window)} ({', '.join(named)})") for window, named in sorted(found.items())]


def of_burn(slo: Slo, scale: Fraction) -> Steps:
    """A line at a burn rate of 1, and the line of each alert in its color; of two at one height, that of the more urgent.

    Burn rates are multiplied by `scale`.
    """
    return _of_burn(slo.alerts, slo.target, slo.window, scale)


@lru_cache(maxsize=256)
def _of_burn(alerts: tuple[Alert, ...], target: Decimal, window: int, scale: Fraction) -> Steps:
    drawn: dict[Fraction, Color] = {Fraction(1): "text"}
    for height, line in _burn_lines(alerts, target, window):
        urgent = "red" in (COLORS[line.severity], drawn.get(height))
        drawn[height] = "red" if urgent else COLORS[line.severity]
    return ((None, "transparent"), *((float(height * scale), color) for height, color in sorted(drawn.items())))


def in_words(slo: Slo) -> str:
    """The alert lines with fixed burn rates as a sentence; "" if there are none."""
    return _in_words(slo.alerts, slo.target, slo.window)


@lru_cache(maxsize=256)
def _in_words(alerts: tuple[Alert, ...], target: Decimal, window: int) -> str:
    lines = "; ".join(
        f"{line.severity} above {promql.rounded(height)}× over {promql.duration(line.window)}"
        for height, line in _burn_lines(alerts, target, window)
    )
    return f" {lines[:1].upper()}{lines[1:]}." if lines else ""
