"""`sloc status` against real servers: what it prints of SLOs in several states, in every format."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from bench.accuracy.scenarios import SCENARIOS, Truth
from bench.accuracy.series import BEGIN, DAY, HOUR
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.cli.prometheus import Server
from slocompiler.live.questions import answered
from slocompiler.live.status import recorded as recorded_now
from slocompiler.live.status_formats import lines
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import compile_text
from support.recorded import FILE, NOW, ROUTES, recorded
from support.server import HOST, Prometheus, free_port
from support.victoria import started


@pytest.fixture(scope="module")
def truth() -> Truth:
    """The traffic of two days."""
    return Truth(next(one for one in SCENARIOS if one.name == "night-and-day"), 36 * HOUR / DAY)


@pytest.fixture(scope="module")
def server(every_prometheus: None, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001  # runs it
    """The address of a Prometheus that has it."""
    found = Prometheus(tmp_path_factory.mktemp("server"))
    found.backfill("\n".join([*truth.samples(), *recorded(), "# EOF\n"]))
    with found:
        yield f"http://{found.address}"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the services."""
    (tmp_path / "shop.slo").write_text(FILE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """A folder with two deployments of a service, of which one has no budget left."""
    (tmp_path / "sloc.yaml").write_text(
        "deployments: [{name: eu, where: {region: eu}}, {name: us, where: {region: us}}]", encoding="utf-8"
    )
    (tmp_path / "wide.slo").write_text(
        'service wide { owner "web" stakeholders "all" policy { exhausted "Features wait." }'
        ' slo one 99.9% over 30h { events r_total{} bad {code="500"} alerts none } }',
        encoding="utf-8",
    )
    return tmp_path


def status(project: Path, url: str, *more: str) -> str:
    """What the command prints."""
    answer = sloc(project, "status", "--url", url, "--now", str(NOW), *more)
    assert answer.code == 0, answer
    return answer.out.replace(url, "http://server")


def watched(project: Path, url: str) -> int:
    """The exit code of a command that printed twice when Ctrl-C ended it."""
    command = [sys.executable, "-m", "slocompiler", "status", "--url", url, "--now", str(NOW), "--watch=1s"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        heads = 0
        while heads < 2:
            line = process.stdout.readline()
            assert line, "it ended"
            heads += line.startswith("SLO ")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    return process.returncode


TABLE = """\
SLO                         target      kept    budget left          burn 1h  gone in  state
shop/burning                99.9%/1d6h  99.92%     20% ▕██        ▏  14.9×    24m10s   burning · page firing · ticket firing · Risky roll-outs wait.
shop/gone                   99.9%/1d6h  99.86%    -38% ▕          ▏  0.2×     –        exhausted · Features wait.
shop/lost                   99.9%/1d6h  –            –               –        –        no data
shop/stale                  99.9%/1d6h  –            –               –        –        stale rules
shop/unseen                 99.9%/1d6h  –            –               –        –        not recorded here
shop/routes                 99.9%/1d6h  –          10% ▕█         ▏  –        –        healthy · Risky roll-outs wait.
  /search                   99.9%/1d6h  –          10% ▕█         ▏  –        –
  /cart                     99.9%/1d6h  –          40% ▕████      ▏  –        –
  /pay                      99.9%/1d6h  –          90% ▕█████████ ▏  –        –
  1 other value: --per all
shop/fine                   99.9%/1d6h  99.97%     70% ▕███████   ▏  0.3×     –        healthy
shop/gaps                   99.9%/1d6h  99.98%     80% ▕████████  ▏  0.2×     –        healthy · coverage 60% of 100%
bank/idle                   99.9%/1d6h  99.99%     90% ▕█████████ ▏  0×       –        idle
shop/young                  99.9%/1d6h  99.98%     98% ▕█████████▊▏  0.2×     –        young · 3h of 1d6h
bank/tried                  99.9%/1d6h  99.8%    -100% ▕          ▏  0×       –        draft, exhausted
11 SLOs on http://server, 2026-10-02 12:00Z: 1 burning, 1 exhausted, 1 no data, 1 stale rules, 1 not recorded here, 3 healthy, 1 idle, 1 young, 1 draft
"""


class TestRecorded:
    """What the rules recorded."""

    def test_the_table(self, server: str, project: Path) -> None:
        assert status(project, server) == TABLE

    def test_on_victoria_metrics_which_is_watched(self, project: Path, tmp_path: Path) -> None:
        address = f"http://{HOST}:{free_port()}"
        with started(tmp_path, "victoria-metrics", address, ["-storageDataPath=data", "-retentionPeriod=10y"]):
            urlopen(
                f"{address}/api/v1/import/prometheus", "".join(f"{one}000\n" for one in recorded()).encode()
            ).close()
            urlopen(f"{address}/internal/force_flush").close()
            assert status(project, address) == TABLE
            assert watched(project, address) == 0

    def test_json_is_as_its_schema_says(self, server: str, project: Path) -> None:
        schema = json.loads(grammar.text("status.schema.json"))
        Draft202012Validator.check_schema(schema)
        found = json.loads(status(project, server, "--format", "json"))
        Draft202012Validator(schema).validate(found)
        assert [one["id"] for one in found["slos"]] == re.findall(r"(?m)^\w+/\w+", TABLE)
        burning = found["slos"][0]
        assert (burning["firing"], burning["action"]) == (["page", "ticket"], "Risky roll-outs wait.")
        assert burning["values"][0]["gone_in"] == pytest.approx(0.2 / 14.9 * 30 * HOUR)
        assert found["slos"][5]["values"][3]["labels"] == {"route": "/"}

    def test_csv_has_a_line_for_each_value(self, server: str, project: Path) -> None:
        found = list(csv.DictReader(StringIO(status(project, server, "shop", "--format", "csv"))))
        assert [(one["per"], one["left"]) for one in found if one["slo"] == "shop/routes"] == [
            (f"route={route}", f"{left}") for route, left in sorted(ROUTES.items(), key=lambda pair: pair[1])
        ]
        assert {one["slo"] for one in found} == {id for id in re.findall(r"(?m)^\w+/\w+", TABLE) if "shop" in id}

    def test_markdown(self, server: str, project: Path) -> None:
        _, _, first, *_ = status(project, server, "--format", "markdown").splitlines()
        assert first.startswith("| shop/burning | 99.9%/1d6h | 99.92% | 20% | 14.9× | 24m10s | burning · page firing ·")

    def test_what_is_chosen(self, server: str, project: Path) -> None:
        def names(*more: str) -> list[str]:
            return re.findall(r"(?m)^\w+/\w+", status(project, server, *more))

        assert names("*/g*", "bank/idle") == ["shop/gone", "shop/gaps", "bank/idle"]
        assert names("--owner", "money") == ["bank/idle", "bank/tried"]
        assert {*names("--all")} - {*names()} == {"bank/removed", "wide/one"}
        assert "/  " in status(project, server, "--per", "all")
        assert "bank/removed                99.9%/1d6h  99.95%     50% ▕█████     ▏" in status(project, server, "--all")

    def test_colors_and_width(self, server: str, project: Path) -> None:
        text = status(project, server, "--color", "always")
        assert "\033[31m\033[1mexhausted\033[0m · Features wait." in text
        assert "\033[31m\033[1mburning\033[0m · page firing" in text
        assert "draft, exhausted" in text
        assert "shop/\033" not in text
        program = compile_text(FILE)
        rows = answered(recorded_now(program, Options(), NOW), Server(server).answer)
        found = [line for line, _ in lines(rows, 110, per_all=False)]
        assert max(map(len, found)) == 110
        assert any(line.endswith("burning · page firing…") for line in found)

    def test_deployments(self, server: str, wide: Path) -> None:
        """Each has its own budget and state; a gate is closed if that of one is."""
        found = status(wide, server).splitlines()[1:3]
        assert [line.split()[:2] for line in found] == [["wide/one", "(us)"], ["wide/one", "(eu)"]]
        assert [line.split()[-1] for line in found] == ["wait.", "healthy"]
        answer = sloc(wide, "gate", "wide", "--url", server, "--now", str(NOW))
        assert answer.out.startswith("closed: wide/one (us): -10% of its budget is left\n")

    def test_a_gate_with_a_server_that_does_not_answer(self, server: str, wide: Path) -> None:
        """What is closed on another one stays closed; what is open there may be closed here."""
        file, nowhere = wide / "sloc.yaml", f"http://{HOST}:{free_port()}"
        text = file.read_text(encoding="utf-8")
        codes = []
        for urls in ({"eu": nowhere, "us": server}, {"eu": server, "us": nowhere}):
            named = (f"{{name: {name}, url: '{url}'," for name, url in urls.items())
            file.write_text(re.sub(r"\{name: \w+,", lambda _, named=named: next(named), text), encoding="utf-8")
            for more in ((), ("--on-unknown", "open")):
                codes.append(sloc(wide, "gate", "wide", "--now", str(NOW), *more).code)
        assert codes == [1, 1, 2, 0]

    def test_fail_below(self, server: str, project: Path) -> None:
        def code(*more: str) -> int:
            return sloc(project, "status", "--url", server, "--now", str(NOW), *more).code

        assert [code("--fail-below", least) for least in ("-40%", "0%", "10")] == [0, 1, 1]
        assert code("--fail-below", "0%", "bank") == 0, "only a draft is below"

    def test_a_server_without_the_rules(self, server: str, project: Path) -> None:
        answer = sloc(project, "status", "--url", server, "--now", str(NOW - 20 * HOUR))
        assert answer.out.count("not recorded here") == 12
        assert "`--raw` computes from raw series instead" in answer.err


class TestRaw:
    """What raw series say, of which the server has more than a whole window."""

    def test_it_is_what_happened(self, server: str, truth: Truth, project: Path) -> None:
        (found,) = json.loads(status(project, server, "shop/fine", "--raw", "--format", "json"))["slos"]
        (value,) = found["values"]
        ratio = truth.ratio(NOW - 300, 30 * HOUR)
        assert value["kept"] == pytest.approx(1 - ratio, abs=1e-7)
        assert value["left"] == pytest.approx(1 - ratio / 0.001, abs=1e-4)
        assert value["burn_rate"] == pytest.approx(truth.ratio(NOW - 300, HOUR) / 0.001, rel=0.001)
        assert (value["coverage"], value["age"], found["state"]) == (1, 1, "healthy")

    def test_the_window_is_not_full_yet(self, server: str, truth: Truth, project: Path) -> None:
        answer = sloc(
            project, "status", "--url", server, "--now", str(BEGIN + 3 * HOUR), "shop/fine", "--raw", "--format", "json"
        )
        (value,) = json.loads(answer.out)["slos"][0]["values"]
        assert value["age"] == value["coverage"] == pytest.approx(0.1, abs=0.01)
        assert value["left"] == pytest.approx(
            1 - truth.ratio(BEGIN + 3 * HOUR - 300, 3 * HOUR) / 0.001 * value["age"], rel=1e-3
        )

    def test_nothing_is_scraped(self, server: str, project: Path) -> None:
        assert "no data" in status(project, server, "bank/idle", "--raw", "--now", str(BEGIN - HOUR))
