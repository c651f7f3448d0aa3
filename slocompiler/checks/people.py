"""The people behind a target: the owner, those who agreed to it and why, and when they review it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from slocompiler.burn import DAY
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.promql import duration
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.source import Span
from slocompiler.suggest import closest, did_you_mean
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey

CENTURY = 36500 * DAY
"""In seconds. A longer time between reviews would leave the range of dates."""
RARE = 2 * 366 * DAY
"""In seconds. After two years, many of the people who agreed to a target have other work, and its reasons are forgotten."""
EXAMPLE = date(2026, 10, 1)
"""The date that a help shows if today's is not known."""
_ADDRESS = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/]")
_CODE = lazy_pattern(r"(?:javascript|data):", re.IGNORECASE)
"""Addresses that browsers run or show as a page of the site that links to them."""


def owners(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E204 for a service without an owner, W339 for one that the project file does not know."""
    help = 'name the team that is paged: `owner "payments"`'
    if service.owned is None:
        if service.intact:
            name, kind = service.tree.name, "journey" if isinstance(service.tree, Journey) else "service"
            yield Diagnostic("E204", f"the {kind} `{name.text}` has no owner", name.span, help=help)
    elif isinstance(service.owner, str) and not service.owner.strip() and service.owned.intact:
        yield Diagnostic("E204", "this owner has no name", service.owned, help=help)
    elif run.project.owners and isinstance(service.owner, str) and service.owner not in run.project.owners:
        yield _unknown_owner(service.owner, service.owned, run.project.owners)


def _unknown_owner(name: str, span: Span, known: Iterable[str]) -> Diagnostic:
    help = did_you_mean(name, known) or f'add it: `owners: {{{name}: "@…"}}`'
    quoted = re.search(r'"[^"]*"$', span.text)
    close = closest(name, known) if quoted and quoted[0] == f'"{name}"' else ""
    fixes = edits(f"write `{close}`", (span.part(span.end - len(name) - 1, span.end - 1), close)) if close else ()
    return Diagnostic("W339", f"`owners` in sloc.yaml does not have `{name}`", span, help=help, fixes=fixes)


def addresses(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E223 and W340 for a runbook or a link that is no address of a page."""
    given = [("runbook", slo.runbook), *[(f"link {title}", url) for title, url in slo.links]]
    odd = [(name, url) for name, url in given if url.strip() and not _is_page(url)]
    spans = dict(slo.origins) if odd else {}
    # a misspelt word has no origin, and a backslash begins an escape: both have diagnostics of their own
    for name, url in ((name, url) for name, url in odd if name in spans and "\\" not in spans[name].text):
        word = name.partition(" ")[0]
        if _CODE.match(re.sub(r"[\s\x00-\x20]", "", url)):
            help = "name a page: `https://…`"
            yield Diagnostic("E223", f"this {word} runs code in the browser of the reader", spans[name], help=help)
        elif "{{" in url:
            help = "`{{…}}` is not replaced here, as `${service}` and `${slo}` are"
            yield Diagnostic("W340", f"this {word} is not the address of a page", spans[name], help=help)
        else:
            help = "begin it with `https://`, so that people can open it from the alert"
            yield Diagnostic("W340", f"this {word} is not the address of a page", spans[name], help=help)


def _is_page(url: str) -> bool:
    """Whether a text is the address of a page, and nothing that browsers run."""
    return bool(_ADDRESS.match(url)) and "{{" not in url and not _CODE.match(url)


def agreement(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W310, W311 and W312: an SLO without stakeholders, a reason or, if it pages, a runbook. A draft needs none."""
    if slo.tree.draft or not slo.intact:
        return
    name = slo.tree.name
    if _unagreed(slo):
        node, what = _whose(slo, run, _unagreed)
        help = 'name the people who agreed to the target: `stakeholders "product", "support"`'
        yield Diagnostic("W310", f"{what} has no stakeholders", node.span, help=help)
    if not slo.because.strip():
        help = 'say who suffers below it, and how: `because "Above 0.1% the support queue doubles."`'
        yield Diagnostic("W311", f"the target of `{slo.called}` has no reason", name.span, help=help)
    if _pages(slo) and _unguided(slo):
        node, what = _whose(slo, run, _unguided)
        help = 'link to the first steps for the person on call: `runbook "https://…"`'
        yield Diagnostic("W312", f"{what} pages people and has no runbook", node.span, help=help)


def _unagreed(slo: ResolvedSlo) -> bool:
    return not any(text.strip() for text in slo.stakeholders)


def _pages(slo: ResolvedSlo) -> bool:
    lines = (line for alerts in (slo.alerts, *(x.alerts for x in slo.variants)) if alerts for line in alerts.lines)
    return not slo.tree.draft and (slo.alerts is None or any(line.severity == "page" for line in lines))


def _unguided(slo: ResolvedSlo) -> bool:
    return not slo.runbook.strip() or not _pages(slo)


def _whose(slo: ResolvedSlo, run: Run, lacks: Callable[[ResolvedSlo], bool]) -> tuple[t.Name, str]:
    """The name to report and its description: the service if all of its SLOs lack something, else the SLO.

    Reported at the service, it is one diagnostic instead of one for each SLO.
    """
    if len(slo.service.slos) > 1 and run.once(_all, slo.service, lacks):
        name = slo.service.tree.name
        return name, f"the service `{name.text}`"
    kind = "journey" if isinstance(slo.service.tree, Journey) else "SLO"
    return slo.tree.name, f"the {kind} `{slo.called}`"


def _all(service: ResolvedService, lacks: Callable[[ResolvedSlo], bool]) -> bool:
    return all(lacks(slo) for slo in service.slos)


def reviews(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W314 for a review that is overdue, or whose last date is in the future; W353 for one that comes late or never."""
    review = slo.review
    if review is None or not review.intact:
        return
    if not slo.tree.draft and not isinstance(review.every, t.Param):
        yield from _too_rare(review, run.today)
    if run.today is None or not isinstance(review.last, t.Date):
        return
    last = review.last.value
    if last > run.today:
        help = "write the date of the last review that took place"
        yield Diagnostic("W314", "the date of the last review is in the future", review.last.span, help=help)
    elif isinstance(review.every, t.Duration) and review.every.seconds < CENTURY:
        every = int(review.every.seconds)
        if (run.today - last) >= timedelta(seconds=every):
            due = last + timedelta(seconds=every)
            message = f"a review was due on {due.isoformat()}"
            help = (
                f"the last one was on {last.isoformat()}, and they are due every {duration(every)}: "
                "is the target too strict or too loose? Then write the new date"
            )
            yield Diagnostic("W314", message, review.span, help=help)


def _too_rare(review: t.Review, today: date | None) -> Iterator[Diagnostic]:
    """W353. The example in its help is today's date if there is one."""
    if isinstance(review.every, t.Duration) and review.every.seconds > RARE:
        message = (
            f"{review.every.span.text} is long between reviews: by then, few people remember why the target was chosen"
        )
        yield Diagnostic("W353", message, review.every.span, help="use a year or less, such as `90d`")
    if review.last is None:
        added = f"last {(today or EXAMPLE).isoformat()}"
        fixes = edits(f"add `{added}`", (review.span.after, f" {added}")) if today else ()
        message = "this review is never due, because no date of the last one is given"
        help = f"add the day on which the target was agreed or last reviewed, such as `{added}`"
        yield Diagnostic("W353", message, review.span, help=help, fixes=fixes)
