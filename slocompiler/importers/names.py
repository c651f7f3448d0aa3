"""Names of the language for services and SLOs of other tools."""

from __future__ import annotations

import re
from collections.abc import Container

LONGEST = 63


def named(text: str, instead: str = "x") -> str:
    """The nearest valid name: lowercase letters, digits and hyphens, a letter first."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    found = words if words[:1].isalpha() else f"{instead}-{words}".strip("-")
    return found[:LONGEST].rstrip("-")


def free(name: str, taken: Container[str]) -> str:
    """The name, with the first free number if it is taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name[: LONGEST - 7]}-{number}"
    return found
