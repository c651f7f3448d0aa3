"""Deployments: an SLO must fit every deployment of its service, and its raw PromQL must select the deployment itself."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.per import without
from slocompiler.checks.selection import Rule, counters, excluded, rules, written
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits, remove_item
from slocompiler.ir import Deployment, Matcher
from slocompiler.project import Project
from slocompiler.regex.sets import never
from slocompiler.resolve import ResolvedSlo, text_of
from slocompiler.syntax import tree as t


def deployments(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E209, E215, E217, E418 and E507 of an SLO; none in a project without deployments."""
    elsewhere = run.project.elsewhere
    known = tuple(one for one in run.project.deployments if elsewhere[one.name].has(slo.id))
    if elsewhere and not known and slo.tree.name.intact:
        yield _nowhere(slo, run.project)
    if known:
        yield from _labels(slo, known)
        if slo.intact and slo.service.intact:
            yield from _matchers(slo, known)
        for node in (node for node in _promql(slo) if node.intact):
            yield from _raw(node, known)


def _nowhere(slo: ResolvedSlo, project: Project) -> Diagnostic:
    """E507: every deployment has `only`, and none names the SLO."""
    here = tuple(Label(there.only[0].span, f"`{name}` has only these") for name, there in project.elsewhere.items())
    help = f"add `{slo.id}` to `only` of a deployment, or remove the SLO"
    return Diagnostic("E507", f"no deployment has the SLO `{slo.id}`", slo.tree.name.span, here, help)


def fixed_labels(known: tuple[Deployment, ...]) -> set[str]:
    """The labels that have a single value in each deployment."""
    recorded = {label.name for one in known for label in one.labels}
    return recorded | {matcher.label for one in known for matcher in one.where}


def _labels(slo: ResolvedSlo, known: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """E209 and E215: an SLO cannot set a label of the deployments, nor use one in `per`."""
    recorded, fixed = {label.name for one in known for label in one.labels}, fixed_labels(known)
    for entry, _ in slo.labels:
        if text_of(entry.name) in recorded:
            message = f"the label `{text_of(entry.name)}` is set by the deployments in sloc.yaml"
            fixes = remove_item("remove this label", entry.span) or edits("remove this label", (entry.span, ""))
            yield Diagnostic("E209", message, entry.name.span, help="remove it: alerts already have it", fixes=fixes)
    for one in slo.per.labels if slo.per else ():
        node, name = one.label, one.name
        if text_of(node) in fixed:
            message = f"each deployment has only one value of `{text_of(node)}`"
            help = "remove it: each deployment already has its own budget"
            yield Diagnostic("E215", message, node.span, help=help, fixes=without(one, slo))
        elif text_of(name) in recorded:
            message = f"the label `{text_of(name)}` is set by the deployments in sloc.yaml"
            yield Diagnostic("E209", message, name.span, help="choose another name")


def _matchers(slo: ResolvedSlo, known: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """E217: a matcher of a selector, or of a filter of `good` or `bad`, that selects nothing in some deployment."""
    parts = [part for part in (slo.good, slo.bad) if part]
    wanted = [rule for term in (*slo.total, *counters(slo)) for rule in (*rules(term), *excluded(term.exclude))]
    wanted += (rule for part in parts for choice in part.filters for rule in rules(choice))
    for rule in wanted:
        for one in known:
            if _lacks(rule, one):
                yield _nothing(rule, one)
                break


def _lacks(rule: Rule, deployment: Deployment) -> bool:
    return any(m.label == rule.matcher.label and never((m, rule.matcher)) for m in deployment.where)


def _nothing(rule: Rule, deployment: Deployment) -> Diagnostic:
    there = next(m for m in deployment.where if m.label == rule.matcher.label)
    message = f"this selects nothing in the deployment `{deployment.name}`, where `{written(there)}` applies"
    help = f"remove the matcher on `{there.label}`: each deployment adds its own"
    fixes = remove_item("remove this matcher", rule.node.span)
    return Diagnostic("E217", message, rule.node.span, help=help, fixes=fixes)


# Raw PromQL


def _promql(slo: ResolvedSlo) -> Iterator[t.Promql]:
    part = slo.good or slo.bad
    other = part.tree.other if part else None
    condition = slo.exclude_when.what if slo.exclude_when else None
    judged = (other.of, other.counted) if isinstance(other, t.When) else (other,)
    nodes = (slo.events.of if slo.events else None, *judged, condition)
    yield from (node for node in nodes if isinstance(node, t.Promql))


def _raw(node: t.Promql, known: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """E418 for the first selector that does not select one of the deployments, or selects another one too."""
    from slocompiler.deployments import mentioned  # only raw PromQL needs these
    from slocompiler.promql import judge

    for one in known:
        selectors = judge.selectors(mentioned(node.text, one.where))
        for wanted in one.where:
            for matchers in selectors:
                given = [matcher for matcher in matchers if matcher.label == wanted.label]
                others = {m for other in known for m in other.where if m.label == wanted.label} - {wanted}
                message = _wrong(wanted, given, one.name, others)
                if message:
                    value = f"`${wanted.label}` is its value in each deployment"
                    help = f'add `{wanted.label}="${wanted.label}"` to each selector: {value}'
                    yield Diagnostic("E418", message, node.span, help=help)
                    return


def _wrong(wanted: Matcher, given: list[Matcher], name: str, others: set[Matcher]) -> str:
    """What is wrong with the matchers that a selector has on the label of `wanted`; "" for nothing."""
    if not given:
        return f"a selector without `{wanted.label}` reads the series of every deployment"
    if never((wanted, *given)):
        return f"a selector finds nothing in the deployment `{name}`, where `{written(wanted)}` applies"
    mixed = sorted(other.value for other in others if not never((other, *given)))
    return f"a selector of the deployment `{name}` also reads the series of `{mixed[0]}`" if mixed else ""
