"""`per` and `target {…}`: which values have a budget of their own, and another target."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.promql import is_reserved, opposite
from slocompiler.resolve import ResolvedSlo, text_of
from slocompiler.syntax import tree as t

MOST = 2
"""Labels of `per` beyond which traffic is spread thin."""


def per_labels(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E209, E215 and W321."""
    wrong = list(_labels(slo))
    yield from wrong
    if slo.per and slo.intact and not wrong and len(slo.per.labels) > MOST:
        message = f"`per` over {len(slo.per.labels)} labels: every combination of their values has a budget of its own"
        help = "of few events each one is a large share of a budget: one label, or two, whose values have much traffic"
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
            yield Diagnostic("E215", f"`{label}` is named twice", node.span, here, "keep one of them")
        elif is_reserved(label):
            help = "a budget of its own needs a label of the events, such as `per route`"
            yield Diagnostic("E209", f"the label `{label}` is set by sloc or by Prometheus", node.span, help=help)
        elif label in fixed:
            help = "it has one value here: leave `per` out"
            yield Diagnostic("E215", f"the events have one `{label}` only", node.span, help=help)
        elif label in own:
            here = (Label(own[label].span, "a value for all is given here"),)
            yield Diagnostic("E215", f"`{label}` is both in `per` and in `labels`", node.span, here, "keep one of them")


def _targets(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    known = [text_of(node) for node in slo.per.labels] if slo.per else []
    for target, _ in slo.targets:
        if not slo.per:
            help = "say which label has budgets of its own: `per route`"
            yield Diagnostic("E215", "another target for some needs `per`", target.span.word, help=help)
            continue
        for matcher in target.filter.matchers:
            if text_of(matcher.label) not in known:
                help = f"targets differ by what is in `per`: {', '.join(f'`{name}`' for name in known)}"
                yield Diagnostic("E215", f"`{text_of(matcher.label)}` is not in `per`", matcher.label.span, help=help)
