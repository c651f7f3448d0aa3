"""What the stated risks of an SLO mean for its targets: `sloc simulate`, and the sentences of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from slocompiler import burn, chance, promql
from slocompiler.chance import Incidents
from slocompiler.explain import words
from slocompiler.ir import Alert, Risk, Service, Slo
from slocompiler.record import replace

HALVED = 10
"""How many of the costliest risks are halved, one at a time."""
LEAST_GAIN = 0.001
"""A gain in the chance that matters: one window in a thousand."""


class Halved(NamedTuple):
    """A risk, and the chance that the target is kept if it comes half as often, or lasts half as long."""

    text: str
    often: float
    long: float
    pages: float
    """How many pages it causes in `chance.MONTH`, as it is."""

    @property
    def best(self) -> float:
        """The better of both chances."""
        return max(self.often, self.long)


class Simulation(NamedTuple):
    """The chances that risks leave to a target."""

    target: Decimal
    window: int
    kept: float
    """The chance to keep the target in any one window."""
    median: float
    """The share of the budget that half of the windows leave, or more."""
    tenth: float
    """The share of the budget that nine in ten windows leave, or more; below 0 if they exceed the budget."""
    pages: float | None
    """Pages in `chance.MONTH` on average; None if no alert pages for errors."""
    ladder: tuple[tuple[Decimal, float], ...]
    """Usual targets with their chances, the strictest first."""
    halved: tuple[Halved, ...]
    """The costliest risks, the one to begin with first."""


def simulated(slo: Slo, service: Service) -> Simulation | None:
    """The chances of an SLO; None if no risk is stated for it."""
    risks = tuple(replace(risk, on=()) for risk in service.risks if slo.name in risk.on)
    return _simulated(risks, slo.alerts, slo.target, slo.window, burn.slice_of(slo)) if risks else None


@lru_cache(maxsize=256)
def _simulated(
    risks: tuple[Risk, ...], alerts: tuple[Alert, ...], target: Decimal, window: int, length: int
) -> Simulation:
    each = [chance.incidents(risk.every, risk.lasting, risk.hitting) for risk in risks]
    found, budget = chance.costliest(each), float(burn.budget(target) * window)
    pages = [chance.pages(risk, found, alerts, target, window, length) for risk in risks]
    costliest = sorted(range(len(risks)), key=lambda at: -each[at].cost)[:HALVED]
    halved = []
    for at in costliest:
        often, long = _less(each, at, target, window)
        halved.append(Halved(risks[at].text, often, long, pages[at] or 0))
    median, tenth = (1 - chance.spent(found, share, window) / budget for share in (0.5, 0.9))
    return Simulation(
        target,
        window,
        chance.of_target(found, target, window),
        median,
        tenth,
        None if None in pages else sum(one or 0 for one in pages),
        tuple((one, chance.of_target(found, one, window)) for one in sorted({target, *burn.LADDER}, reverse=True)),
        tuple(sorted(halved, key=lambda one: -one.best)),
    )


def _less(each: list[Incidents], at: int, target: Decimal, window: int) -> Iterator[float]:
    """The chances with one of the risks at half its frequency, then at half its length."""
    every, lasting, hitting = each[at]
    for one in (Incidents(2 * every, lasting, hitting), Incidents(every, lasting / 2, hitting)):
        yield chance.of_target(chance.costliest([*each[:at], one, *each[at + 1 :]]), target, window)


# Words


def sentences(of: Simulation) -> Iterator[str]:
    """The chances in plain sentences."""
    every = f"all windows of {words.in_full(of.window)}"
    yield f"If only the known risks happen, {promql.percent(of.target)} is kept in {chance.percent(of.kept)} of {every}."
    yield _left(of)
    yield _paged(of)
    yield _first(of)


def _left(of: Simulation) -> str:
    """How much of the budget is left in half of the windows, and in nine of ten."""
    if of.tenth == 1:
        return "Nine in ten windows spend nothing."
    half = f"leave at least {of.median:.0%} of the budget" if of.median >= 0 else "exceed the budget"
    tenth = f"leaves less than {of.tenth:.0%}" if of.tenth >= 0 else f"exceeds it by at least {-of.tenth:.0%}"
    return f"Half of them {'spend nothing' if of.median == 1 else half}; one in ten {tenth}."


def _paged(of: Simulation) -> str:
    """How often the risks page somebody."""
    if of.pages is None:
        return "No alert pages for errors."
    pages = f"{promql.rounded(Fraction(f'{of.pages:.2g}'))}" if of.pages >= 0.005 else "fewer than 0.01"
    return f"Expect {pages} pages in 30 days."


def _first(of: Simulation) -> str:
    """The risk to halve first, with what that gains."""
    best = of.halved[0]
    if best.best - of.kept < LEAST_GAIN:
        return "To halve any one of the risks changes fewer than one in a thousand windows."
    how = "happened half as often" if best.often >= best.long else "lasted half as long"
    gain = f"{(best.best - of.kept) * 100:+.1f} points"
    return (
        f'Begin with the risk "{best.text}": if it {how}, {chance.percent(best.best)} would keep the target ({gain}).'
    )
