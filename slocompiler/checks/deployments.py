"""Deployments: what an SLO says goes with each place where it runs, and raw PromQL says where itself."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.selection import Rule, counters, excluded, rules, written
from slocompiler.deployments import mentioned
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Deployment, Matcher
from slocompiler.promql import judge
from slocompiler.regex.sets import never
from slocompiler.resolve import ResolvedSlo, text_of
from slocompiler.syntax import tree as t


def places(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E209, E215, E217 and E418."""
    known = run.project.deployments
    if known:
        yield from _labels(slo, known)
        if slo.intact and slo.service.intact:
            yield from _matchers(slo, known)
        for node in (node for node in _promql(slo) if node.intact):
            yield from _raw(node, known)


def _labels(slo: ResolvedSlo, known: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """Labels that deployments set cannot be set or split by here."""
    recorded = {label.name for one in known for label in one.labels}
    fixed = recorded | {matcher.label for one in known for matcher in one.where}
    for entry, _ in slo.labels:
        if text_of(entry.name) in recorded:
            message = f"the label `{text_of(entry.name)}` is set by the deployments"
            yield Diagnostic("E209", message, entry.name.span, help="leave it out: alerts carry it anyway")
    for node in slo.per.labels if slo.per else ():
        if text_of(node) in fixed:
            message = f"each deployment has one `{text_of(node)}` only"
            yield Diagnostic("E215", message, node.span, help="leave it out: each has a budget of its own anyway")


def _matchers(slo: ResolvedSlo, known: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """What is asked for by a selector, or by a filter of `good` or `bad`, and some deployment has not."""
    parts = [part for part in (slo.good, slo.bad) if part]
    asked = [rule for term in (*slo.total, *counters(slo)) for rule in (*rules(term), *excluded(term.exclude))]
    asked += (rule for part in parts for choice in part.filters for rule in rules(choice))
    for rule in asked:
        for one in known:
            if _lacks(rule, one):
                yield _nothing(rule, one)
                break


def _lacks(rule: Rule, deployment: Deployment) -> bool:
    return any(m.label == rule.matcher.label and never((m, rule.matcher)) for m in deployment.where)


def _nothing(rule: Rule, deployment: Deployment) -> Diagnostic:
    there = next(m for m in deployment.where if m.label == rule.matcher.label)
    message = f"the deployment `{deployment.name}` has nothing of this: there `{written(there)}` holds"
    help = f"leave `{there.label}` out: `where` of each deployment asks for its own"
    return Diagnostic("E217", message, rule.said.span, help=help)


# Raw PromQL


def _promql(slo: ResolvedSlo) -> Iterator[t.Promql]:
    part = slo.good or slo.bad
    other = part.tree.other if part else None
    condition = slo.exclude_when.what if slo.exclude_when else None
    nodes = (slo.events.of if slo.events else None, other.operand if isinstance(other, t.When) else other, condition)
    yield from (node for node in nodes if isinstance(node, t.Promql))


def _raw(node: t.Promql, known: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """The first selector that does not say where, or that says it of another deployment's series too."""
    for one in known:
        selectors = judge.selectors(mentioned(node.text, one.where))
        for asked in one.where:
            for matchers in selectors:
                said = [matcher for matcher in matchers if matcher.label == asked.label]
                others = {m for other in known for m in other.where if m.label == asked.label} - {asked}
                wrong = _wrong(asked, said, one.name, others)
                if wrong:
                    help = f'each selector needs `{asked.label}="${asked.label}"`, which is the value of the deployment'
                    yield Diagnostic("E418", wrong, node.span, help=help)
                    return


def _wrong(asked: Matcher, said: list[Matcher], name: str, others: set[Matcher]) -> str:
    if not said:
        return f"a selector without `{asked.label}`: it reads the series of every deployment"
    if never((asked, *said)):
        return f"a selector reads nothing in the deployment `{name}`: there `{written(asked)}` holds"
    mixed = sorted(other.value for other in others if not never((other, *said)))
    return f"a selector of the deployment `{name}` also reads the series of `{mixed[0]}`" if mixed else ""
