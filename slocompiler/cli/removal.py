"""The services that lose their rules when a build removes files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from slocompiler.cli.rendering import former_text
from slocompiler.explain.words import plural
from slocompiler.ir import Program
from slocompiler.pattern import lazy_pattern
from slocompiler.targets.prometheus.render import PACKED

_RULES, _ENDING = "prometheus", ".rules.yaml"
"""The folder of the generated rules, and the ending of each file."""
_SERVICE = lazy_pattern(r'^ +labels: \{slo: "?([^/"]+)/', re.MULTILINE)
"""The service of a rule."""


def services_without_rules(removed: Iterable[str], files: Iterable[str], program: Program) -> list[str]:
    """The services of removed rule files, as `checkout`, or `eu/checkout` for those of one deployment.

    A service whose rules are in another of the `files` now is not among them.
    """
    rules = PurePosixPath(_RULES)
    kept = {PurePosixPath(name).parent for name in files} | {rules}
    recorded = {service.name for service in program.services if service.slos}
    found = []
    for path in map(PurePosixPath, removed):
        service = path.name.partition(".")[0]  # no name of a service has a dot
        if not path.is_relative_to(rules) or not path.name.endswith(_ENDING) or service == PACKED:
            continue
        if service not in recorded or path.parent not in kept:
            found.append((path.relative_to(rules).parent / service).as_posix())
    return list(dict.fromkeys(found))  # a service may have had two files


def services_out_of(folder: Path, names: Iterable[str], program: Program) -> list[str]:
    """The services that lose their rules in a file that all services share, by what is in the folder before a build."""
    found, kept = [], {service.name for service in program.services if service.slos}
    for path in map(PurePosixPath, names):
        if path.is_relative_to(_RULES) and path.name == f"{PACKED}{_ENDING}":
            gone = set(_SERVICE.findall(former_text(folder / path) or "")) - kept
            found += [(path.relative_to(_RULES).parent / service).as_posix() for service in sorted(gone)]
    return found


def listed(services: Sequence[str]) -> str:
    """`the rules of 2 services: cart, pay`."""
    return f"the rules of {plural(len(services), 'service')}: {', '.join(services)}"
