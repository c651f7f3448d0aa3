"""The options of this target in the project file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from slocompiler.ir import Severity
from slocompiler.record import EMPTY, value
from slocompiler.targets import shared

SCHEMA: dict[str, Any] = {
    "description": "Recording and alerting rules.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "catch_up": {
            "description": "After a restart or an outage of Prometheus, import the missed events from the raw series.",
            "type": "boolean",
            "default": True,
        },
        "late_series": {
            "description": "Count the events with which a new series begins. An exporter that drops and re-exposes a series adds its whole counter.",
            "type": "boolean",
            "default": False,
        },
        "keep_firing_for": {
            "description": "How long a page about a burn rate, or about a job that is down, fires on, so that one incident pages once. 0s is for rulers that do not know it, such as vmalert before 1.89.",
            "enum": ["15m", "0s"],
            "default": "15m",
        },
        "profile": {
            "description": "economy calculates the windows up to an hour from recorded series: it reads fewer samples, and alerts fire two minutes later.",
            "enum": ["standard", "economy"],
            "default": "standard",
        },
        "server": {
            "description": "The oldest Prometheus that must load the rules, 2.42 or newer.",
            "type": "string",
            "pattern": r"^(2\.(4[2-9]|[5-9][0-9]|[1-9][0-9]{2,3})|([3-9]|[1-9][0-9]{1,3})\.[0-9]{1,4})(\.[0-9]{1,4})?$",
            "default": "2.42",
        },
        "severities": {
            "description": "Other values of the label severity for page, ticket or notify.",
            "$ref": "#/$defs/severities",
            "default": {},
        },
        "labels": {
            "description": "Labels of every alert and of slo:info.",
            "type": "object",
            "propertyNames": {"pattern": r"^[a-zA-Z_][a-zA-Z0-9_]*$(?!\n)"},
            "additionalProperties": {"type": "string"},
            "default": {},
            "examples": [{"cluster": "west"}],
        },
        "ruler": {
            "description": "What evaluates the rules: files is for Prometheus and vmalert, operator for PrometheusRule resources, mimir for namespaces of Mimir or Cortex.",
            "enum": ["files", "operator", "mimir", "thanos"],
            "default": "files",
        },
        "files": {
            "description": "split writes the recording rules and the alerting rules of a service to separate files: vmalert -replay takes recording rules only.",
            "enum": ["one", "split"],
            "default": "one",
        },
        "resource": {
            "description": "The namespace and the labels of Kubernetes resources: of the rules, and of other targets that have a kind.",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "namespace": {
                    "description": "Their namespace. Without this key, it is the one that kubectl uses.",
                    "type": "string",
                    "pattern": r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$(?!\n)",
                },
                "labels": {
                    "description": "The labels by which the operator selects them.",
                    "type": "object",
                    "additionalProperties": {"$ref": "#/$defs/resource_label"},
                    "propertyNames": {
                        "pattern": r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$(?!\n)",
                    },
                },
            },
            "default": {},
        },
        "limits": {
            "description": "The limits of Mimir. sloc packs groups within them; with null, each SLO keeps its own groups.",
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                "rules_per_group": {
                    "description": "The value of -ruler.max-rules-per-rule-group in Mimir.",
                    "type": "integer",
                    "minimum": 1,
                    "default": 20,
                },
                "groups_per_tenant": {
                    "description": "The value of -ruler.max-rule-groups-per-tenant in Mimir.",
                    "type": "integer",
                    "minimum": 1,
                    "default": 70,
                },
            },
            "default": None,
            "examples": [{"rules_per_group": 20, "groups_per_tenant": 70}],
        },
    },
    "$defs": {
        "resource_label": {
            "description": "The value of a Kubernetes label has at most 63 letters, digits, hyphens, underscores and dots.",
            "type": "string",
            "pattern": r"^(([A-Za-z0-9][A-Za-z0-9_.-]{0,61})?[A-Za-z0-9])?$(?!\n)",
        },
    },
}


@value(kw_only=True)
class Options:
    """The options that concern this target alone; `SCHEMA` describes each."""

    profile: Literal["standard", "economy"] = "standard"
    catch_up: bool = True
    late_series: bool = False
    keep_firing_for: Literal["15m", "0s"] = "15m"
    ruler: Literal["files", "operator", "mimir", "thanos"] = "files"
    files: Literal["one", "split"] = "one"
    resource: Mapping[str, Any] = EMPTY
    limits: Mapping[str, int] | None = None

    def keeps(self, severity: Severity) -> int:
        """The seconds for which `SLOBurn` and `SLODown` of this severity fire after their conditions have ended."""
        return 900 if severity == "page" and self.keep_firing_for == "15m" else 0

    def reads_elsewhere(self) -> bool:
        """Whether the ruler reads recorded series from another server, where they may arrive late."""
        return self.ruler in REMOTE


REMOTE = ("mimir", "thanos")
"""The rulers that read recorded series from another server."""
_DEFAULT = Options()


def chosen(options: shared.Options) -> Options:
    """The options of this target."""
    found: Options = options.targets.get("prometheus", _DEFAULT)
    return found


def mistakes(section: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Options that the chosen ruler does not support: the key, a message and a help text."""
    ruler = section.get("ruler", "files")
    are_resources = any(one.get("kind", "file") not in ("file", "files") for one in sections.values())
    for key, wanted, none in (("resource", "operator", {}), ("limits", "mimir", None)):
        if section.get(key, none) != none and ruler != wanted and not (key == "resource" and are_resources):
            yield key, f"`{key}` has no effect with the ruler `{ruler}`", f"remove it, or write `ruler: {wanted}`"
    if section.get("files") == "split" and section.get("limits") is not None:
        yield "files", "packed groups hold rules of both kinds", "remove it, or remove `limits`"
    if section.get("catch_up") and ruler in REMOTE:
        help = "catch-up finds a gap in recorded series, which may arrive late with this ruler: remove it"
        yield "catch_up", f"the ruler `{ruler}` cannot catch up", help
