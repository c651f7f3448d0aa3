"""Facts of the project that the project file has among the options of a target, such as `targets.prometheus.server`.

Their names are promised to users; checks and several targets need them.
"""

from __future__ import annotations

from typing import Any

from slocompiler.project.schema import Path
from slocompiler.targets import of_builds


def paths() -> dict[str, Path]:
    """Where each fact stands in the project file, by its name."""
    return {fact: ("targets", name, fact) for name, target in of_builds().items() for fact in target.facts}


def values(data: dict[str, Any]) -> dict[str, Any]:
    """The facts that a project file gives."""
    chosen = data.get("targets", {})
    return {fact: chosen[name][fact] for fact, (_, name, _) in paths().items() if fact in chosen.get(name, {})}
