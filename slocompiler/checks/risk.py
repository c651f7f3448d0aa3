"""Risks: what they cost, by frequency, impact and users hit, against what targets can carry."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from slocompiler import burn
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower import counts_events
from slocompiler.promql import duration, rounded
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

FAR = 100
"""A budget so many times as large as all risks together is none that anybody will ever feel."""
SHOWN = 5
"""So many of the risks of an SLO are shown, the costliest."""


def risks(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E205 and E413."""
    names = {slo.tree.name.text: slo for slo in service.slos}
    for risk, _ in service.risks:
        if run.resolved.is_whole(risk):
            for name in risk.on if service.complete else ():
                if name.text not in names:
                    message = f"the service `{service.tree.name.text}` has no SLO `{name.text}`"
                    yield Diagnostic("E205", message, name.span, help=one_of(name.text, names))
            yield from _impossible(risk)


def _impossible(risk: t.Risk) -> Iterator[Diagnostic]:
    if isinstance(risk.hitting, t.Percent) and not 0 < risk.hitting.ratio <= 1:
        help = "the share of users: more than 0% and at most 100%"
        yield Diagnostic(
            "E413", f"{risk.hitting.span.text} of the users is no share of them", risk.hitting.span, help=help
        )
    if isinstance(risk.lasting, t.Duration) and isinstance(risk.every, t.Duration):
        if risk.lasting.seconds > risk.every.seconds:
            here = (Label(risk.every.span, "it comes again after this"),)
            message = f"lasting {risk.lasting.span.text}, it would not be over when it comes again"
            yield Diagnostic("E413", message, risk.lasting.span, here, "a shorter time, or a longer one between")


class _Costs(NamedTuple):
    """What the risks of a service cost, each the share of all events that it spoils; read once for all of its SLOs."""

    total: Fraction
    worst: list[tuple[t.Risk, Fraction]]
    """The costliest, as they stand in the file."""

    def and_(self, other: _Costs) -> _Costs:
        return _Costs(self.total + other.total, _costliest([*self.worst, *other.worst]))


def _costliest(costs: list[tuple[t.Risk, Fraction]]) -> list[tuple[t.Risk, Fraction]]:
    found = sorted(costs, key=lambda one: one[1], reverse=True)[:SHOWN]
    return sorted(found, key=lambda one: one[0].span.start)


def _costs(service: ResolvedService, run: Run) -> tuple[_Costs, dict[str, _Costs]]:
    """Of risks without `on`, and of the others by SLO."""
    everywhere: list[tuple[t.Risk, Fraction]] = []
    named: dict[str, list[tuple[t.Risk, Fraction]]] = {}
    for risk, _ in service.risks:
        if run.resolved.is_whole(risk) and _is_sound(risk):
            one = risk, cost(risk)
            for name in {name.text for name in risk.on}:
                named.setdefault(name, []).append(one)
            if not risk.on:
                everywhere.append(one)
    return _summed(everywhere), {name: _summed(found) for name, found in named.items()}


def _summed(costs: list[tuple[t.Risk, Fraction]]) -> _Costs:
    return _Costs(sum((value for _, value in costs), Fraction(0)), _costliest(costs))


def burdened(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W313 for each risk that costs more than the budget, else for all together; W318 where they hardly count."""
    target, window = slo.tree.target, slo.tree.window
    if not slo.service.risks or not isinstance(target, t.Percent) or not isinstance(window, t.Duration):
        return
    if not 0 < target.ratio < 1:
        return
    everywhere, named = run.once(_costs, slo.service, run)
    nothing = _Costs(Fraction(0), [])
    costs = named.get(slo.tree.name.text, nothing).and_(everywhere if counts_events(slo) else nothing)
    seconds, share = int(window.seconds), burn.budget(target.ratio)
    budget = _outage(share * seconds)
    alone = [(risk, value) for risk, value in costs.worst if value > share]
    here = Label(target.span, f"{slo.tree.name.text} has a budget of {budget}")
    labels = tuple(Label(risk.span, _outage(value * seconds)) for risk, value in costs.worst)
    help = "make it rarer, shorter or smaller, or ask whether users would miss so much: then loosen the target"
    for risk, value in alone:
        message = f"this risk alone costs {_outage(value * seconds)} in {duration(seconds)}, more than the budget"
        yield Diagnostic("W313", message, risk.span, (here,), help)
    if not alone and costs.total > share:
        message = f"its risks cost {_outage(costs.total * seconds)} together, and its budget is {budget}"
        yield Diagnostic("W313", message, target.span, labels, help)
    elif labels and costs.total * FAR < share and run.once(_all_known, slo.service, run):
        message = f"nothing that is known to happen comes near this target: its budget is {budget}"
        help = "barely happy works both ways: a tighter target costs nothing, or there are risks that nobody has named"
        yield Diagnostic("W318", message, target.span, labels, help)


def _all_known(service: ResolvedService, run: Run) -> bool:
    """Whether no risk may have been meant that is lost in a mistake."""
    names = {slo.tree.name.text for slo in service.slos}
    sound = (_is_sound(risk) and all(name.text in names for name in risk.on) for risk, _ in service.risks)
    return service.complete and run.resolved.is_whole(service.tree) and all(sound)


def _is_sound(risk: t.Risk) -> bool:
    """Whether it can be counted: a parameter stands in none, outside of templates."""
    parts = (risk.every, risk.lasting, risk.hitting)
    return not any(isinstance(part, t.Param) for part in parts) and not any(_impossible(risk))


def cost(risk: t.Risk) -> Fraction:
    """The share of all events that a risk spoils in the long run."""
    assert isinstance(risk.every, t.Duration)
    assert isinstance(risk.lasting, t.Duration)
    assert isinstance(risk.hitting, t.Percent)
    return burn.risk(int(risk.every.seconds), int(risk.lasting.seconds), risk.hitting.ratio)


def _outage(seconds: Fraction) -> str:
    """A time of full outage; many minutes say less than hours."""
    long = seconds >= 2 * burn.HOUR
    return f"{rounded(seconds / (burn.HOUR if long else burn.MINUTE))} {'hours' if long else 'minutes'} of full outage"
