"""The cost of risks, which is frequency × duration × share of users, compared with the budgets of the SLOs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from slocompiler import burn, chance
from slocompiler.chance import Incidents
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower import counts_events
from slocompiler.promql import duration, rounded
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.syntax import tree as t

FAR = 100
"""W318 is raised if the budget is more than this many times the cost of all risks."""
SHOWN = 5
"""How many risks a diagnostic shows: the costliest ones."""


def impossible(risk: t.Risk) -> Iterator[Diagnostic]:
    """E413 for one risk."""
    if isinstance(risk.hitting, t.Percent) and not 0 < risk.hitting.ratio <= 1:
        message = f"{risk.hitting.span.text} is not a share of the users"
        yield Diagnostic("E413", message, risk.hitting.span, help="use more than 0% and at most 100%")
    if isinstance(risk.lasting, t.Duration) and isinstance(risk.every, t.Duration):
        if risk.lasting.seconds > risk.every.seconds:
            here = (Label(risk.every.span, "it happens again after this time"),)
            message = f"a risk that lasts {risk.lasting.span.text} is not over when it happens again"
            yield Diagnostic("E413", message, risk.lasting.span, here, "use a shorter `lasting` or a longer `every`")


class _Costs(NamedTuple):
    """The costs of some risks; a cost is the share of all events that a risk makes bad."""

    total: Fraction
    worst: list[tuple[t.Risk, Fraction]]
    """The SHOWN costliest risks, in the order of the file."""
    incidents: tuple[Incidents, ...]

    def and_(self, other: _Costs) -> _Costs:
        incidents = chance.costliest((*self.incidents, *other.incidents))
        return _Costs(self.total + other.total, _costliest([*self.worst, *other.worst]), incidents)


def _costliest(costs: list[tuple[t.Risk, Fraction]]) -> list[tuple[t.Risk, Fraction]]:
    found = sorted(costs, key=lambda one: one[1], reverse=True)[:SHOWN]
    return sorted(found, key=lambda one: one[0].span.start)


def _costs(service: ResolvedService) -> tuple[_Costs, dict[str, _Costs]]:
    """The costs of the risks without `on`, and those of the others by the name of the SLO."""
    everywhere: list[tuple[t.Risk, Fraction]] = []
    named: dict[str, list[tuple[t.Risk, Fraction]]] = {}
    for risk, _ in service.risks:
        if risk.intact and _is_sound(risk):
            one = risk, burn.risk(*_numbers(risk))
            for name in {name.text for name in risk.on}:
                named.setdefault(name, []).append(one)
            if not risk.on:
                everywhere.append(one)
    return _summed(everywhere), {name: _summed(found) for name, found in named.items()}


def _summed(costs: list[tuple[t.Risk, Fraction]]) -> _Costs:
    incidents = chance.costliest(chance.incidents(*_numbers(risk)) for risk, _ in costs)
    return _Costs(sum((value for _, value in costs), Fraction(0)), _costliest(costs), incidents)


def compared(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics W313 and W318 of an SLO whose service has risks."""
    target, window = slo.tree.target, slo.tree.window
    if not isinstance(target, t.Percent) or not isinstance(window, t.Duration):
        return
    if not 0 < target.ratio < 1:
        return
    everywhere, named = run.once(_costs, slo.service)
    nothing = _Costs(Fraction(0), [], ())
    costs = named.get(slo.tree.name.text, nothing).and_(everywhere if counts_events(slo) else nothing)
    seconds, share = int(window.seconds), burn.budget(target.ratio)
    budget = _outage(share * seconds)
    alone = [(risk, value) for risk, value in costs.worst if value > share]
    here = Label(target.span, f"the budget of `{slo.tree.name.text}` is {budget}")
    labels = tuple(Label(risk.span, _outage(value * seconds)) for risk, value in costs.worst)
    help = "reduce the risk, or lower the target if users accept this much"
    for risk, value in alone:
        message = f"this risk alone costs {_outage(value * seconds)} in {duration(seconds)}, more than the budget"
        message += f": {_missed((chance.incidents(*_numbers(risk)),), target.ratio, seconds)}"
        yield Diagnostic("W313", message, risk.span, (here,), help)
    if not alone and costs.total > share:
        missed = _missed(costs.incidents, target.ratio, seconds)
        message = f"the risks cost {_outage(costs.total * seconds)} together, but the budget is {budget}: {missed}"
        yield Diagnostic(
            "W313", message, target.span, labels, "reduce the risks, or lower the target if users accept this much"
        )
    elif labels and costs.total * FAR < share and run.once(_all_known, slo.service):
        missed = _missed(costs.incidents, target.ratio, seconds)
        message = f"all known risks together cost less than 1% of this budget of {budget}: {missed}"
        help = "use a stricter target, which costs nothing, or add the risks that are missing"
        yield Diagnostic("W318", message, target.span, labels, help)


def _all_known(service: ResolvedService) -> bool:
    """Whether no error hides a risk of the service."""
    names = {slo.tree.name.text for slo in service.slos}
    sound = (_is_sound(risk) and all(name.text in names for name in risk.on) for risk, _ in service.risks)
    return service.slos_intact and service.tree.intact and all(sound)


def _is_sound(risk: t.Risk) -> bool:
    """Whether a risk has a cost: it is possible, and has no parameter left in it."""
    parts = (risk.every, risk.lasting, risk.hitting)
    return not any(isinstance(part, t.Param) for part in parts) and not any(impossible(risk))


def _numbers(risk: t.Risk) -> tuple[int, int, Decimal]:
    """How often it happens and how long it lasts, in seconds, and the share of the users that it hits."""
    assert isinstance(risk.every, t.Duration)
    assert isinstance(risk.lasting, t.Duration)
    assert isinstance(risk.hitting, t.Percent)
    return int(risk.every.seconds), int(risk.lasting.seconds), risk.hitting.ratio


def _missed(incidents: tuple[Incidents, ...], target: Decimal, window: int) -> str:
    """How often the target is missed, as the end of a message."""
    share = chance.percent(1 - chance.of_target(incidents, target, window))
    return f"{share} of all windows of {duration(window)} miss the target"


def _outage(seconds: Fraction) -> str:
    """A time of full outage in words: in minutes up to two hours, then in hours."""
    long = seconds >= 2 * burn.HOUR
    return f"{rounded(seconds / (burn.HOUR if long else burn.MINUTE))} {'hours' if long else 'minutes'} of full outage"
