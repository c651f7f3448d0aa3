"""Names of metrics and labels: legal, not reserved, known to the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.project import Project
from slocompiler.promql import LABEL, METRIC, is_reserved, is_version_3
from slocompiler.resolve import ResolvedService, ResolvedSlo, text_of
from slocompiler.resolve.streams import Passed
from slocompiler.syntax import tree as t


def stream_names(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """Metrics and labels in the streams of a service: E106, E209, E210, E412."""
    yield from _names((item for item, _ in service.streams), run)


def names(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Metrics and labels of an SLO: E106, E209, E210, E412."""
    yield from _names(slo.tree.items, run)
    for label in (label for item in slo.tree.items if isinstance(item, t.Per) for label in item.labels):
        yield from _legal(label, run.project, LABEL.match(text_of(label)) is not None, "label")
    for entry, _ in slo.labels:
        name = text_of(entry.name)
        if is_reserved(name):
            message = f"the label `{name}` is set by sloc or by Prometheus"
            help = "choose another name: alerts carry slo, service, owner and severity anyway"
            yield Diagnostic("E209", message, entry.name.span, help=help)
        else:
            yield from _legal(entry.name, run.project, LABEL.match(name) is not None, "label")


def _names(items: Iterable[t.Statement], run: Run) -> Iterator[Diagnostic]:
    for node in filter(run.resolved.is_whole, filters_and_selectors(items)):
        if isinstance(node, t.Selector):
            yield from _metric(node, run.project)
        else:
            yield from _filter(node, run.project)


def filters_and_selectors(items: Iterable[t.Statement]) -> Iterator[t.Filter | t.Selector]:
    """All that stand in streams and in what an SLO measures."""
    for item in items:
        if isinstance(item, t.StreamDef):
            yield from _in_sets(item.sum.terms)
            yield from _in_filters(item.exclude)
        elif isinstance(item, t.Events) and isinstance(item.of, t.Sum):
            yield from _in_sets(item.of.terms)
        elif isinstance(item, t.Exclude) and isinstance(item.what, t.Filters):
            yield from _in_filters(item.what)
        elif isinstance(item, t.Measure):
            yield from _in_sets(item.sets)
            operand = item.other.operand if isinstance(item.other, t.When) else None
            looked_at = operand.of if isinstance(operand, t.Fold) else operand
            yield from _in_sets((looked_at,)) if isinstance(looked_at, t.Selector) else ()
        elif isinstance(item, t.TargetFor):
            yield item.filter


def _in_sets(sets: tuple[t.Selector | t.Filter, ...]) -> Iterator[t.Filter | t.Selector]:
    for node in sets:
        yield node
        if isinstance(node, Passed):
            yield from _in_sets((node.of,))
        if isinstance(node, t.Selector) and node.filter:
            yield from (m for m in (node.filter,) if m.matchers)


def _in_filters(filters: t.Filters | None) -> Iterator[t.Filter]:
    yield from (f for f in (filters.choices if filters else ()) if isinstance(f, t.Filter))


def _metric(node: t.Selector, project: Project) -> Iterator[Diagnostic]:
    if node.filter is None or isinstance(node.name, t.Param) or isinstance(node, Passed):
        return
    if isinstance(node.name, t.Name) and "-" in node.name.text:
        if METRIC.match(node.name.text.replace("-", "_")):
            yield Diagnostic(
                "E106",
                f"`{node.name.text}` is neither a declared stream nor a metric",
                node.name.span,
                help=f"metrics have underscores: `{node.name.text.replace('-', '_')}`",
            )
    else:
        yield from _legal(node.name, project, METRIC.match(text_of(node.name)) is not None, "metric")


def _filter(node: t.Filter, project: Project) -> Iterator[Diagnostic]:
    if not node.matchers:
        yield Diagnostic("E210", "a filter without a condition", node.span, help='say which events: `{code=~"5.."}`')
    for matcher in node.matchers:
        name = text_of(matcher.label)
        if name == "__name__":
            yield Diagnostic(
                "E209", "`__name__` cannot be matched: the metric's name stands before the braces", matcher.label.span
            )
        else:
            yield from _legal(matcher.label, project, LABEL.match(name) is not None, "label")
        if isinstance(matcher.value, t.Text) and "\N{REPLACEMENT CHARACTER}" in matcher.value.value:
            message = "U+FFFD cannot be compared: Prometheus takes it for broken text"
            yield Diagnostic("E210", message, matcher.value.span, help="match it by `=~` and a dot in its place")


def _in_quotes(name: str, what: str) -> str:
    quoted = f'{{"{name or "a.metric"}"}}' if what == "metric" else f'"{name or "a.label"}"'
    return f"Prometheus 3 knows other names, too; they stand in quotes: `{quoted}`"


def _legal(node: t.Name | t.Text, project: Project, plain: bool, what: str) -> Iterator[Diagnostic]:
    if plain:
        return
    if isinstance(node, t.Name) or not node.value:
        yield Diagnostic(
            "E106",
            f"`{text_of(node)}` cannot be a {what}: letters, digits and underscores",
            node.span,
            help=_in_quotes(text_of(node), what),
        )
    elif not is_version_3(project.server):
        yield Diagnostic(
            "E412",
            f"the {what} `{node.value}` has a name that Prometheus {project.server} does not know",
            node.span,
            help='such names came with Prometheus 3.0: `server: "3.0"` in sloc.yaml says that yours has them',
        )
