"""What the project file can choose of routes and inhibitions: only whether a build renders them."""

from __future__ import annotations

from typing import Any

SCHEMA: dict[str, Any] = {
    "description": "Routes and inhibitions of the alerts, to merge into a configuration of Alertmanager.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "build": {
            "description": "Whether sloc build generates them if no target is given.",
            "type": "boolean",
            "default": False,
        },
    },
}
