"""A back-fill against the truth: what happened before the rules ran, and while they began to; and the command."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

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
from support.command import sloc
from support.compile import compile_text, rules
from support.promtool import seconds
from support.samples import block
from support.server import HOST, Prometheus, free_port
from support.traffic import only
from support.victoria import started

WAIT = 30
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


DAY_LINES = DAY // 60
LEFT = "slo:budget_left:ratio"
PROJECT = {
    "sloc.yaml": "scrape_interval: 1m\nevaluation_interval: 1m\n",
    "shop.slo": """service shop {
  owner "a"
  stakeholders "b"
  slo errors 99.9% over 7d {
    events requests_total{job="shop"}
    bad {code="500"}
    review every 90d last 2026-10-01
    alerts none because "a test"
  }
}
""",
}


def week(now: int) -> Iterator[str]:
    """Counters of a week until a minute from now: of 1,200 requests a minute, 6 in 10,000 fail."""
    for number in range(7 * DAY_LINES + 2):
        at = now + 60 - 60 * (7 * DAY_LINES + 1 - number)
        yield f'requests_total{{job="shop",code="200"}} {1_199_280 * number / 1000:.2f} {at}'
        yield f'requests_total{{job="shop",code="500"}} {0.72 * number:.2f} {at}'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name, text in PROJECT.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("every_prometheus")
def test_a_new_slo_has_its_whole_budget_at_once(project: Path, tmp_path: Path) -> None:
    """The rules run each second, so that they need not run for minutes."""
    assert sloc(project, "build", "--target", "prometheus").code == 0
    text = (project / "generated" / "prometheus" / "shop.rules.yaml").read_text(encoding="utf-8")
    quick = re.sub(r"(?m)^  interval: .*$", "  interval: 1s", text).replace(" offset 1m)", " offset 1s)")
    server = Prometheus(tmp_path / "server", rules=[quick], out_of_order="1h")
    server.backfill("\n".join([*week(int(time.time())), "# EOF\n"]))
    with server:
        server.wait_for(lambda: server.query(LEFT, int(time.time())), WAIT, "budget left")
        assert server.query("slo:age:ratio")[0][1] < 0.01
        done = sloc(project, "backfill", "--url", f"http://{server.address}", "-o", "past")
        assert (done.code, done.out.split("\n")[0]) == (0, "past/history.om: load it with"), done
        assert re.fullmatch(r"shop/errors: 2,01\d counts from .*Z to .*Z; recorded since .*Z\n", done.err), done
        server.stop()
        block(
            tmp_path / "past.om",
            server.data,
            (project / "past" / "history.om").read_text(encoding="utf-8"),
            time.time(),
        )
        begun = time.time()
        server.start()
        fresh = f"{LEFT} and timestamp({LEFT}) > {begun} and slo:age:ratio > 0.99"
        left = only(server.wait_for(lambda: server.query(fresh), WAIT, "budget left of a week"))
        assert left == pytest.approx(0.4, abs=0.005)
        again = sloc(project, "backfill", "--url", f"http://{server.address}", "-o", "again")
        assert (again.code, again.out) == (0, "")
        assert again.err.startswith("shop/errors: nothing to add; recorded since ")
        assert not (project / "again").exists()


def test_victoria_metrics_imports_it(project: Path, tmp_path: Path) -> None:
    now, address = int(time.time()), f"http://{HOST}:{free_port()}"
    with started(tmp_path, "victoria-metrics", address, ["-storageDataPath=data", "-retentionPeriod=10y"]):
        send(address, "import/prometheus", "".join(f"{line}000\n" for line in week(now)))
        done = sloc(
            project, "backfill", "--url", address, "-o", "past", "--format", "victoriametrics", "--now", f"{now}"
        )
        assert done.code == 0, done
        assert "load them first" in done.err
        send(address, "import", (project / "past" / "history.jsonl").read_text(encoding="utf-8"))
        answer = f"{address}/api/v1/query?{urlencode({'query': RATIO.replace('30h', '7d'), 'time': now})}"
        (found,) = json.loads(urlopen(answer).read())["data"]["result"]
        assert float(found["value"][1]) == pytest.approx(0.0006, rel=0.002)


def send(address: str, path: str, body: str) -> None:
    """Import lines, and wait until queries see them."""
    urlopen(f"{address}/api/v1/{path}", body.encode()).close()
    urlopen(f"{address}/internal/force_flush").close()
