"""A counter of good or bad events counts a part of the events: else more than 100% of them can be bad."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.selection import Rule, conflict, follows, in_full, rules, written
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits
from slocompiler.ir import Matcher
from slocompiler.regex.sets import always, never
from slocompiler.resolve import ResolvedSlo, Term

_ONE_VALUE = (
    *("job", "instance", "namespace", "cluster", "region", "zone", "env", "environment"),
    *("code", "status_code", "response_code", "http_status_code", "grpc_code"),
)
"""Labels that have one value for each event: where it is counted, and the code of its response. With another label, one event
may be counted several times, such as a job that has started and failed."""


def subsets(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E217 and W338 for counters of good or bad events that count something else than `events`."""
    if not slo.intact or not slo.service.intact:
        return
    for part in (part for part in (slo.good, slo.bad) if part):
        for term in (term for term in part.terms if term.matchers and not conflict(rules(term))):
            same = [one for one in slo.total if one.metric == term.metric and not conflict(rules(one))]
            if same:
                yield from _same_metric(same[0], term, part.tree.side)
            elif slo.total and all(_differs(one, term) for one in slo.total):
                yield _other_job(slo.total[0], term, part.tree.side)


def _same_metric(events: Term, term: Term, side: str) -> Iterator[Diagnostic]:
    own = rules(term)
    if follows(term, rules(events)):
        return  # it counts all events, which E225 reports
    lacking = [rule for rule in rules(events) if not always(rule.matcher, _about(rule, own))]
    apart = [rule for rule in lacking if never((rule.matcher, *_about(rule, own)))]
    for rule in [rule for rule in apart if rule.matcher.label in _ONE_VALUE][:1]:
        here = (Label(rule.node.span, "all events match this"),)
        other = next(one for one in own if one.matcher.label == rule.matcher.label)
        what = f"`{written(other.matcher)}` is not among the events, which have `{written(rule.matcher)}`"
        help = f"use the same matcher: `{side}` must count a part of the events"
        yield Diagnostic("E217", what, other.node.span, here, help)
    if lacking and not apart:
        there = tuple(Label(rule.node.span, "all events match this") for rule in lacking)
        added = ", ".join(in_full(rule.matcher) for rule in lacking)
        message = (
            f"`{side}` counts more than the events: it lacks `{', '.join(written(rule.matcher) for rule in lacking)}`"
        )
        help = "the share can pass 100%: add the matcher, or classify with a filter alone"
        yield Diagnostic("W338", message, term.span, there, help, _added(term, added))


def _about(rule: Rule, own: list[Rule]) -> list[Matcher]:
    return [one.matcher for one in own if one.matcher.label == rule.matcher.label]


def _added(term: Term, text: str) -> tuple[Fix, ...]:
    """Add matchers behind the last one that stands in the braces of a counter."""
    within = [node for node in term.nodes if node.span.source is term.span.source and node.span.end < term.span.end]
    last = max(within, key=lambda node: node.span.end, default=None)
    inside = last and last.span.start > term.span.start
    return edits("add the matchers of the events", (last.span.after, f", {text}")) if last and inside else ()


def _differs(events: Term, term: Term) -> bool:
    """Whether another job counts, and no label but those of the events narrows what it counts."""
    if {matcher.label for matcher in term.matchers} - {matcher.label for matcher in events.matchers}:
        return False
    jobs = [rule.matcher for one in (events, term) for rule in rules(one) if rule.matcher.label == "job"]
    return len(jobs) > 1 and never(jobs)


def _other_job(events: Term, term: Term, side: str) -> Diagnostic:
    mine, theirs = (next(rule for rule in rules(one) if rule.matcher.label == "job") for one in (term, events))
    here = (Label(theirs.node.span, "the events are counted here"),)
    message = (
        f"`{side}` counts at another job: `{written(mine.matcher)}`, but the events have `{written(theirs.matcher)}`"
    )
    help = 'two jobs count different events, and the share can pass 100%; if this is intended, `allow W338 because "…"`'
    return Diagnostic("W338", message, mine.node.span, here, help)
