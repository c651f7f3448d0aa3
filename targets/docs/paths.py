"""Where pages are: SERVICE/SLO.html for alerts and dashboards to link to, and no two at one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slocompiler.ir import Service
from slocompiler.targets.docs.page import CATALOGUE, GLOSSARY, READING, Key

Paths = Mapping[Key, str]
"""The file of every page, below the folder of its format."""


def paths(services: Iterable[Service], suffix: str, index: str, reading: str, glossary: str) -> dict[Key, str]:
    """The paths of the pages of these services, of the catalogue and of the guide.

    `index` is what a folder's first page is called; where an SLO has that name, it moves out of the way.

    Names compare without case: some file systems do.
    """
    found = {CATALOGUE: index, READING: reading, GLOSSARY: glossary}
    names = {key: f"{name}{suffix}" for key, name in found.items()}
    for service in services:
        if service.slos:
            own, first = {slo.name for slo in service.slos}, index
            while first.lower() in own:
                first = f"_{first}"
            names[(service.name,)] = f"{service.name}/{first}{suffix}"
            names |= {(service.name, slo.name): f"{service.name}/{slo.name}{suffix}" for slo in service.slos}
    return names


def relative(path: str, here: str) -> str:
    """The way from the page at `here` to that at `path`, both at most one folder deep."""
    folder, _, name = path.rpartition("/")
    if folder and here.startswith(f"{folder}/"):
        return name
    return f"../{path}" if "/" in here else path
