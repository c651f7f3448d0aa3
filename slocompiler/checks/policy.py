"""Steps of an error budget policy: each is at a possible share of the budget, and at its own."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits, remove
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

_NOTIFY = lazy_pattern(r"\s*\bnotify(?=(\s+gate)?\Z)")


def policy_steps(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E407, E410 and W354 of an SLO's policy."""
    yield from _unsent(slo)
    seen: dict[object, t.Step] = {}
    for step in slo.policy.steps if slo.policy else ():
        if not step.intact or isinstance(step.below, t.Param):  # reported where the argument is given
            continue
        below = step.below.ratio if step.below else 0
        if isinstance(step.below, t.Percent) and not 0 < below < 1:
            yield _no_share(step, step.below)
        if seen.setdefault(below, step) is not step:
            here = (Label(seen[below].span, "the first is here"),)
            fixes = remove("remove this step", step.span) + remove("remove the first step", seen[below].span)
            message = "a second step for the same remaining budget"
            yield Diagnostic("E410", message, step.span, here, "remove one of them", fixes)


def _no_share(step: t.Step, below: t.Percent) -> Diagnostic:
    message = f"`below {below.span.text}` is not a share of the budget"
    help = "use more than 0% and less than 100%; for a spent budget, write `exhausted`"
    spent = step.span.part(step.span.start, below.span.end)
    fixes = edits("write `exhausted`", (spent, "exhausted"), safe=True) if below.ratio == 0 else ()
    return Diagnostic("E407", message, below.span, help=help, fixes=fixes)


def _unsent(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W354 for a step that notifies, in a policy of an SLO without alerts; a policy of the service serves other SLOs."""
    own = next((item for item in slo.tree.items if isinstance(item, t.Policy)), None)
    if own and slo.alerts and slo.alerts.none and not slo.tree.draft:
        for step in (step for step in own.steps if step.notify and step.intact):
            here = (Label(slo.alerts.span, "no alerts, and no notifications"),)
            help = "remove `notify`, or write alerts, such as `alerts { ticket when budget below 0% }`"
            found = _NOTIFY.search(step.span.text)
            assert found, "it notifies"
            fixes = edits("remove `notify`", (step.span.part(*(step.span.start + at for at in found.span())), ""))
            yield Diagnostic("W354", "this step notifies nobody", step.span, here, help, fixes)
