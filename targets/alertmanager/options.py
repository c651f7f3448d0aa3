"""The options of this target in the project file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from slocompiler.record import EMPTY, value
from slocompiler.targets import shared

_INTEGRATIONS = {"type": "array", "items": {"enum": ["pagerduty", "slack", "webhook"]}}
SCHEMA: dict[str, Any] = {
    "description": "Routes, receivers and inhibitions of the alerts.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "build": shared.build("them", False),
        "kind": {
            "description": "file is a configuration to merge into that of Alertmanager, AlertmanagerConfig a resource that the Prometheus Operator merges.",
            "enum": ["file", "AlertmanagerConfig"],
            "default": "file",
        },
        "receivers": {
            "description": "What notifies an owner of pages, of tickets, and of steps of the policy. Without it, receivers have a name only.",
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(("page", "ticket", "notify"), _INTEGRATIONS),
            "default": {},
            "examples": [{"page": ["pagerduty"], "ticket": ["slack"], "notify": ["slack"]}],
        },
        "secrets": {
            "description": "The folder of secrets on the machine of Alertmanager. slo-OWNER/pagerduty in it has a routing key, slo-OWNER/slack the address of an incoming webhook.",
            "type": "string",
            "minLength": 1,
            "default": "/etc/alertmanager/secrets",
        },
        "webhook": {
            "description": "The address that webhooks call, without a password.",
            "type": ["string", "null"],
            "pattern": r"^https?://[^\s@]+$(?!\n)",
            "default": None,
            "examples": ["http://tickets.example.org/alerts"],
        },
    },
}


@value(kw_only=True)
class Options:
    """The options that concern this target alone; `SCHEMA` describes each."""

    kind: Literal["file", "AlertmanagerConfig"] = "file"
    receivers: Mapping[str, Sequence[str]] = EMPTY
    secrets: str = "/etc/alertmanager/secrets"
    webhook: str | None = None


_DEFAULT = Options()


def chosen(options: shared.Options) -> Options:
    """The options of this target."""
    found: Options = options.targets.get("alertmanager", _DEFAULT)
    return found


def mistakes(section: Mapping[str, Any], _: object) -> Iterator[tuple[str, str, str]]:
    """Options that need each other, or that the kind does not have: the key, a message and a help text."""
    uses = any("webhook" in found for found in section.get("receivers", {}).values())
    if uses and section.get("webhook") is None:
        yield "receivers", "`webhook` has no address", "add the key `webhook: https://…` beside `receivers`"
    if not uses and section.get("webhook") is not None:
        yield "webhook", "no receiver has a webhook", "remove it, or write `receivers: {ticket: [webhook]}`"
    if "secrets" in section and section.get("kind") == "AlertmanagerConfig":
        help = "remove it: receivers read the Secrets `slo-OWNER` in the namespace of the resource"
        yield "secrets", "`secrets` has no effect with the kind `AlertmanagerConfig`", help
