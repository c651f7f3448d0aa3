"""Names of metrics and labels: valid, not reserved, and supported by the Prometheus version of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.project import Project
from slocompiler.promql import LABEL, METRIC, is_reserved, is_version_3
from slocompiler.resolve import ResolvedService, ResolvedSlo, text_of
from slocompiler.resolve.streams import Passed
from slocompiler.resolve.uses import filters_and_selectors
from slocompiler.syntax import tree as t


def stream_names(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E106, E209, E210 and E412 of metrics and labels in the streams of a service."""
    yield from _names((item for item, _ in service.streams), run)


def names(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E106, E209, E210 and E412 of metrics and labels in an SLO."""
    yield from _names(slo.tree.items, run)
    for one in (one for item in slo.tree.items if isinstance(item, t.Per) for one in item.labels):
        for label in dict.fromkeys((one.label, one.name)):
            yield from _legal(label, run.project, LABEL, "label")
    for entry, _ in slo.labels:
        name = text_of(entry.name)
        if is_reserved(name):
            help = "choose another name; alerts already have `slo`, `service`, `owner` and `severity`"
            yield reserved(entry.name, help)
        else:
            yield from _legal(entry.name, run.project, LABEL, "label")


def reserved(label: t.Name | t.Text, help: str, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    """E209 for a label that a program must not set."""
    message = f"the label `{text_of(label)}` is set by sloc or by Prometheus"
    return Diagnostic("E209", message, label.span, help=help, fixes=fixes)


def _names(items: Iterable[t.Statement], run: Run) -> Iterator[Diagnostic]:
    for node in filters_and_selectors(items):
        if node.intact:
            yield from _metric(node, run.project) if isinstance(node, t.Selector) else _filter(node, run.project)


def _metric(node: t.Selector, project: Project) -> Iterator[Diagnostic]:
    if node.filter is None or isinstance(node.name, t.Param) or isinstance(node, Passed):
        return
    if isinstance(node.name, t.Name) and "-" in node.name.text:
        name = node.name.text.replace("-", "_")
        if METRIC.match(name):
            yield Diagnostic(
                "E106",
                f"`{node.name.text}` is neither a declared stream nor a metric",
                node.name.span,
                help=f"metric names have underscores: write `{name}`",
                fixes=edits(f"write `{name}`", (node.name.span, name)),
            )
    else:
        yield from _legal(node.name, project, METRIC, "metric")


def _filter(node: t.Filter, project: Project) -> Iterator[Diagnostic]:
    if not node.matchers:
        yield Diagnostic("E210", "this filter is empty", node.span, help='say which events, such as `{code=~"5.."}`')
    for matcher in node.matchers:
        name = text_of(matcher.label)
        if name == "__name__":
            message = "`__name__` cannot be matched: write the name of the metric before the braces"
            yield Diagnostic("E209", message, matcher.label.span)
        elif not LABEL.match(name):
            yield from _legal(matcher.label, project, LABEL, "label")
        if isinstance(matcher.value, t.Text) and "\N{REPLACEMENT CHARACTER}" in matcher.value.value:
            message = "U+FFFD cannot be matched: Prometheus reads it as invalid text"
            yield Diagnostic("E210", message, matcher.value.span, help="use `=~`, and a dot in its place")


def _in_quotes(name: str, what: str) -> str:
    quoted = f'{{"{name or "a.metric"}"}}' if what == "metric" else f'"{name or "a.label"}"'
    return f"Prometheus 3 also allows other names, in quotes: `{quoted}`"


def _legal(node: t.Name | t.Text, project: Project, plain: re.Pattern[str], what: str) -> Iterator[Diagnostic]:
    if plain.match(text_of(node)):
        return
    if isinstance(node, t.Name) or not node.value:
        name = f"`{text_of(node)}`" if text_of(node) else "an empty name"
        message = f"{name} is not a valid {what} name: use letters, digits and underscores"
        can_quote = isinstance(node, t.Name) and what == "label" and is_version_3(project.server)
        fixes = edits(f'write `"{node.span.text}"`', (node.span, f'"{node.span.text}"')) if can_quote else ()
        yield Diagnostic("E106", message, node.span, help=_in_quotes(text_of(node), what), fixes=fixes)
    elif not is_version_3(project.server):
        message = f"the {what} name `{node.value}` is not valid in Prometheus {project.server}"
        help = 'this needs Prometheus 3.0: if all of your servers have it, write `server: "3.0"` in sloc.yaml'
        yield Diagnostic("E412", message, node.span, help=help)
