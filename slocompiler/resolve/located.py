"""Where the parts of an SLO are written. The IR knows no files; what a server answers is reported at the text it concerns."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.ir import Matcher
from slocompiler.record import record
from slocompiler.resolve.resolved import Choice, ResolvedSlo, Term
from slocompiler.source import Span
from slocompiler.syntax.tree import Review, text_of


@record
class Located:
    """The spans of an SLO's parts, by what they are in the IR."""

    name: Span
    window: Span
    events: Span
    """`events …`; with a condition instead, that."""
    part: Span
    """`good …` or `bad …`."""
    bounds: tuple[Span, ...]
    """Those of a threshold, in the order of the IR; empty for other SLOs."""
    per: dict[str, Span]
    """By the label of the events."""
    metrics: dict[str, Span]
    counters: dict[str, Span]
    matchers: dict[tuple[str, Matcher], Span]
    """By the metric of the selector; "" in filters, which have none."""
    review: Review | None
    """The statement that plans its review, which may be in defaults or in a template."""
    allowed: frozenset[str]
    """The codes of its `allow` statements, and those of its service."""

    def metric(self, metric: str) -> Span:
        """The selector of events that names a metric; of one that is only in raw PromQL, the expression."""
        return self.metrics.get(metric, self.events)

    def counter(self, metric: str) -> Span:
        """The selector of `good` or `bad` that names a metric."""
        return self.counters.get(metric, self.part)

    def matcher(self, matcher: Matcher, metric: str, otherwise: Span) -> Span:
        """A matcher in a selector of the metric, or in a filter; `otherwise` for one that a deployment adds."""
        return self.matchers.get((metric, matcher)) or self.matchers.get(("", matcher), otherwise)


def located(slo: ResolvedSlo) -> Located:
    """The locations of an SLO without errors."""
    part = slo.bad or slo.good
    if slo.through:
        return _journey(slo, slo.through.span)
    assert part, "checked: one of them is given (E204)"
    terms = [
        *slo.total,
        *part.terms,
        *part.looked_at,
        *(term for term, _ in slo.without),
        *(term for _, term in slo.proofs),
    ]
    choices = [*slo.exclude, *part.filters, *(choice for _, choice in slo.targets)]
    matchers = {("", matcher): span for matcher, span in _nodes([*choices, *(x for t in terms for x in t.exclude)])}
    for term in reversed(terms):
        matchers |= {(term.metric, matcher): span for matcher, span in _nodes([term])}
    measured = part.tree.other or part.tree
    return Located(
        name=slo.tree.name.span,
        window=slo.tree.window.span,
        events=slo.events.of.span if slo.events else measured.span,
        part=measured.span,
        bounds=tuple(bound.span for bound in part.tree.bounds),
        per={text_of(one.label): one.label.span for one in slo.per.labels} if slo.per else {},
        metrics={term.metric: term.span for term in reversed(terms)},
        counters={term.metric: term.span for term in part.terms},
        matchers=matchers,
        review=slo.review,
        allowed=frozenset(one.code.text for one in slo.allowed),
    )


def _journey(slo: ResolvedSlo, steps: Span) -> Located:
    """The locations of a journey, which reads no metric itself."""
    allowed = frozenset(one.code.text for one in slo.allowed)
    return Located(slo.tree.name.span, slo.tree.window.span, steps, steps, (), {}, {}, {}, {}, slo.review, allowed)


def _nodes(nodes: Iterable[Term | Choice]) -> Iterable[tuple[Matcher, Span]]:
    return ((matcher, one.span) for node in nodes for matcher, one in zip(node.matchers, node.nodes, strict=True))
