"""`needs N bad events` of slices: a window that has N slices can fire, and a window with fewer never does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from slocompiler import burn
from slocompiler.ir import Burn, Program
from slocompiler.record import replace
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import compile_text
from support.promtool import Simulation

PROGRAM = """service queue {
  owner "messaging"
  slo short 99% over 30d {
    slices 1m
    good when max(queue_length{job="queue"}) < 5
    alerts {
      page   at 2% of budget in 1h needs 60 bad events
      ticket when budget below 0%
    }
    because "Messages wait." stakeholders "product" runbook "https://runbooks.example.org"
  }
}"""


def needing(count: int) -> Program:
    """The program with another number of bad slices, also one that the checks refuse."""
    program = compile_text(PROGRAM)
    (service,) = program.services
    (slo,) = service.slos
    page, ticket = slo.alerts
    assert isinstance(page, Burn)
    changed = replace(slo, alerts=(replace(page, needs=count), ticket))
    return replace(program, services=(replace(service, slos=(changed,)),))


@pytest.mark.parametrize(("count", "fires"), [(30, True), (60, True), (100, False)])
def test_a_page_needs_as_many_bad_slices_as_its_window_has(tmp_path: Path, count: int, fires: bool) -> None:
    program = needing(count)
    page = program.slos[0].alerts[0]
    ((name, text),) = render(program, "prometheus", Options()).items()
    (tmp_path / name).write_text(text, encoding="utf-8")
    # An hour of good slices, then nothing but bad ones for nine hours.
    series = {'queue_length{job="queue"}': "0x60 9x540", 'up{job="queue"}': "1x600"}
    simulation = Simulation([tmp_path / name], series)
    times = [f"{minute}m" for minute in range(62, 600, 2)]
    found = [str(time) for (_, time), alerts in simulation.alerts(["SLOBurn"], times).items() if alerts]
    assert bool(found) == fires
    expected = burn.detection(page, program.slos[0].target, program.slos[0].window, Fraction(1), 60)
    assert (expected is not None) == fires
    if expected is not None:
        assert 0 <= int(found[0][:-1]) * 60 - 3600 - expected <= 240
