"""Risks: what they cost, by frequency, impact and users hit, against what targets can carry."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn
from slocompiler.checks.run import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower import burdens
from slocompiler.promql import duration, rounded
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

FAR = 100
"""A budget so many times as large as all risks together is none that anybody will ever feel."""


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


def burdened(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W313 for each risk that costs more than the budget, else for all together; W318 where they hardly count."""
    if not slo.service.risks:
        return
    target, window = slo.tree.target, slo.tree.window
    found = [risk for risk, _ in slo.service.risks if burdens(risk, slo) and run.resolved.is_whole(risk)]
    found = [risk for risk in found if _is_sound(risk)]
    if not isinstance(target, t.Percent) or not isinstance(window, t.Duration) or not 0 < target.ratio < 1:
        return
    budget = burn.budget(target.ratio) * int(window.seconds)
    costs = {risk: cost(risk) * int(window.seconds) for risk in found}
    here = Label(target.span, f"{slo.tree.name.text} has a budget of {_minutes(Fraction(budget))}")
    help = "make it rarer, shorter or smaller, or ask whether users would miss so much: then loosen the target"
    if any(value > budget for value in costs.values()):
        for risk, value in costs.items():
            if value > budget:
                message = (
                    f"this risk alone costs {_minutes(value)} in {duration(int(window.seconds))}, more than the budget"
                )
                yield Diagnostic("W313", message, risk.span, (here,), help)
    elif sum(costs.values()) > budget:
        labels = tuple(Label(risk.span, _minutes(value)) for risk, value in costs.items())
        message = f"its risks cost {_minutes(Fraction(sum(costs.values())))} together, and its budget is {_minutes(Fraction(budget))}"
        yield Diagnostic("W313", message, target.span, labels, help)
    elif costs and sum(costs.values()) * FAR < budget and _all_known(slo.service, run):
        labels = tuple(Label(risk.span, _minutes(value)) for risk, value in costs.items())
        message = f"nothing that is known to happen comes near this target: its budget is {_minutes(Fraction(budget))}"
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


def _minutes(seconds: Fraction) -> str:
    """A time of full outage; many minutes say less than hours."""
    long = seconds >= 2 * burn.HOUR
    return f"{rounded(seconds / (burn.HOUR if long else burn.MINUTE))} {'hours' if long else 'minutes'} of full outage"
