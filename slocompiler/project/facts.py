"""Facts of the project that the project file has in the section of a target, such as `targets.prometheus.server`.

Checks and several targets read them. They keep the place in the file that users know.
"""

from __future__ import annotations

from typing import Any

from slocompiler.project.schema import Path
from slocompiler.targets import of_builds


def paths() -> dict[str, Path]:
    """The path of each fact in the project file, by its name."""
    return {fact: ("targets", name, fact) for name, target in of_builds().items() for fact in target.facts}


def values(data: dict[str, Any]) -> dict[str, Any]:
    """The facts that the project file sets."""
    chosen = data.get("targets", {})
    return {fact: chosen[name][fact] for fact, (_, name, _) in paths().items() if fact in chosen.get(name, {})}
