"""Reads dashboards as Grafana does, in either schema, and fills in their variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slocompiler.ir import Program
from slocompiler.targets import render
from slocompiler.targets.grafana.options import Options as GrafanaOptions
from slocompiler.targets.shared import Options

Data = dict[str, Any]
SLO = """
  slo NAME TEXT 99.9% over 30d {
    events m_total{job=TEXT} exclude {path=TEXT}
    bad {code=TEXT}
    runbook TEXT stakeholders TEXT link TEXT TEXT because TEXT
    policy { below 25% TEXT }
  }
"""
SOURCE = "${datasource}"
REFERENCE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}")
"""What Grafana replaces: VARIABLE_REGEX of @grafana/scenes."""
BUILT_IN = {"__rate_interval": "5m", "__range": "1h", "__interval": "1m"}


@dataclass(frozen=True)
class Panel:
    """A panel, whatever the schema; `y` is counted over the whole dashboard."""

    id: int
    kind: str
    title: str
    description: str
    place: tuple[int, int, int, int]
    sources: list[Any]
    queries: list[Data]
    field_config: Data
    options: Data
    transformations: list[Data]
    time_from: str
    interval: str
    heading: str

    @property
    def key(self) -> str:
        """What a reader calls it."""
        return f"{self.heading}: {self.title}"


def dashboards(program: Program, schema: str = "classic", rows: bool = False, **more: Any) -> dict[str, Data]:
    """The dashboards of a program, by the names of their files: `overview`, `shop`, `shop.answers`."""
    more["targets"] = {"grafana": GrafanaOptions(schema=schema, rows=rows)}  # type: ignore[arg-type]  # tests pass one of the two
    made = render(program, "grafana", Options(**more))
    return {Path(name).stem: json.loads(text) for name, text in made.items() if name.endswith(".json")}


def with_text(name: str, text: str) -> str:
    """The source of a service `s` with one SLO that has the text wherever a text can be."""
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("${", "$${")):
        text = text.replace(sign, escape)
    return f'service s {{ owner "team" {SLO.replace("NAME", name).replace("TEXT", chr(34) + text + chr(34))} }}'


def on_server(version: str) -> Any:
    """Options for a server of that version."""
    return {"server": version}


def panels(data: Data) -> list[Panel]:
    """Every panel but rows."""
    return list(_of_v2(data["spec"]) if "spec" in data else _of_classic(data))


def panel(data: Data, title: str) -> Panel:
    """The first panel whose title begins so."""
    return next(found for found in panels(data) if found.title.startswith(title))


def _of_classic(data: Data) -> Iterator[Panel]:
    heading = ""
    for panel in data["panels"]:
        if panel["type"] == "row":
            heading = panel["title"]
            continue
        place = panel["gridPos"]
        yield Panel(
            id=panel["id"],
            kind=panel["type"],
            title=panel.get("title", ""),
            description=panel.get("description", ""),
            place=(place["x"], place["y"], place["w"], place["h"]),
            sources=[panel.get("datasource", {}).get("uid")] if panel["type"] != "text" else [],
            queries=panel.get("targets", []),
            field_config=panel["fieldConfig"],
            options=panel["options"],
            transformations=panel.get("transformations", []),
            time_from=panel.get("timeFrom", ""),
            interval=panel.get("interval", ""),
            heading=heading,
        )


def _of_v2(spec: Data) -> Iterator[Panel]:
    top = 0
    for row in (row["spec"] for row in spec["layout"]["spec"]["rows"]):
        items = [item["spec"] for item in row["layout"]["spec"]["items"]]
        for item in items:
            panel = spec["elements"][item["element"]["name"]]["spec"]
            data, shown = panel["data"]["spec"], panel["vizConfig"]
            asked = [query["spec"] for query in data["queries"]]
            yield Panel(
                id=panel["id"],
                kind=shown["group"],
                title=panel.get("title", ""),
                description=panel.get("description", ""),
                place=(item["x"], top + item["y"], item["width"], item["height"]),
                sources=[query["query"].get("datasource", {}).get("name") for query in asked],
                queries=[{"refId": query["refId"], **query["query"]["spec"]} for query in asked],
                field_config=shown["spec"]["fieldConfig"],
                options=shown["spec"]["options"],
                transformations=[{"id": c["group"], "options": c["spec"]["options"]} for c in data["transformations"]],
                time_from=data["queryOptions"].get("timeFrom", ""),
                interval=data["queryOptions"].get("interval", ""),
                heading=row["title"],
            )
        top += max(item["y"] + item["height"] for item in items)


def variables(data: Data) -> dict[str, Data]:
    """Every variable, by name, as its schema has it."""
    if "spec" in data:
        return {variable["spec"]["name"]: variable["spec"] for variable in data["spec"]["variables"]}
    return {variable["name"]: variable for variable in data["templating"]["list"]}


def asked(variable: Data) -> str:
    """The query of a variable; "" where it has none."""
    query = variable.get("query")
    found = query.get("spec", query).get("query", "") if isinstance(query, dict) else ""
    return str(found)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with all variables replaced; what is none stays as it is."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[4]
        return values.get(name, match[0])

    return REFERENCE.sub(value, text)


def chosen(data: Data, **more: str) -> dict[str, str]:
    """The values that variables have when a dashboard is opened."""
    values = dict(BUILT_IN)
    for name, variable in variables(data).items():
        current = variable["current"]["value"]
        values[name] = variable["allValue"] if current == ["$__all"] else current
    return values | more
