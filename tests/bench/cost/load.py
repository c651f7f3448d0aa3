"""How many SLOs one Prometheus carries: `python tests/bench/cost/load.py --slos 2000`.

The examples are repeated under other names until the number is reached; a real Prometheus evaluates all their rules over raw
series that go on while it does. Printed is what it says of itself: failed rules, evaluations that it missed, and how busy
it was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # it is run as a script

from slocompiler.ir import Program, Service
from slocompiler.record import replace
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, compile_files
from support.even_traffic import AHEAD, exposition, openmetrics
from support.exporter import Exporter
from support.server import Prometheus

HOURS = 2.5
"""Of raw series before the start: what the longest raw range reads."""


BUSY = 'rate(process_cpu_seconds_total{job="prometheus"}[2m])'
MEMORY = 'process_resident_memory_bytes{job="prometheus"}'


class Services(Exporter):
    """All services of the examples behind one address."""

    def scrape(self) -> str:
        """Their counters at this moment."""
        return "\n".join([*exposition(int(time.time())), ""])


def repeated(program: Program, count: int) -> Iterator[Service]:
    """Services like those of the program under other names, until they have `count` SLOs."""
    made = turn = 0
    while made < count:
        turn += 1
        for service in program.services:
            name = f"{service.name}-{turn}"
            slos = [replace(slo, id=f"{name}/{slo.name}") for slo in service.slos][: count - made]
            made += len(slos)
            if slos:
                yield replace(service, name=name, slos=tuple(slos))


def main() -> None:
    """Print what became of the rules."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slos", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=4)
    chosen = parser.parse_args()
    program = compile_files(*EXAMPLES)
    program = replace(program, services=tuple(repeated(program, chosen.slos)))
    rules = list(render(program, "prometheus", Options()).values())
    with tempfile.TemporaryDirectory() as folder, Services(0, 0) as services:
        targets = {"examples": [services.address]}
        server = Prometheus(
            Path(folder), rules=rules, scrape_targets=targets, scrape_self=True,
            scrape_interval="30s", evaluation_interval="30s",
        )  # fmt: skip  # a line of options
        server.backfill(openmetrics(int(time.time()) - AHEAD - 60, HOURS))
        with server:
            time.sleep(chosen.minutes * 60)  # a load is measured over a time
            tell(server, len(program.slos))


def tell(server: Prometheus, slos: int) -> None:
    """Print what the server says of its rules."""
    found = server.rules()
    print(f"{slos:,} SLOs, {len({rule['group'] for rule in found}):,} groups, {len(found):,} rules")
    for health in ("ok", "err", "unknown"):
        print(f"rules that are {health}: {sum(rule['health'] == health for rule in found):,}")
    for rule in [rule for rule in found if rule["health"] == "err"][:5]:
        print(f"  {rule['name']}: {rule['lastError']}")
    groups = "prometheus_rule_group"
    print(f"evaluations of groups: {_value(server, f'sum({groups}_iterations_total)'):,.0f}")
    print(f"missed: {_value(server, f'sum({groups}_iterations_missed_total)'):,.0f}")
    print(f"processors busy: {_value(server, BUSY):.2f}")
    print(f"the longest group took {_value(server, f'max({groups}_last_duration_seconds)'):.2f} s")
    print(f"memory: {_value(server, MEMORY) / 2**20:,.0f} MiB")


def _value(server: Prometheus, expr: str) -> float:
    found = server.query(expr)
    return found[0][1] if found else 0


if __name__ == "__main__":
    main()
