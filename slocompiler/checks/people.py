"""Who is behind a target, who agreed to it and why, and when they look at it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from slocompiler.burn import DAY
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.promql import duration
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.syntax import tree as t

CENTURY = 36500 * DAY


def owners(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """Every service has an owner, for not talking to one another is a systemic risk: E204."""
    help = 'name the team that is paged: `owner "payments"`'
    if service.owned is None:
        if service.whole:
            name = service.tree.name
            yield Diagnostic("E204", f"the service `{name.text}` has no owner", name.span, help=help)
    elif not service.owner.strip() and run.resolved.is_whole(t.Node(service.owned)):
        yield Diagnostic("E204", "an owner without a name", service.owned, help=help)


def agreement(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W310, W311 and W312: what is missing for those who agreed, who review, and who are woken. Drafts may lack it."""
    if slo.tree.draft or not slo.whole:
        return
    name = slo.tree.name
    if _unagreed(slo):
        place, what = _whose(slo, run, _unagreed)
        help = 'ask everyone who has an opinion, and name them: `stakeholders "product", "support"`'
        yield Diagnostic("W310", f"nobody is said to have agreed to {what}", place.span, help=help)
    if not slo.because.strip():
        help = 'say what users or colleagues suffer below it: `because "Above 0.1% the support queue doubles."`'
        yield Diagnostic("W311", f"the target of `{name.text}` has no reason", name.span, help=help)
    if _pages(slo) and _unguided(slo):
        place, what = _whose(slo, run, _unguided)
        help = 'say where whoever is woken begins: `runbook "https://…"`'
        yield Diagnostic("W312", f"{what} wakes people and has no runbook", place.span, help=help)


def _unagreed(slo: ResolvedSlo) -> bool:
    return not any(text.strip() for text in slo.stakeholders)


def _pages(slo: ResolvedSlo) -> bool:
    return not slo.tree.draft and (slo.alerts is None or any(line.severity == "page" for line in slo.alerts.lines))


def _unguided(slo: ResolvedSlo) -> bool:
    return not slo.runbook.strip() or not _pages(slo)


def _whose(slo: ResolvedSlo, run: Run, lacks: Callable[[ResolvedSlo], bool]) -> tuple[t.Name, str]:
    """The SLO, or its service where all of them lack it: then it is told once, where it would be said once."""
    if len(slo.service.slos) > 1 and run.once(_all, slo.service, lacks):
        name = slo.service.tree.name
        return name, f"the service `{name.text}`"
    return slo.tree.name, f"`{slo.tree.name.text}`"


def _all(service: ResolvedService, lacks: Callable[[ResolvedSlo], bool]) -> bool:
    return all(lacks(slo) for slo in service.slos)


def reviews(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W314: calibration is never done."""
    review = slo.review
    if run.today is None or review is None or not isinstance(review.last, t.Date) or not run.resolved.is_whole(review):
        return
    last = review.last.value
    if last > run.today:
        help = "the day of the last review that was held"
        yield Diagnostic("W314", "the last review is yet to come", review.last.span, help=help)
    elif isinstance(review.every, t.Duration) and review.every.seconds < CENTURY:
        every = int(review.every.seconds)
        if (run.today - last) >= timedelta(seconds=every):
            due = last + timedelta(seconds=every)
            message = f"a review was due on {due.isoformat()}"
            help = (
                f"every {duration(every)}, last on {last.isoformat()}: too strict, too loose, still what users need? "
                "Then write the new day"
            )
            yield Diagnostic("W314", message, review.span, help=help)
