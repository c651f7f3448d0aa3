"""Services and SLOs as arguments: `shop` and `shop/availability`."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Sequence

from slocompiler.cli.messages import fail
from slocompiler.ir import Program
from slocompiler.record import replace
from slocompiler.suggest import one_of

_NAME = re.compile(r"[a-z][a-z0-9-]*(/[a-z][a-z0-9-]*)?")


def is_name(argument: str) -> bool:
    """Whether the argument is the name of a service or an SLO by its form."""
    return _NAME.fullmatch(argument) is not None


def names(program: Program) -> list[str]:
    """The names of all services, each followed by those of its SLOs."""
    return [name for service in program.services for name in (service.name, *(slo.id for slo in service.slos))]


def apart(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names among the arguments, then the paths. An existing file or folder is a path."""
    named = [one for one in arguments if is_name(one) and not os.path.lexists(one)]
    return named, [one for one in arguments if one not in named]


def expanded(program: Program, wanted: Sequence[str]) -> list[str]:
    """The names that arguments mean: a pattern such as `shop/*` means all SLOs that match. The command fails if none does."""
    found: list[str] = []
    for name in wanted:
        if not re.search(r"[*?\[]", name):
            found.append(name)
        elif matching := fnmatch.filter([slo.id for slo in program.slos], name):
            found += matching
        else:
            fail(f"no SLO matches `{name}`; {one_of('', [slo.id for slo in program.slos])}")
    return found


def only(program: Program, wanted: Sequence[str], otherwise: str = "") -> Program:
    """The program with only these services and SLOs. The command fails at an unknown name.

    `otherwise` lists the other things that an argument can name, for the message.
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
