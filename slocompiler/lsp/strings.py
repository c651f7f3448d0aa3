"""The texts that a string may have, by the statement around: teams, labels and their values, files to import."""

from __future__ import annotations

import posixpath

from slocompiler.lsp.situation import Situation
from slocompiler.resolve.imports import SHIPPED


def strings(here: Situation) -> list[str]:
    """Those that the project has already, in alphabetical order; for an import, its files and those of the library."""
    known, statement = here.known, here.following.statement
    if here.following.is_listed:
        if here.top not in ("EQ", "MOP"):
            return []
        label = here.following.tokens[-2].value.strip('"')
        if statement == "LABELS":
            return sorted(known.labels.get(label, ()))
        return sorted(known.of_metric.get(here.metric(), {}).get(label) or known.values.get(label, set()))
    if statement == "OWNER":
        return sorted(known.owners)
    if statement == "STAKEHOLDERS":
        return sorted(known.stakeholders)
    return _paths(here) if statement == "IMPORT" else []


def _paths(here: Situation) -> list[str]:
    own = here.snapshot.source.path
    folder = posixpath.dirname(own)
    library = [f"std/{path.removeprefix(SHIPPED)}" for path in here.paths if path.startswith(SHIPPED)]
    files = [posixpath.relpath(path, folder or ".") for path in here.paths if not path.startswith(SHIPPED)]
    return library + sorted(path for path in files if path != posixpath.basename(own))
