"""Words before braces: a name with braces is a metric, also if it is a misspelt stream or a word that is no metric."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.lower import units
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.resolve.streams import Passed, as_metric
from slocompiler.suggest import similar
from slocompiler.syntax import tree as t

_QUANTORS = ("all", "any", "each", "every", "only", "some")
_FOLDS = ("avg", "count", "max", "min", "sum")
_RATES = ("increase", "irate", "rate")
NO_METRICS = (*_QUANTORS, *_FOLDS, *_RATES, "not")
"""Words that mean something else before braces (E220)."""
_LIKE_A_STREAM = 0.75
"""How similar a metric must be to a stream to be taken for it; less than for other names, because metrics are related."""
_METRIC = lazy_pattern(r".*:|.*_(?:total|created|info)$")
"""Names that only metrics have; so have those with a unit, and parts of a histogram."""


def stream_words(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E220 and W336 of the names of metrics in the streams of a service."""
    for item, _ in service.streams:
        yield from _judged(item.sum.terms, "events", run.once(_names, service), item.name.text)


def words(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E220 and W336 of the names of metrics in an SLO."""
    streams = run.once(_names, slo.service)
    if slo.events and isinstance(slo.events.of, t.Sum):
        yield from _judged(slo.events.of.terms, "events", streams)
    for part in (slo.good, slo.bad):
        if part:
            yield from _judged(part.tree.sets, part.tree.side, streams)
            yield from _judged(part.tree.looked_at, "when", streams)
    for item in slo.tree.items:
        if isinstance(item, t.Exclude) and isinstance(item.what, t.Sum):
            yield from _judged(item.what.terms, "exclude", streams)
    yield from _judged((proof.of for proof, _ in slo.proofs), "unless", streams)


def _names(service: ResolvedService) -> dict[str, None]:
    """The names of its streams, sorted."""
    return dict.fromkeys(sorted({item.name.text for item, _ in service.streams}))


def _judged(
    sets: Iterable[t.Selector | t.Filter], statement: str, streams: dict[str, None], own: str = ""
) -> Iterator[Diagnostic]:
    for node in sets:
        if isinstance(node, Passed) or not isinstance(node, t.Selector) or not isinstance(node.name, t.Name):
            continue
        if node.filter is None or not node.intact or node.name.text in streams:
            continue
        found = _no_metric(node, statement) if node.name.text in NO_METRICS else _like_a_stream(node, streams, own)
        yield from (found,) if found else ()


def _no_metric(node: t.Selector, statement: str) -> Diagnostic:
    """E220 for a word that means something else."""
    assert isinstance(node.name, t.Name)
    word, side = node.name.text, statement in ("good", "bad")
    fixes: tuple[Fix, ...] = ()
    if side and word == "not":
        other = "good" if statement == "bad" else "bad"
        fixes = _inverted(node, statement, other)
        help = (
            f"write `{other} {{…}}`: all other events are {statement}" if fixes else "negate the matchers: `!=`, `!~`"
        )
    elif side and word in _QUANTORS:
        help, fixes = f"leave it out: `{statement} {{…}}` is every event that matches", _removed(node)
    elif statement == "when" and word in _FOLDS:
        help = f"name the metric, in parentheses: `{word}(queue_length{{…}})`"
    elif word in _FOLDS or word in _RATES:
        help = "name the counter itself, such as `http_requests_total{…}`: sloc adds `sum` and `rate`"
    else:
        help = "name the metric, such as `http_requests_total{…}`"
    message = f"`{word}` is no metric"
    return Diagnostic(
        "E220", message, node.name.span, help=f"{help}; a metric `{word}` is `{as_metric(word, node)}`", fixes=fixes
    )


def _removed(node: t.Selector) -> tuple[Fix, ...]:
    """Leave out the word before the braces."""
    assert node.filter
    return edits(f"remove `{node.name.span.text}`", (node.span.part(node.span.start, node.filter.span.start), ""))


def _inverted(node: t.Selector, side: str, other: str) -> tuple[Fix, ...]:
    """Write the other side for `bad not {…}`, if it is the whole statement."""
    assert node.filter
    text, start = node.span.source.text, node.span.start
    begin = text.rfind(side, 0, start)
    if (
        begin < 0
        or text[begin + len(side) : start].strip()
        or re.match(r"\s*(?:or\b|\+|below|above)", text[node.span.end :])
    ):
        return ()
    return edits(f"write `{other} {{…}}`", (node.span.part(begin, node.filter.span.start), f"{other} "))


def _like_a_stream(node: t.Selector, streams: Iterable[str], own: str) -> Diagnostic | None:
    """W336 for a metric that is named almost like a stream, but its `own`; None if it is named like a metric."""
    assert isinstance(node.name, t.Name)
    name = node.name.text
    if _METRIC.match(name) or units.base_of(name) != name or units.suffix_of(name):
        return None
    close = [one for one in similar(name, streams, _LIKE_A_STREAM) if one != own]
    if not close:
        return None
    help = f'did you mean the stream `{close[0]}`? If it is a metric, `allow W336 because "…"`'
    fixes = edits(f"write `{close[0]}`", (node.name.span, close[0]))
    return Diagnostic(
        "W336", f"`{name}` has braces, so it is a metric, not a stream", node.name.span, help=help, fixes=fixes
    )
