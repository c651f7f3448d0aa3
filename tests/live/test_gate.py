"""`sloc gate` against real servers: open, closed and unknown, and the query for other tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest
from bench.accuracy.series import BEGIN as NOW

from support.command import sloc
from support.even_traffic import shown
from support.server import HOST, Prometheus, free_port
from support.victoria import started

POLICY = 'policy { below 50% "Look at the risks." below 25% "Risky roll-outs wait." gate exhausted "Features wait." }'
LEFT: Mapping[str, Mapping[str, tuple[float, ...]]] = {
    "fine": {"one": (0.9,), "two": (0.25,)},
    "low": {"one": (0.9,), "two": (0.249,)},
    "gone": {"one": (-0.38,), "two": (0.9,)},
    "values": {"one": (0.9, 0.1, 0.5)},
    "empty": {"one": (0.0,)},
    "quiet": {"one": (0.9,)},
    "holes": {"one": (0.9,)},
    "unseen": {},
    "both": {"one": (0.1,)},
}
"""What is left of the budgets of each service, of each value. `quiet` has no events now, and of `holes` half is covered."""
VERDICTS = {"fine": 0, "low": 1, "gone": 1, "values": 1, "empty": 1, "quiet": 2, "holes": 2, "unseen": 2, "both": 1}


def source() -> str:
    """The services; `two` of `both` is not recorded, and `trial` is a draft whose budget is gone."""
    text = ""
    for service in LEFT:
        per = "per route" if service == "values" else ""
        text += f'service {service} {{ owner "web" stakeholders "product", "support" runbook "https://r.example.org" {POLICY}\n'
        for name in ("one",) if service in ("values", "empty", "quiet", "holes", "unseen") else ("one", "two"):
            counted = f'events r_total{{job="{service}"}} bad {{code="500"}} {per} alerts none because "a"'
            text += f"  slo {name} 99% over 30d {{ {counted} }}\n"
        text += f'  draft slo trial 99% over 30d {{ events r_total{{job="{service}"}} bad {{code="500"}} }}\n}}\n'
    return text + 'service free { owner "a" slo one 99% over 1d { events r_total{} bad {code="500"} alerts none } }\n'


def recorded() -> Iterator[str]:
    """What rules would have recorded."""
    for service, slos in LEFT.items():
        for name, values in ({**slos, "trial": (-1,)} if slos else {}).items():
            own = {"slo": f"{service}/{name}", "service": service}
            yield f"slo:info{shown(own)} 1 {NOW}"
            for number, left in enumerate(values):
                of = own | ({"route": f"/{number}"} if len(values) > 1 else {})
                yield f"slo:budget_left:ratio{shown(of)} {left} {NOW}"
                yield f"slo:coverage:ratio{shown(of)} {0.25 if service == 'holes' else 0.5} {NOW}"
                yield f"slo:age:ratio{shown(of)} 0.5 {NOW}"
                if service != "quiet":
                    yield f"slo:events:rate5m{shown(of)} 3 {NOW}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the services."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "all.slo").write_text(source(), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def server(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:  # noqa: ARG001  # runs it
    """A Prometheus that has what was recorded."""
    found = Prometheus(tmp_path_factory.mktemp("server"))
    found.backfill("\n".join([*sorted(recorded()), "# EOF\n"]))
    with found:
        yield found


def gate(project: Path, url: str, *more: str) -> tuple[int, str]:
    """The exit code, and what is printed."""
    answer = sloc(project, "gate", "--url", url, "--now", str(NOW), *more)
    return answer.code, answer.out


def queried(project: Path, service: str) -> str:
    """The query for other tools."""
    answer = sloc(project, "gate", service, "--print-query")
    assert answer.code == 0
    return answer.out


def test_verdicts(server: Prometheus, project: Path) -> None:
    url = f"http://{server.address}"
    assert {name: gate(project, url, name)[0] for name in LEFT} == VERDICTS
    assert gate(project, url, *LEFT)[0] == 1
    assert gate(project, url, "quiet", "fine")[0] == 2
    assert gate(project, url, "low/one")[0] == 0


def test_what_is_printed(server: Prometheus, project: Path) -> None:
    url = f"http://{server.address}"
    overruling = "To overrule: web, together with product, support, may pass with --override REASON.\n"
    assert gate(project, url, "fine")[1] == "open: fine/two: 25% of its budget is left, and no other has less\n"
    assert gate(project, url, "low")[1] == (
        f"closed: low/two: 24.9% of its budget is left, which is below 25%\n  agreed: Risky roll-outs wait.\n{overruling}"
    )
    assert gate(project, url, "gone")[1] == (
        f"closed: gone/one: -38% of its budget is left\n  agreed: Features wait.\n{overruling}"
    )
    assert gate(project, url, "both")[1] == (
        "closed: both/one: 10% of its budget is left, which is below 25%\n  agreed: Risky roll-outs wait.\n"
        f"unknown: both/two: not recorded here\n{overruling}"
    )
    assert gate(project, url, "holes")[1] == f"unknown: holes/one: its data cover 25% of 50%\n{overruling}"


def test_unknown_counts_as_it_is_told(server: Prometheus, project: Path) -> None:
    url = f"http://{server.address}"
    for name in ("quiet", "holes", "unseen"):
        assert [gate(project, url, name, "--on-unknown", word)[0] for word in ("open", "closed")] == [0, 1]
    assert gate(project, url, "both", "--on-unknown", "open")[0] == 1


def test_an_override_is_recorded(server: Prometheus, project: Path) -> None:
    answer = sloc(project, "gate", "gone", "--url", f"http://{server.address}", "--now", str(NOW), "--override", "Fix")
    assert answer.code == 0
    assert "closed: gone/one: -38% of its budget is left\n" in answer.err
    found = json.loads(answer.out)
    assert (found["verdict"], found["override"], found["services"]) == ("closed", "Fix", ["gone"])
    assert [(one["id"], one["verdict"], one["left"]) for one in found["slos"]] == [
        ("gone/one", "closed", -0.38),
        ("gone/two", "open", 0.9),
    ]


def test_the_query_says_the_same(server: Prometheus, project: Path) -> None:
    """It returns nothing where something is unknown, though something else is closed."""
    found = {name: [value for _, value in server.query(queried(project, name), NOW)] for name in LEFT}
    assert found == {name: {0: [1], 1: [0], 2: []}[code] for name, code in (VERDICTS | {"both": 2}).items()}


def test_on_victoria_metrics(project: Path, tmp_path: Path) -> None:
    address = f"http://{HOST}:{free_port()}"
    with started(tmp_path, "victoria-metrics", address, ["-storageDataPath=data", "-retentionPeriod=10y"]):
        urlopen(f"{address}/api/v1/import/prometheus", "".join(f"{one}000\n" for one in recorded()).encode()).close()
        urlopen(f"{address}/internal/force_flush").close()
        assert {name: gate(project, address, name)[0] for name in LEFT} == VERDICTS


def test_a_server_that_does_not_answer(project: Path) -> None:
    url = f"http://{HOST}:{free_port()}"
    assert [gate(project, url, "fine", *more)[0] for more in ((), ("--on-unknown", "open"))] == [2, 0]
    answer = sloc(project, "gate", "fine", "--url", url, "--override", "It burns")
    assert (answer.code, json.loads(answer.out)["verdict"]) == (0, "unknown")
    assert f"sloc: {url}: " in answer.err


def test_a_service_without_a_policy(project: Path) -> None:
    answer = sloc(project, "gate", "fine", "free", "--url", "http://nowhere")
    assert answer.code == 2
    assert "no policy of free has a step for an exhausted budget, or one that ends with `gate`" in answer.err
