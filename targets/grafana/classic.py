"""The classic dashboard schema, which every Grafana loads: one list of panels and rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from slocompiler.targets.grafana.ids import numbered
from slocompiler.targets.grafana.model import (
    COLUMNS,
    Annotation,
    Dashboard,
    Json,
    Link,
    Look,
    Placed,
    Query,
    Section,
    TextVariable,
    Variable,
)
from slocompiler.targets.grafana.text import dumps, listed, quoted

SCHEMA_VERSION = 39
"""The schema version of Grafana 10.3; newer versions migrate it when they load it."""
SOURCE = "datasource"
"""The variable of the data source."""
REF_IDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The names of a panel's queries."""
_PROMETHEUS = dumps({"type": "prometheus", "uid": f"${{{SOURCE}}}"})


def render(dashboard: Dashboard) -> str:
    """The dashboard as a file, a few lines for each panel."""
    panels = ",\n".join(_panels(dashboard))
    parts = [
        ("description", dumps(dashboard.description)),  # first: by it a build knows its files
        ("uid", dumps(dashboard.uid)),
        ("title", dumps(dashboard.title)),
        ("tags", dumps(dashboard.tags)),
        ("editable", "false"),
        ("graphTooltip", "1"),
        ("schemaVersion", str(SCHEMA_VERSION)),
        ("refresh", dumps("1m")),
        ("time", dumps({"from": dashboard.time_from, "to": "now"})),
        ("timezone", dumps("browser")),
        ("links", listed(map(_link, dashboard.links), 2)),
        ("annotations", f'{{"list": {listed(map(_annotation, dashboard.annotations), 2)}}}'),
        ("templating", f'{{"list": {listed(_variables(dashboard), 2)}}}'),
        ("panels", f"[\n{panels}\n  ]"),
    ]
    return "{" + ",\n  ".join(f'"{name}": {value}' for name, value in parts) + "\n}\n"


# Panels


def _panels(dashboard: Dashboard) -> Iterator[Json]:
    numbers = numbered(key for section in dashboard.sections for key in section.keys)
    y = 0
    for section in dashboard.sections:
        if section.title:
            yield _row(section, numbers[section.key], y)
            y += 1
        for placed in section.panels:
            yield _panel(placed, numbers[section.named(placed.panel)], y)
        y += section.height


def _row(section: Section, number: int, y: int) -> Json:
    place = f'{{"x": 0, "y": {y}, "w": {COLUMNS}, "h": 1}}'
    title = dumps(section.title)
    row = f'"id": {number}, "type": "row", "title": {title}, "collapsed": false, "gridPos": {place}, "panels": []'
    return f"    {{{row}}}"


def _panel(placed: Placed, number: int, y: int) -> Json:
    """A panel, with one property per line."""
    panel = placed.panel
    look = panel.look
    place = f'{{"x": {placed.x}, "y": {y + placed.y}, "w": {placed.width}, "h": {placed.height}}}'
    parts = [
        f'"id": {number}, "type": "{look.kind}", "title": {quoted(panel.title)}',
        f'"description": {quoted(panel.description)}',
        f'"gridPos": {place}',
    ]
    if panel.queries:
        named = zip(REF_IDS, panel.queries, strict=False)
        targets = ",\n        ".join([f'{{"refId": "{name}", {asked(query)}}}' for name, query in named])
        parts.append(f'"datasource": {_PROMETHEUS},\n      "targets": [\n        {targets}\n      ]')
    if panel.time_from:
        parts.append(f'"timeFrom": "{panel.time_from}"')
    if panel.interval:
        parts.append(f'"interval": "{panel.interval}"')
    parts.append(_drawn(look))
    inner = ",\n      ".join(parts)
    return f"    {{\n      {inner}\n    }}"


@lru_cache(maxsize=1024)
def _drawn(look: Look) -> Json:
    """The text that equal panels have in common."""
    changes = ", ".join(f'{{"id": "{change.id}", "options": {change.options}}}' for change in look.transformations)
    first = f'"transformations": [{changes}],\n      ' if changes else ""
    return f'{first}"fieldConfig": {look.field_config},\n      "options": {look.options}'


def asked(query: Query) -> Json:
    """The properties of a query of the Prometheus data source."""
    when = '"instant": true, "range": false' if query.instant else '"range": true'
    shape = "" if query.format == "time_series" else f', "format": "{query.format}"'
    return f'"expr": {dumps(query.expr)}, "legendFormat": {quoted(query.legend)}, {when}{shape}'


# What stands above them


def _link(link: Link) -> dict[str, object]:
    kind = {"type": "dashboards", "asDropdown": True} if link.tag else {"type": "link", "asDropdown": False}
    return {
        "title": link.title,
        "tooltip": link.tooltip,
        **kind,
        "url": link.url,
        "tags": [link.tag] if link.tag else [],
        "icon": "external link",
        "targetBlank": False,
        "keepTime": True,
        "includeVars": True,
    }


def _annotation(annotation: Annotation) -> dict[str, object]:
    """An annotation. Grafana reads its query from `target`; older versions read it from the keys next to `target`."""
    asked = {"expr": annotation.expr, "step": annotation.step}
    return {
        "name": annotation.name,
        "datasource": {"type": "prometheus", "uid": f"${{{SOURCE}}}"},
        "enable": True,
        "iconColor": annotation.color,
        **asked,
        "titleFormat": annotation.title,
        "textFormat": "",
        "tagKeys": "severity,owner",
        "target": {"refId": "Anno", "expr": annotation.expr, "interval": annotation.step, "range": True},
    }


def _variables(dashboard: Dashboard) -> Iterator[dict[str, object]]:
    yield {
        "name": SOURCE,
        "type": "datasource",
        "label": "Prometheus",
        "description": "The Prometheus that records the SLOs.",
        "query": "prometheus",
        "current": {"text": "default", "value": "default"},
        "refresh": 1,
    }
    for variable in dashboard.variables:
        yield _text(variable) if isinstance(variable, TextVariable) else _variable(variable)
    for name, value in dashboard.constants:
        current = {"text": value, "value": value}
        yield {"name": name, "type": "constant", "query": value, "current": current, "hide": 2, "skipUrlSync": True}


def _text(variable: TextVariable) -> dict[str, object]:
    empty = {"text": "", "value": ""}
    about = {"name": variable.name, "type": "textbox", "label": variable.label, "description": variable.description}
    return {**about, "query": "", "current": empty}


def _variable(variable: Variable) -> dict[str, object]:
    first: dict[str, object] = {"text": variable.chosen, "value": variable.chosen}
    every = {"multi": True, "includeAll": True, "allValue": ".*"} if variable.many else {}
    return {
        "name": variable.name,
        "type": "query",
        "label": variable.label,
        "description": variable.description,
        "datasource": {"type": "prometheus", "uid": f"${{{SOURCE}}}"},
        "query": {"query": variable.query, "refId": "A"},
        "regex": variable.regex,
        "current": {"text": ["All"], "value": ["$__all"]} if variable.many else first,
        **every,
        "refresh": 2,
        "sort": 1,
    }
