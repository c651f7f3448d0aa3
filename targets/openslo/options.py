"""The options of this target in the project file."""

from __future__ import annotations

from typing import Any

from slocompiler.targets import shared

SCHEMA: dict[str, Any] = {
    "description": "Documents of OpenSLO v1.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "build": shared.build("them", False),
    },
}
