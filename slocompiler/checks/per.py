"""`per` and `target {…}`: separate budgets for the values of a label, and other targets for some of them."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.naming import reserved
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.promql import is_reserved, opposite
from slocompiler.resolve import ResolvedSlo, text_of
from slocompiler.syntax import tree as t

MOST = 2
"""How many labels `per` can have before W321: more split the traffic into too few events for each budget."""


def per_labels(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E209, E215 and W321 of an SLO."""
    del run
    wrong = list(_labels(slo))
    yield from wrong
    if slo.per and slo.whole and not wrong and len(slo.per.labels) > MOST:
        message = f"`per` with {len(slo.per.labels)} labels: each combination of their values has its own budget"
        help = "use one or two labels: in a budget of few events, a single error is a large share"
        yield Diagnostic("W321", message, slo.per.span, help=help)
    yield from _targets(slo)


def _labels(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    part = slo.good or slo.bad
    fixed = {
        m.label
        for term in (*slo.total, *(part.looked_at if part else ()))
        for m in (
            *term.matchers,
            *(opposite(c.matchers[0]) for c in (*term.exclude, *slo.exclude) if len(c.matchers) == 1),
        )
        if m.op == "="
    }
    own = {text_of(entry.name): entry for entry, _ in slo.labels}
    seen: dict[str, t.Name | t.Text] = {}
    for node in slo.per.labels if slo.per else ():
        label = text_of(node)
        first = seen.setdefault(label, node)
        if first is not node:
            here = (Label(first.span, "the first is here"),)
            yield Diagnostic("E215", f"`{label}` is listed twice", node.span, here, "remove one of them")
        elif is_reserved(label):
            yield reserved(node, "use a label of the events, such as `per route`")
        elif label in fixed:
            help = "use a label with several values, or remove it"
            yield Diagnostic("E215", f"all events have the same `{label}`", node.span, help=help)
        elif label in own:
            here = (Label(own[label].span, "one value for all is set here"),)
            message = f"`{label}` is both in `per` and in `labels`"
            yield Diagnostic("E215", message, node.span, here, "remove one of them")


def _targets(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    known = [text_of(node) for node in slo.per.labels] if slo.per else []
    for target, _ in slo.targets:
        if not slo.per:
            help = "add the label whose values have their own budgets, such as `per route`"
            yield Diagnostic("E215", "another target for some events needs `per`", target.span.word, help=help)
            continue
        for matcher in target.filter.matchers:
            if text_of(matcher.label) not in known:
                help = f"use a label of `per`: {', '.join(f'`{name}`' for name in known)}"
                yield Diagnostic("E215", f"`{text_of(matcher.label)}` is not in `per`", matcher.label.span, help=help)
