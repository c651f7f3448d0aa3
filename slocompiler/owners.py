"""Who reviews which file: the section of a CODEOWNERS file that follows from services, their owners and their imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from slocompiler.formats.locations import Locate
from slocompiler.ir import Service
from slocompiler.resolve.imports import Module


def owned(services: Iterable[Service], modules: Iterable[Module], locate: Locate) -> dict[str, list[Service]]:
    """The services that each file of the repository has a part in, by its path: their own file, and what it imports."""
    by_file = {module.file.source.path: module for module in modules}
    found: dict[str, list[Service]] = {}
    for service in services:
        reached: dict[int, Module] = {}
        pending = [by_file[service.source]]
        while pending:
            module = pending.pop()
            if id(module) not in reached:
                reached[id(module)] = module
                pending += [imported for _, imported in module.imports]
        for module in reached.values():
            path = locate(module.file.source)
            if path is not None and not path.startswith("/"):
                found.setdefault(path, []).append(service)
    return dict(sorted(found.items()))


def without_handle(services: Iterable[Service], handles: Mapping[str, str]) -> list[str]:
    """Owners of whom nobody says how a review reaches them."""
    return sorted({service.owner for service in services} - handles.keys())


def section(files: Mapping[str, list[Service]], handles: Mapping[str, str], project: str) -> list[str]:
    """The lines between two marks, one for each file; `project` names the section, for a repository may have several."""
    lines = [f"{pattern(path)} {' '.join(_handles(services, handles))}" for path, services in files.items()]
    head = "# Made by `sloc owners`: owners are said in .slo files, their handles in the project file."
    return [begin(project), head, *lines, end(project)]


def begin(project: str) -> str:
    """The line with which the section of a project begins."""
    return f"# begin of sloc owners: {project}"


def end(project: str) -> str:
    """The line with which it ends."""
    return f"# end of sloc owners: {project}"


def pattern(path: str) -> str:
    """What matches the file at `path` and is no pattern otherwise.

    A backslash keeps blanks and signs of patterns what they are. `#` would begin a comment in spite of one, so that any
    character is let stand there, and so it is with what cannot be seen.
    """
    escaped = re.sub(r"([\\ \[\]*?])", r"\\\1", path)
    return "/" + "".join("?" if char == "#" or not (char.isprintable() or char == " ") else char for char in escaped)


def _handles(services: list[Service], handles: Mapping[str, str]) -> list[str]:
    """Of the owners, then of those who agreed and have a handle too; each once."""
    teams = [service.owner for service in services]
    teams += [team for service in services for slo in service.slos for team in slo.stakeholders]
    return list(dict.fromkeys(handle for team in teams if team in handles for handle in handles[team].split()))
