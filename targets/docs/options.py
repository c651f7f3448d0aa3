"""The options of this target in the project file."""

from __future__ import annotations

from typing import Any, Literal

from slocompiler.record import value
from slocompiler.targets import shared

SCHEMA: dict[str, Any] = {
    "description": "Documentation: a catalog, and a page for each service and each SLO.",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "build": shared.build("documentation", True),
        "formats": {
            "description": "site for browsers, markdown for GitHub and MkDocs.",
            "type": "array",
            "items": {"enum": ["site", "markdown"]},
            "minItems": 1,
            "default": ["site", "markdown"],
        },
    },
}


@value(kw_only=True)
class Options:
    """The options that concern this target alone; `SCHEMA` describes each."""

    formats: tuple[Literal["site", "markdown"], ...] = ("site", "markdown")


_DEFAULT = Options()


def chosen(options: shared.Options) -> Options:
    """The options of this target."""
    found: Options = options.targets.get("docs", _DEFAULT)
    return found
