"""A back-fill against the truth: what happened before the rules ran, and while they began to."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bench.accuracy.scenarios import COUNTERS, Moment, Scenario, Truth
from bench.accuracy.series import BEGIN, DAY, HOUR

from slocompiler import ir
from slocompiler.cli.prometheus import Server
from slocompiler.live import backfill
from slocompiler.live.questions import answered
from slocompiler.targets.shared import Options
from support import binaries
from support.compile import compile_text, rules
from support.promtool import seconds
from support.samples import block
from support.server import Prometheus
from support.traffic import only

WINDOW = 30 * HOUR
START, END = BEGIN + 36 * HOUR, BEGIN + 60 * HOUR
"""When the rules begin, and the end of what is known. A third of the requests fail from an hour before the start to one after."""
SCENARIO = Scenario("shop", "", lambda hours: Moment(20, 0.001 if abs(hours - 36) > 1 else 1 / 3))
FILE = f"""service shop {{ owner "a" stakeholders "b" slo errors 99% over 30h {{
  {COUNTERS.format(job="shop")} alerts none because ""
}} }}"""
RATIO = "sum(sum_over_time(slo:errors:increase5m[30h])) / sum(sum_over_time(slo:events:increase5m[30h]))"


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(SCENARIO, (END - BEGIN) / DAY)


@pytest.fixture(scope="module")
def slo() -> ir.Slo:
    (found,) = compile_text(FILE).slos
    return found


@pytest.fixture(scope="module")
def server(every_prometheus: None, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A server whose rules have run from the start on: first those of rates, then those of counts."""
    del every_prometheus  # it chooses the program
    found = Prometheus(tmp_path_factory.mktemp("server"))
    found.backfill("\n".join([*truth.samples(), "# EOF\n"]))
    for group in yaml.safe_load(rules(FILE))["groups"][:2]:
        with found:
            run(found, group)
    found.start()
    yield found
    found.stop()


def run(server: Prometheus, group: dict[str, object]) -> None:
    """Record what a group of rules would have recorded from the start on."""
    (server.folder / "group.yaml").write_text(yaml.safe_dump({"groups": [group]}), encoding="utf-8")
    command = [binaries.promtool(), "tsdb", "create-blocks-from", "--max-block-duration=54h", "rules"]
    times = [f"--start={START}", f"--end={END}", f"--url=http://{server.address}", f"--output-dir={server.data}"]
    done = subprocess.run(
        [*command, *times, "group.yaml"], cwd=server.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_lost_or_counted_twice(server: Prometheus, truth: Truth, slo: ir.Slo, tmp_path: Path) -> None:
    past = answered(backfill.missing(slo, Options(), END), Server(f"http://{server.address}").answer)
    assert past.recorded == pytest.approx(START, abs=seconds("5m"))
    assert past.begins == pytest.approx(END - WINDOW, abs=seconds("5m"))
    server.stop()
    block(tmp_path / "past.om", server.data, "".join(backfill.openmetrics([past])), END)
    server.start()
    for at in range(START, END + 1, HOUR // 2):
        counted, known = only(server.query(RATIO, at)), min(WINDOW, at - END + WINDOW)
        shown = [truth.ratio(at - ago, known) for ago in (0, 120, 240, 360, 450)]  # a count shows what was minutes ago
        assert 0.99 * min(shown) < counted < 1.01 * max(shown), (at - START) / HOUR
        if at > START + 1.5 * HOUR:
            assert counted == pytest.approx(truth.ratio(at, known), rel=0.01 if at < END else 0.002), (
                at - START
            ) / HOUR
    again = answered(backfill.missing(slo, Options(), END), Server(f"http://{server.address}").answer)
    assert again.counts == ()
