"""The options of this target in the project file: whether a build renders it."""

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
