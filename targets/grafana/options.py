"""The options of this target in the project file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from slocompiler.record import value
from slocompiler.targets import shared

SCHEMA: dict[str, Any] = {
    "description": "Dashboards: an overview, one for each service, and one for each SLO.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "build": shared.build("dashboards", True),
        "schema": {
            "description": "classic is for Grafana 10.3 and later, v2 for Grafana 13 and later.",
            "enum": ["classic", "v2"],
            "default": "classic",
        },
        "kind": {
            "description": "files for provisioning, ConfigMap for the sidecar of Grafana's chart, GrafanaDashboard for the Grafana Operator.",
            "enum": ["files", "ConfigMap", "GrafanaDashboard"],
            "default": "files",
        },
        "rows": {
            "description": "Whether the dashboard of a service has a row of panels for each of its SLOs.",
            "type": "boolean",
            "default": False,
        },
        "folder": {
            "description": "The folder of the overview and of services in Grafana. Single SLOs have another: `SLOs: details`.",
            "type": "string",
            "minLength": 1,
            "default": "SLOs",
        },
        "path": {
            "description": "The folder in which Grafana finds the folders dashboards and details, for the provisioning file.",
            "type": "string",
            "minLength": 1,
            "default": "/var/lib/grafana/dashboards/sloc",
        },
    },
}


@value(kw_only=True)
class Options:
    """The options that concern this target alone; `SCHEMA` describes each."""

    schema: Literal["classic", "v2"] = "classic"
    kind: Literal["files", "ConfigMap", "GrafanaDashboard"] = "files"
    rows: bool = False
    folder: str = "SLOs"
    path: str = "/var/lib/grafana/dashboards/sloc"


_DEFAULT = Options()


def chosen(options: shared.Options) -> Options:
    """The options of this target."""
    found: Options = options.targets.get("grafana", _DEFAULT)
    return found


def mistakes(section: Mapping[str, Any], _: object) -> Iterator[tuple[str, str, str]]:
    """Options that exclude each other: the key, a message and a help text."""
    kind = section.get("kind", "files")
    if kind == "GrafanaDashboard" and section.get("schema") == "v2":
        yield "schema", "a GrafanaDashboard holds the classic schema only", "remove it, or write `kind: ConfigMap`"
    if kind != "files" and "path" in section:
        yield "path", f"`path` has no effect with the kind `{kind}`", "remove it, or write `kind: files`"
