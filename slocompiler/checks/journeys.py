"""Journeys: the SLOs that they pass, how often, and whether their target follows from those of their steps."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler.burn import promised
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct
from slocompiler.lower.journey import through
from slocompiler.promql import percent
from slocompiler.resolve import Resolved, ResolvedSlo
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey, Ref, Through

MOST = 100
"""How often a journey can take a step, at most."""


def journeys(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E201, E204, E205, E230, E233, E234, E235, E508, W324, W365 and W366 of a journey."""
    journey = slo.service.tree
    if not isinstance(journey, Journey):
        return
    problems = [problem for ref in journey.refs if ref.intact for problem in _ref(ref, slo, run)]
    yield from problems
    if slo.through is None:
        if slo.intact:
            help = "name the SLOs that each journey passes, such as `through cart/availability, checkout/availability`"
            yield Diagnostic("E204", f"the journey `{journey.name.text}` has no steps", journey.name.span, help=help)
        return
    found = [*_repeated(slo.through), *_times(slo.through)]
    yield from found
    if not slo.intact or found or any(one.is_error for one in problems) or not _known(journey, run):
        return
    yield from _attempts(slo, slo.through, run)
    yield from _target(slo, slo.through, run)


def _known(journey: Journey, run: Run) -> bool:
    """Whether all of its steps are known, and have targets."""
    slos = [run.resolved.slos.get(ref.text) for ref in journey.refs]
    return all(slo and isinstance(slo.tree.target, t.Percent) and 0 < slo.tree.target.ratio < 1 for slo in slos)


def _ref(ref: Ref, journey: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E205, E230, E508 and W365 for an SLO that a journey names; a draft can pass drafts."""
    slo = run.resolved.slos.get(ref.text)
    if slo is None:
        if run.once(_all_known, run.resolved, ref.service):
            known = run.once(_names, run.resolved)
            help = one_of(ref.text, known, "declare it in a service of the project")
            yield Diagnostic(
                "E205", f"there is no SLO `{ref.text}`", ref.span, help=help, fixes=correct(ref.span, ref.text, known)
            )
    elif isinstance(slo.service.tree, Journey):
        here, help = (Label(slo.service.tree.name.span, "the other journey"),), "name the steps of the other journey"
        yield Diagnostic("E230", "a journey cannot pass another journey", ref.span, here, help)
    else:
        if slo.tree.draft and not journey.tree.draft:
            here = (Label(slo.tree.name.span, "this SLO is a draft"),)
            help = "agree on its target first: a journey promises what its steps promise together"
            yield Diagnostic("W365", f"the step `{ref.text}` is a draft", ref.span, here, help)
        for name, there in run.project.elsewhere.items():
            if there.has(journey.id) and not there.has(slo.id):
                here = (Label(there.only[0].span, "it has only these"),)
                help = f"add `{slo.id}` to `only` of `{name}`, or leave the journey out there"
                message = f"the deployment `{name}` has the journey, and not its step `{slo.id}`"
                yield Diagnostic("E508", message, ref.span, here, help)


def _all_known(resolved: Resolved, service: str) -> bool:
    """Whether no mistake hides an SLO of a service, or the service itself."""
    found = [one for one in resolved.services if one.tree.name.text == service]
    if found:
        return all(one.slos_intact for one in found)
    return not any(module.file.source.damage for module in resolved.modules)


def _names(resolved: Resolved) -> tuple[str, ...]:
    """The SLOs that a journey can pass."""
    return tuple(id for id, slo in resolved.slos.items() if not isinstance(slo.service.tree, Journey))


def _repeated(through: Through) -> Iterator[Diagnostic]:
    """E201 for an SLO that is named twice."""
    first: dict[str, Ref] = {}
    for ref in (choice for part in through.parts for choice in part.choices if choice.intact):
        if first.setdefault(ref.text, ref) is not ref:
            here, help = (Label(first[ref.text].span, "the first is here"),), f"name it once: `{ref.text} 2 times`"
            yield Diagnostic("E201", f"a second step `{ref.text}`", ref.span, here, help)


def _times(through: Through) -> Iterator[Diagnostic]:
    """E233 for a step that is taken a number of times that is not possible."""
    for part in through.parts:
        if part.times and part.times.intact and not (1 <= part.times.value <= MOST and part.times.value % 1 == 0):
            help = f"use a whole number from 1 to {MOST}"
            yield Diagnostic(
                "E233", f"a journey cannot take a step {part.times.span.text} times", part.times.span, help=help
            )


def _attempts(slo: ResolvedSlo, tree: Through, run: Run) -> Iterator[Diagnostic]:
    """E234 and E235: nothing counts the attempts. W366: they are counted late."""
    first = tree.parts[0]
    if slo.counted is None and len(first.choices) > 1:
        help = "name the SLO whose events are the attempts: `counted by cart/availability`"
        span = first.choices[0].span.to(first.choices[-1].span)
        yield Diagnostic("E234", "the first step has alternatives, so nothing counts all attempts", span, help=help)
        return
    by = slo.counted.by if slo.counted else first.choices[0]
    of = run.resolved.slos[by.text]
    if of.slices:
        here = (Label(of.slices.span, "it counts slices of time"),)
        help = "add `counted by` with an SLO that counts events"
        yield Diagnostic("E235", f"`{by.text}` does not count attempts", by.span, here, help)
    late = next((part for part in tree.parts[1:] if by.text in (choice.text for choice in part.choices)), None)
    if late:
        here = (Label(late.span, "this is not the first step"),)
        help = "count the attempts at the first step: in an outage of a step before, nobody is counted, and no budget is spent"
        yield Diagnostic("W366", f"`{by.text}` counts only the attempts that reach it", by.span, here, help)


def _target(slo: ResolvedSlo, tree: Through, run: Run) -> Iterator[Diagnostic]:
    """W324 for a target that does not follow from those of the steps."""
    target, most = slo.tree.target, promised(through(slo, tree, run.resolved.slos))
    if isinstance(target, t.Percent) and most < target.ratio < 1:
        share = percent(_cut(most))
        help = f"lower it to at most {share}, or raise the targets of its steps"
        message = (
            f"each step may fail as often as its target allows, and then {share} of journeys succeed: "
            f"{target.span.text} is more than its steps promise"
        )
        yield Diagnostic("W324", message, target.span, (Label(tree.span, "its steps"),), help)


def _cut(share: Decimal) -> Decimal:
    """The share, rounded down to a figure that a person would write as a target."""
    failed = 1 - share
    digits = max(3, -failed.adjusted() + 2)
    return Decimal(int(share.scaleb(digits))).scaleb(-digits)
