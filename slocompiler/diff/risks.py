"""Changes of risks, and whether the budget covers them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn, promql
from slocompiler.diff.change import Change, Detail, Location, changed
from slocompiler.diff.match import matched
from slocompiler.diff.subject import Subject
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.ir import Risk
from slocompiler.record import replace


def risks(before: Subject, after: Subject) -> Iterator[Change]:
    """Risks that were added, removed or changed, and whether all of them fit into the budget now."""
    both = matched(_burdens(before), _burdens(after), lambda risk: risk, lambda risk: risk.text)
    for was, now in both:
        some = now or was
        assert some is not None, "one of them is there"
        if was != now:
            yield _change(after, some.text, was, now)
    if not fits(before) and fits(after):
        yield _burden(after, "risks", "the risks fit into the budget again")
    if fits(before):
        yield from overburdened(after)


def overburdened(one: Subject) -> Iterator[Change]:
    """A change that the risks cost more than the budget, if they do."""
    if not fits(one):
        yield _burden(one, "overburdened", "the risks do not fit into the budget")


def fits(one: Subject) -> bool:
    """Whether all risks together fit into the budget."""
    return cost(one) <= burn.budget(one.slo.target)


def cost(one: Subject) -> Fraction:
    """The share of all events that the risks make bad, on average."""
    return sum((burn.risk(risk.every, risk.lasting, risk.hitting) for risk in _burdens(one)), Fraction(0))


def _burdens(one: Subject) -> list[Risk]:
    """The risks of an SLO, without the names of others that they affect."""
    found = [replace(risk, on=()) for risk in one.service.risks if one.slo.name in risk.on]
    return sorted(found, key=repr)


def _change(after: Subject, text: str, was: Risk | None, now: Risk | None) -> Change:
    old, new = (language.risk(risk) if risk else None for risk in (was, now))
    return Change(
        kinds=("risks",),
        what=changed(old, new, Code(text)),
        location=Location(after.service.source),
        detail=Detail(before=was, after=now),
    )


def _burden(one: Subject, kind: str, what: str) -> Change:
    window = one.slo.window
    note: Phrase = (
        f"The risks cost {words.outage(int(cost(one) * window))} of full outage in {promql.duration(window)}. "
        f"The budget is {words.outage(one.scope.budget.outage)}.",
    )
    return Change(kinds=(kind,), what=(what,), location=Location(one.service.source), detail=Detail(notes=(note,)))
