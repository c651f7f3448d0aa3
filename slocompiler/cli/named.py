"""Services and SLOs that arguments name: `shop` and `shop/availability`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from slocompiler.cli.messages import fail
from slocompiler.ir import Program
from slocompiler.suggest import one_of

_NAME = re.compile(r"[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?")


def is_name(argument: str) -> bool:
    """Whether a service or an SLO can have this name."""
    return _NAME.fullmatch(argument) is not None


def names(program: Program) -> list[str]:
    """The services, each with its SLOs behind it."""
    return [name for service in program.services for name in (service.name, *(slo.id for slo in service.slos))]


def apart(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names among the arguments, and the paths: what exists as a file or folder is a path."""
    named = [one for one in arguments if is_name(one) and not os.path.lexists(one)]
    return named, [one for one in arguments if one not in named]


def only(program: Program, wanted: Sequence[str], otherwise: str = "") -> Program:
    """The program with the services and SLOs of these names alone; ends the command at a name that nothing has.

    `otherwise` says what else an argument could have named.
    """
    known = names(program)
    for name in wanted:
        if name not in known:
            kind = "SLO" if "/" in name else "service"
            fail(f"there is no {kind}{otherwise} `{name}`; {one_of(name, known, 'there is no service')}")
    services = tuple(
        replace(service, slos=tuple(slo for slo in service.slos if service.name in wanted or slo.id in wanted))
        for service in program.services
        if any(name.partition("/")[0] == service.name for name in wanted)
    )
    return replace(program, services=services)
