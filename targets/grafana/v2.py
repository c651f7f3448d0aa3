"""The v2 schema of dashboards for Grafana 13 and later: panels by name, and a layout that refers to them."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.targets.grafana.classic import REF_IDS, SOURCE, asked
from slocompiler.targets.grafana.ids import numbered
from slocompiler.targets.grafana.model import (
    Annotation,
    Dashboard,
    Json,
    Link,
    Placed,
    Query,
    Section,
    TextVariable,
    Variable,
)
from slocompiler.targets.grafana.text import dumps, listed

API = "dashboard.grafana.app/v2"
_CHOSEN = {"name": f"${{{SOURCE}}}"}


def render(dashboard: Dashboard) -> str:
    """The dashboard as a file, a few lines for each panel."""
    numbers = numbered(key for section in dashboard.sections for key in section.keys)
    panels = ((placed, section.named(placed.panel)) for section in dashboard.sections for placed in section.panels)
    elements = ",\n".join(_element(placed, numbers[key]) for placed, key in panels)
    times = {"timezone": "browser", "from": dashboard.time_from, "to": "now", "autoRefresh": "1m",
             "autoRefreshIntervals": ["1m", "5m", "15m", "1h"], "hideTimepicker": False, "fiscalYearStartMonth": 0}  # fmt: skip  # one line there
    parts = [
        ("description", dumps(dashboard.description)),  # first: by it a build knows its files
        ("title", dumps(dashboard.title)),
        ("tags", dumps(dashboard.tags)),
        ("editable", "false"),
        ("cursorSync", dumps("Crosshair")),
        ("preload", "false"),
        ("timeSettings", dumps(times)),
        ("links", listed(map(_link, dashboard.links), 4)),
        ("annotations", listed(map(_annotation, dashboard.annotations), 4)),
        ("variables", listed(_variables(dashboard), 4)),
        ("elements", f"{{\n{elements}\n    }}"),
        ("layout", _layout(dashboard, numbers)),
    ]
    spec = ",\n    ".join(f'"{name}": {value}' for name, value in parts)
    named = dumps({"name": dashboard.uid})
    return f'{{"apiVersion": "{API}", "kind": "Dashboard", "metadata": {named},\n  "spec": {{{spec}\n  }}\n}}\n'


# Panels


def _element(placed: Placed, number: int) -> Json:
    panel = placed.panel
    look = panel.look
    named = zip(REF_IDS, panel.queries, strict=False)
    queries = ",\n          ".join(_query(query, name) for name, query in named)
    changes = ", ".join(
        f'{{"kind": "Transformation", "group": "{change.id}", "spec": {{"options": {change.options}}}}}'
        for change in look.transformations
    )
    chosen = {"timeFrom": panel.time_from, "interval": panel.interval}
    parts = [
        f'"id": {number}, "title": {dumps(panel.title)}',
        f'"description": {dumps(panel.description)}',
        '"links": []',
        f'"data": {{"kind": "QueryGroup", "spec": {{"queries": [\n          {queries}\n        ], "transformations": [{changes}], '
        f'"queryOptions": {dumps({name: value for name, value in chosen.items() if value})}}}}}',
        f'"vizConfig": {{"kind": "VizConfig", "group": "{look.kind}", "version": "", "spec": {{\n'
        f'          "fieldConfig": {look.field_config},\n          "options": {look.options}}}}}',
    ]
    inner = ",\n        ".join(parts)
    return f'      "{_name(number)}": {{"kind": "Panel", "spec": {{\n        {inner}\n      }}}}'


def _name(number: int) -> str:
    return f"panel-{number}"


def _query(query: Query, name: str) -> Json:
    group = f'"kind": "DataQuery", "group": "prometheus", "version": "v0", "datasource": {dumps(_CHOSEN)}'
    inner = f'{{{group}, "spec": {{{asked(query)}}}}}'
    return f'{{"kind": "PanelQuery", "spec": {{"refId": "{name}", "hidden": false, "query": {inner}}}}}'


def _data(spec: dict[str, object]) -> dict[str, object]:
    return {"kind": "DataQuery", "group": "prometheus", "version": "v0", "datasource": _CHOSEN, "spec": spec}


def _layout(dashboard: Dashboard, numbers: dict[str, int]) -> Json:
    rows = ",\n".join(_row(section, numbers) for section in dashboard.sections)
    return f'{{"kind": "RowsLayout", "spec": {{"rows": [\n{rows}\n    ]}}}}'


def _row(section: Section, numbers: dict[str, int]) -> Json:
    items = [
        {
            "kind": "GridLayoutItem",
            "spec": {
                "x": placed.x,
                "y": placed.y,
                "width": placed.width,
                "height": placed.height,
                "element": {"kind": "ElementReference", "name": _name(numbers[section.named(placed.panel)])},
            },
        }
        for placed in section.panels
    ]
    head = {"title": section.title, "collapse": False, "hideHeader": not section.title}
    placed = ",\n        ".join(map(dumps, items))
    return (
        f'      {{"kind": "RowsLayoutRow", "spec": {{{dumps(head)[1:-1]}, "layout": {{"kind": "GridLayout", "spec": {{"items": [\n'
        f"        {placed}\n      ]}}}}}}}}"
    )


# What stands above them


def _link(link: Link) -> dict[str, object]:
    return {
        "title": link.title,
        "type": "dashboards" if link.tag else "link",
        "icon": "external link",
        "tooltip": link.tooltip,
        "url": link.url,
        "tags": [link.tag] if link.tag else [],
        "asDropdown": bool(link.tag),
        "targetBlank": False,
        "includeVars": True,
        "keepTime": True,
    }


def _annotation(annotation: Annotation) -> dict[str, object]:
    query = _data({"expr": annotation.expr, "interval": annotation.step, "range": True, "refId": "Anno"})
    named = {"titleFormat": annotation.title, "textFormat": "", "tagKeys": "severity,owner", "step": annotation.step}
    spec = {"name": annotation.name, "enable": True, "hide": False, "iconColor": annotation.color, "query": query}
    return {"kind": "AnnotationQuery", "spec": {**spec, "legacyOptions": {**named, "expr": annotation.expr}}}


def _variables(dashboard: Dashboard) -> Iterator[dict[str, object]]:
    common: dict[str, object] = {
        "refresh": "onDashboardLoad",
        "regex": "",
        "options": [],
        "multi": False,
        "includeAll": False,
    }
    yield {
        "kind": "DatasourceVariable",
        "spec": {
            "name": SOURCE,
            "pluginId": "prometheus",
            "label": "Prometheus",
            "description": "The Prometheus that records the SLOs.",
            "current": {"text": "default", "value": "default"},
            **common,
            "hide": "dontHide",
            "skipUrlSync": False,
            "allowCustomValue": True,
        },
    }
    for variable in dashboard.variables:
        yield _text(variable) if isinstance(variable, TextVariable) else _variable(variable)
    for name, value in dashboard.constants:
        current = {"text": value, "value": value}
        hidden = {"hide": "hideVariable", "skipUrlSync": True}
        yield {"kind": "ConstantVariable", "spec": {"name": name, "query": value, "current": current, **hidden}}


def _text(variable: TextVariable) -> dict[str, object]:
    about = {"name": variable.name, "label": variable.label, "description": variable.description}
    shown = {"query": "", "current": {"text": "", "value": ""}, "hide": "dontHide", "skipUrlSync": False}
    return {"kind": "TextVariable", "spec": {**about, **shown}}


def _variable(variable: Variable) -> dict[str, object]:
    first: dict[str, object] = {"text": variable.chosen, "value": variable.chosen}
    spec: dict[str, object] = {
        "name": variable.name,
        "label": variable.label,
        "description": variable.description,
        "query": _data({"query": variable.query, "refId": "A"}),
        "regex": variable.regex,
        "current": {"text": ["All"], "value": ["$__all"]} if variable.many else first,
        "options": [],
        "multi": variable.many,
        "includeAll": variable.many,
        **({"allValue": ".*"} if variable.many else {}),
        "refresh": "onTimeRangeChanged",
        "sort": "alphabeticalAsc",
        "hide": "dontHide",
        "skipUrlSync": False,
        "allowCustomValue": True,
    }
    return {"kind": "QueryVariable", "spec": spec}
