"""Exclusions: an error that is excluded is a promise that is not kept, so each says why it affects no user."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.resolve.imports import SHIPPED
from slocompiler.syntax import tree as t

_BECAUSE = lazy_pattern(r"[ \t]*because(?![\w:-])")


def exclusions(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W330 for each exclusion of an SLO without a reason. A draft needs none."""
    if not slo.tree.draft:
        yield from (_unreasoned(x) for x in slo.tree.items if isinstance(x, t.Exclude) and _lacks(x, x.reason))


def excluded_counters(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E252 for counters that cannot be subtracted from the events of an SLO."""
    part = slo.good or slo.bad
    if not slo.intact or not part:
        return
    total = {term.metric: term for term in slo.total}
    for term, _ in slo.without:
        if part.tree.bound:
            here = (Label(part.tree.bound.span, "which of the excluded events it concerns is not known"),)
            message = "a threshold cannot be combined with an excluded counter"
            yield Diagnostic("E252", message, term.span, here, "exclude by a label of the histogram: `exclude {…}`")
        elif not total:
            message = "there are no counters from which its events can be subtracted"
            help = "subtract it in the expression" if slo.events else "use `exclude when` for times that do not count"
            yield Diagnostic("E252", message, term.span, help=help)
        elif term.metric in total:
            here = (Label(total[term.metric].span, "all events"),)
            help = "exclude by labels: `exclude {…}`"
            yield Diagnostic("E252", f"`{term.metric}` counts the events themselves", term.span, here, help)


def stream_exclusions(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """W330 for each stream with an exclusion without a reason."""
    yield from (_unreasoned(x) for x, _ in service.streams if x.exclude and _lacks(x, x.reason))


def _lacks(node: t.Statement, reason: t.TextLike | None) -> bool:
    """Whether an exclusion has no reason; those of the library are not the business of who uses it."""
    is_empty = reason is None or (isinstance(reason, t.Text) and not reason.value.strip())
    return is_empty and node.intact and not node.span.source.path.startswith(SHIPPED)


def _unreasoned(node: t.StreamDef | t.Exclude) -> Diagnostic:
    place = node.exclude if isinstance(node, t.StreamDef) and node.exclude else node
    help = 'add it in quotes: `exclude {…} "The client gave up."`'
    if _BECAUSE.match(node.span.source.text, node.span.end):
        help = "remove the word `because`: here it gives the reason of the target, and the exclusion has none"
    return Diagnostic("W330", "nothing says why this affects no user", place.span, help=help)
