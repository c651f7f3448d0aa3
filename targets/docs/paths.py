"""The paths of pages: SERVICE/SLO.html, as alerts and dashboards link to them, each unique."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slocompiler.ir import Service
from slocompiler.targets.docs.page import CATALOGUE, GLOSSARY, READING, Key

Paths = Mapping[Key, str]
"""The path of every page, relative to the folder of its format."""


class _Paths(dict[Key, str]):
    """The paths of some pages. Every other one is that of an SLO, to which a journey of another service links."""

    def __init__(self, known: Mapping[Key, str], suffix: str) -> None:
        super().__init__(known)
        self._suffix = suffix

    def __missing__(self, key: Key) -> str:
        service, slo = key
        return f"{service}/{slo}{self._suffix}"


def paths(services: Iterable[Service], suffix: str, index: str, reading: str, glossary: str) -> dict[Key, str]:
    """The path of each page. `index` names the first page of a folder; it gets a `_` in front if an SLO has that name.

    Names are compared without case, as some file systems do.
    """
    found = {CATALOGUE: index, READING: reading, GLOSSARY: glossary}
    names = _Paths({key: f"{name}{suffix}" for key, name in found.items()}, suffix)
    for service in services:
        if service.slos:
            own, first = {slo.name for slo in service.slos}, index
            while first.lower() in own:
                first = f"_{first}"
            names[(service.name,)] = f"{service.name}/{first}{suffix}"
            names |= {(service.name, slo.name): f"{service.name}/{slo.name}{suffix}" for slo in service.slos}
    return names


def relative(path: str, here: str) -> str:
    """The relative link from the page at `here` to the page at `path`, both at most one folder deep."""
    folder, _, name = path.rpartition("/")
    if folder and here.startswith(f"{folder}/"):
        return name
    return f"../{path}" if "/" in here else path
