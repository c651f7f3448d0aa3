"""The options of this target in the project file."""

from __future__ import annotations

from typing import Any

SCHEMA: dict[str, Any] = {
    "description": "Documents of OpenSLO v1.",
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
