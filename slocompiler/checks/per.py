"""`per` and `target {…}`: separate budgets for the values of a label, and other targets for some of them."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.naming import reserved
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import add_statement, edits, remove, remove_item
from slocompiler.promql import can_group, is_reserved, opposite
from slocompiler.resolve import Part, ResolvedSlo, text_of
from slocompiler.syntax import tree as t

MOST = 2
"""How many labels `per` can have before W321: more split the traffic into too few events for each budget."""


def per_labels(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E209, E215, W321, W341 and W342 of an SLO."""
    wrong = list(_labels(slo)) or list(_classified(slo))
    yield from wrong
    if slo.per and slo.intact and not wrong and len(slo.per.labels) > MOST:
        message = f"`per` with {len(slo.per.labels)} labels: each combination of their values has its own budget"
        help = "use one or two labels: in a budget of few events, a single error is a large share"
        yield Diagnostic("W321", message, slo.per.span, help=help)
    yield from _targets(slo)
    yield from _base(slo)
    yield from _empty(slo)


def _classified(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E215 for `per` with all labels that classify the events: each budget has only good events, or only bad ones."""
    part = slo.good or slo.bad
    if slo.per is None or part is None or not slo.intact or part.tree.bound:
        return
    own = {text_of(one.label): one for one in slo.per.labels}
    used = _classifying(slo, part)
    for name in own if used and used <= own.keys() else ():
        if name in used:
            here = (Label(part.tree.span, "this classifies the events"),)
            message = f"each value of `{name}` has only good events, or only bad ones"
            help = "use a label that does not classify the events, such as `per route`"
            yield Diagnostic("E215", message, own[name].span, here, help, without(own[name], slo))


def _classifying(slo: ResolvedSlo, part: Part) -> set[str]:
    """The labels by which events are good or bad; none if another metric counts them."""
    if not part.terms:
        return {matcher.label for choice in part.filters for matcher in choice.matchers}
    total = {term.metric: set(term.matchers) for term in slo.total}
    if {term.metric for term in part.terms} != total.keys():
        return set()
    return {matcher.label for term in part.terms for matcher in term.matchers if matcher not in total[term.metric]}


def _base(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W341 for a last target that is the target of the SLO; an earlier one may except values from a later filter."""
    for target, _ in slo.targets[-1:]:
        mine, base = target.target, slo.tree.target
        if isinstance(mine, t.Percent) and isinstance(base, t.Percent) and mine.ratio == base.ratio:
            here = (Label(base.span, "the target of the SLO"),)
            message = "this target is the same as that of the SLO"
            fixes = remove("remove this target", target.span)
            yield Diagnostic("W341", message, target.span, here, "use another target, or remove it", fixes)


def _empty(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W342 for a label without a value."""
    for entry, value in slo.labels:
        if not value and entry.value.span.text == '""':
            message = f"the label `{text_of(entry.name)}` has no value: Prometheus drops it"
            fixes = remove_item("remove this label", entry.span) or edits("remove this label", (entry.span, ""))
            yield Diagnostic("W342", message, entry.span, help="give it a value, or remove it", fixes=fixes)


def without(label: t.PerLabel, slo: ResolvedSlo) -> tuple[Fix, ...]:
    """Remove a label of `per`, unless a target of the SLO uses it."""
    name, title = text_of(label.name), f"remove `{label.span.text}` from `per`"
    if slo.per is None or any(text_of(m.label) == name for target, _ in slo.targets for m in target.filter.matchers):
        return ()
    return remove_item(title, label.span) if len(slo.per.labels) > 1 else remove(title, slo.per.span)


def _fixed(slo: ResolvedSlo) -> set[str]:
    """The labels that have the same value for all events."""
    part = slo.good or slo.bad
    return {
        m.label
        for term in (*slo.total, *(part.looked_at if part else ()))
        for m in (
            *term.matchers,
            *(opposite(c.matchers[0]) for c in (*term.exclude, *slo.exclude) if len(c.matchers) == 1),
        )
        if m.op == "="
    }


def _labels(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    if not slo.per:
        return
    fixed = _fixed(slo)
    own = {text_of(entry.name): entry for entry, _ in slo.labels}
    seen: dict[str, t.Name | t.Text] = {}
    for one in slo.per.labels:
        node, named, label, name = one.label, one.name, text_of(one.label), text_of(one.name)
        first = seen.setdefault(name, named)
        if first is not named or seen.setdefault(label, node) not in (node, named):
            twice = named if first is not named else node
            here = (Label(seen[text_of(twice)].span, "the first is here"),)
            fixes = without(one, slo)
            message = f"`{text_of(twice)}` is listed twice"
            yield Diagnostic("E215", message, twice.span, here, "remove one of them", fixes)
        elif _is_never_counted(label) or (node is named and is_reserved(label)):
            yield _reserved(node)
        elif is_reserved(name):
            yield reserved(named, "choose another name")
        elif not (can_group(label) and can_group(name)):
            wrong = named if can_group(label) else node
            help = "rename the label where Prometheus scrapes it, in `metric_relabel_configs`"
            help = "choose another name" if wrong is not node else help
            yield Diagnostic("E215", f"PromQL cannot group by a label called `{text_of(wrong)}`", wrong.span, help=help)
        elif label in fixed:
            help = "use a label with several values, or remove it"
            message = f"all events have the same `{label}`"
            yield Diagnostic("E215", message, node.span, help=help, fixes=without(one, slo))
        elif name in own:
            here = (Label(own[name].span, "one value for all is set here"),)
            message = f"`{name}` is both in `per` and in `labels`"
            yield Diagnostic("E215", message, named.span, here, "remove one of them", without(one, slo))


def _is_never_counted(label: str) -> bool:
    """Whether it is no label of events: that of buckets, or one of Prometheus itself."""
    return label == "le" or label.startswith("__")


def _reserved(node: t.Name | t.Text) -> Diagnostic:
    """E209 for a label of the events whose name recorded series have for something else, as sloc or Prometheus sets it."""
    if _is_never_counted(text_of(node)):
        return reserved(node, "use a label of the events, such as `per route`")
    renamed = f"{node.span.text} as exported_{text_of(node)}"
    fixes = edits(f"write `{renamed}`", (node.span, renamed))
    return reserved(node, f"record it under another name, such as `per {renamed}`", fixes)


def _targets(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    if not slo.targets:
        return
    known = [text_of(one.name) for one in slo.per.labels] if slo.per else []
    taken = _fixed(slo) | {text_of(entry.name) for entry, _ in slo.labels}
    for target, _ in slo.targets:
        if not slo.per:
            help = "add the label whose values have their own budgets, such as `per route`"
            names = list(dict.fromkeys(matcher.label.span.text for matcher in target.filter.matchers))
            added = f"per {', '.join(names)}"
            fixes = add_statement(f"add `{added}`", slo.tree.span, added) if names else ()
            message = "another target for some events needs `per`"
            yield Diagnostic("E215", message, target.span.word, help=help, fixes=fixes)
            continue
        for matcher in target.filter.matchers:
            name = text_of(matcher.label)
            if name not in known:
                help = f"use a label of `per`: {', '.join(f'`{label}`' for label in known)}"
                usable = can_group(name) and not is_reserved(name) and name not in taken
                title = f"add `{matcher.label.span.text}` to `per`"
                fixes = edits(title, (slo.per.labels[-1].span.after, f", {matcher.label.span.text}")) if usable else ()
                yield Diagnostic("E215", f"`{name}` is not in `per`", matcher.label.span, help=help, fixes=fixes)
