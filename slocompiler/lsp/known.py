"""Texts and names that completion offers: those that a project uses already, and the metrics and labels of a server."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.lsp.metrics import Metrics
from slocompiler.lsp.snapshot import children
from slocompiler.record import record
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey
from slocompiler.syntax.tree import text_of


@record
class Known:
    """What is known of a project beyond its declarations."""

    owners: set[str]
    stakeholders: set[str]
    metrics: dict[str, set[str]]
    """The labels of each metric."""
    values: dict[str, set[str]]
    """The values of each label of a metric."""
    labels: dict[str, set[str]]
    """The names in `labels`, and the values of each."""
    slos: set[str]
    """The SLOs of services, as journeys name them; without those of templates."""
    of_metric: dict[str, dict[str, set[str]]]
    """The values of each label of a metric of the server."""


def known(files: Iterable[t.File], metrics: Metrics) -> Known:
    """What some files use, and the metrics of a server."""
    found = Known(set(), set(), {}, {}, {}, set(), {name: one.labels for name, one in metrics.items()})
    for name, one in metrics.items():
        found.metrics[name] = {*one.labels}
        for label, values in one.labels.items():
            found.values.setdefault(label, set()).update(values)
    for file in files:
        for item in file.declarations:
            if isinstance(item, t.Service) and not isinstance(item, Journey):
                slos = (one.name.text for one in item.items if isinstance(one, t.Slo))
                found.slos.update(f"{item.name.text}/{slo}" for slo in slos)
            inside = item.items if isinstance(item, t.Service | t.Template) else ()
            _add(item, found, {one.name.text for one in inside if isinstance(one, t.StreamDef)})
    return found


def _add(node: t.Node, found: Known, streams: set[str]) -> None:
    """Note a node and all inside it, of a block with these streams."""
    if isinstance(node, t.Owner) and isinstance(node.text, t.Text):
        found.owners.add(node.text.value)
    elif isinstance(node, t.Stakeholders):
        found.stakeholders.update(text.value for text in node.texts if isinstance(text, t.Text))
    elif isinstance(node, t.Label):
        values = found.labels.setdefault(text_of(node.name), set())
        values.update([node.value.value] if isinstance(node.value, t.Text) else [])
    elif isinstance(node, t.Selector) and node.filter and not isinstance(node.name, t.Param):
        if text_of(node.name) not in streams:
            labels = found.metrics.setdefault(text_of(node.name), set())
            labels.update(text_of(one.label) for one in node.filter.matchers)
    elif isinstance(node, t.Matcher) and not node.label.is_stand_in:
        values = found.values.setdefault(text_of(node.label), set())
        values.update([node.value.value] if isinstance(node.value, t.Text) else [])
    for child in children(node):
        _add(child, found, streams)
