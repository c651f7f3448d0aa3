"""What a change costs the server: the rules of the SLOs that change, before and after."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.cli.connection import Served
from slocompiler.cli.sides import Compiled
from slocompiler.diff.change import Comparison, Cost
from slocompiler.ir import Program, Service, Slo
from slocompiler.live.questions import answered
from slocompiler.record import replace

ESTIMATED = 100
"""The most changed SLOs whose cost is estimated: each takes some milliseconds."""


def costed(
    found: Comparison, before: Compiled, after: Compiled, servers: Sequence[Served] = (), now: int = 0
) -> Comparison:
    """The comparison with the cost of its changed SLOs; without it if it stays the same, or if there are too many of them.

    With servers, the series that they have `now` are counted. Without them, or if a snapshot does not know all of them,
    numbers are assumed.
    """
    assert before.program
    assert after.program
    programs = before.program, after.program
    ids = [{slo.id for slo in program.slos} for program in programs]
    changes_all = any(not entry.slos for entry in found.entries)
    changed = {slo for entry in found.entries for slo in entry.slos} | (ids[0] ^ ids[1])
    chosen = ids[0] | ids[1] if changes_all else changed
    if len(chosen) > ESTIMATED:
        return found
    sides = list(zip((before, after), programs, strict=True))
    counts = [_counted(side, program, chosen, servers, now) for side, program in sides] if servers else [None]
    known = [one for one in counts if one]
    is_counted = len(known) == len(sides)
    old, new = known if is_counted else [_assumed(side, program, chosen) for side, program in sides]
    return found if old == new else replace(found, cost=Cost((old[0], new[0]), (old[1], new[1]), is_counted))


def _assumed(side: Compiled, program: Program, ids: set[str]) -> tuple[int, int]:
    """Series and samples of a side, in all of its deployments."""
    from slocompiler.targets.prometheus.cost import cost

    options, series, samples = side.project.options(), 0, 0.0
    for slo, service in _slos(program, ids):
        one, places = cost(slo, service, options), side.project.deployments
        times = sum(map(slo.is_in, places)) if places else 1
        series += times * one.series
        samples += times * one.samples
    return series, round(samples)


def _counted(
    side: Compiled, program: Program, ids: set[str], servers: Sequence[Served], now: int
) -> tuple[int, int] | None:
    """The same with the series that the servers have; None if a snapshot does not know them."""
    from slocompiler.live.cost import costs

    series, samples = 0, 0.0
    for served in servers:
        slos = _slos(served.here(program), ids)
        found = answered(costs(slos, side.project.options(), now), served.answer)
        if found is None:
            return None
        series += sum(one.series for one in found)
        samples += sum(one.samples for one in found)
    return series, round(samples)


def _slos(program: Program, ids: set[str]) -> list[tuple[Slo, Service]]:
    return [(slo, service) for service in program.services for slo in service.slos if slo.id in ids]
