"""Renders routes, receivers and inhibitions for the alerts of the Prometheus target."""

from __future__ import annotations

from typing import Any

from slocompiler.ir import SEVERITIES, Program
from slocompiler.targets import kubernetes
from slocompiler.targets.alertmanager import receivers, text
from slocompiler.targets.alertmanager.inhibitions import inhibitions
from slocompiler.targets.alertmanager.matchers import OURS, is_, scopes
from slocompiler.targets.alertmanager.options import chosen
from slocompiler.targets.prometheus.options import chosen as of_rules
from slocompiler.targets.shared import Files, Options, header

FILE, RESOURCE = "alertmanager.yml", "alertmanagerconfig.yaml"
KIND = "monitoring.coreos.com/v1alpha1/AlertmanagerConfig"
MATCHED = (
    "By default, the operator routes only alerts with the label `namespace` of this resource: "
    "see alertmanagerConfigMatcherStrategy of your Alertmanager."
)
REPEATED = {"page": "4h", "ticket": "4d", "notify": "4d"}
"""Repeat intervals, because a budget may be exhausted for weeks. Alertmanager forgets after five days what it sent."""


def render_shared(program: Program, options: Options) -> Files:
    """`alertmanager.yml` to merge into a configuration, or a resource that the Prometheus Operator merges."""
    if chosen(options).kind == "AlertmanagerConfig":
        yield RESOURCE, _resource(program, options)
        return
    rest = _rest(program, options)
    found = {
        "route": {"receiver": "default", "routes": [_route(program, options)]},
        **rest,
        "receivers": [{"name": "default"}, *rest["receivers"]],
    }
    merge = "Merge this into your configuration: the inhibition rules, the receivers, and the route below `routes` before your own."
    yield (
        FILE,
        f"# {header(FILE, 'all services')}\n# {merge}\n{text.yaml(text.of_file(found, chosen(options).secrets))}",
    )


def loaded(options: Options) -> tuple[str, ...]:
    """What `kubectl apply` takes of the folder; the file is merged by hand."""
    return kubernetes.APPLIED if chosen(options).kind == "AlertmanagerConfig" else ()


def _resource(program: Program, options: Options) -> str:
    found = {"route": _route(program, options), **_rest(program, options)}
    head = kubernetes.head(KIND, "alerts", of_rules(options).resource)
    return f"# {header(RESOURCE, 'all services')}\n# {MATCHED}\n{head}spec:\n{text.yaml(text.of_resource(found), 2)}"


def _rest(program: Program, options: Options) -> dict[str, list[Any]]:
    return {
        "inhibit_rules": inhibitions(program, options),
        "receivers": list(receivers.receivers(program, options)),
    }


def _route(program: Program, options: Options) -> dict[str, Any]:
    """The route of all alerts: by severity, then by owner. A group is about one service."""
    owners = receivers.owners(program)
    return {
        "matchers": [OURS],
        "group_by": list(dict.fromkeys(("service", "owner", *options.deployment_labels()))),
        "receiver": receivers.name("notify"),
        "routes": [
            {
                "matchers": scope.of(severity),
                "receiver": receivers.name(severity),
                "repeat_interval": REPEATED[severity],
                "routes": [
                    {"matchers": [is_("owner", owner)], "receiver": receivers.name(severity, owner)}
                    for owner in owners[severity]
                ],
            }
            for scope in scopes(options)
            for severity in SEVERITIES
        ],
    }
