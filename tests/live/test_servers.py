"""Real servers answer every kind of question; each program is known by its endpoint `status/buildinfo`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slocompiler.cli.prometheus import Samples, Server
from slocompiler.cli.unanswered import Unanswered
from slocompiler.live.kind import BUILDINFO, kind
from slocompiler.live.questions import Endpoint, Instant, Range, Table
from support.server import Prometheus
from support.stub import Request, Response, data, prometheus, serving
from support.victoria import running

THEN = int(time.time()) - 4 * 3600
FORMAT = Endpoint(path="format_query", parameters=(("query", "sum( up )"),))
UNKNOWN = Endpoint(path="status/unknown")


@pytest.fixture(scope="module")
def url(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    del every_prometheus
    server = Prometheus(tmp_path_factory.mktemp("server"))
    samples = "".join(f'up{{job="a"}} 1 {THEN - ago}\n' for ago in range(600, -1, -30))
    server.backfill(f"# TYPE up gauge\n{samples}# EOF\n")
    with server:
        yield f"http://{server.address}"


def test_answers_every_kind_of_question(url: str) -> None:
    instant = Instant(expr="count(up)", at=THEN)
    matrix = Range(expr="vector(2)", start=THEN - 60, end=THEN, step=30)
    table = Table(metric="up", matchers=(), labels=("job",), lookback=60, at=THEN)
    answers = Server(url).answer([instant, matrix, table, FORMAT, UNKNOWN, BUILDINFO])
    assert [sample.value for sample in answers.vector(instant)] == [1]
    assert answers.matrix(matrix)[0].values == {THEN - 60: 2, THEN - 30: 2, THEN: 2}
    assert answers.vector(table) == [({"job": "a"}, 1)]
    assert (answers.data(FORMAT), answers.data(UNKNOWN)) == ("sum(up)", None)
    assert kind(answers.data(BUILDINFO)) == "Prometheus"


def test_tells_how_many_samples_it_has_read(url: str) -> None:
    with pytest.raises(Unanswered, match=r"the server has read [0-9,]+ samples, and the limit is 1; `--max-samples"):
        Server(url, samples=Samples(1)).answer([Instant(expr="sum_over_time(up[1h:1s])", at=THEN)])


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("sum(", "unclosed left parenthesis, for the query sum("),
        ("label_replace(up, 'a', '', '', '(')", "invalid regular expression"),
    ],
)
def test_reports_what_is_wrong_with_a_query(url: str, expr: str, message: str) -> None:
    with pytest.raises(Unanswered) as caught:
        Server(url).answer([Instant(expr=expr, at=THEN)])
    assert message in caught.value.message
    assert caught.value.message.startswith(f"{url}: ")


def test_victoria_metrics(tmp_path: Path) -> None:
    instant = Instant(expr="vector(1)", at=THEN)
    with running(tmp_path, {}, "127.0.0.1:1", "5s") as victoria:
        answers = Server(victoria.database).answer(
            [instant, FORMAT, UNKNOWN, BUILDINFO, Endpoint(path="alertmanagers")]
        )
        assert answers.vector(instant)[0].value == 1
        missing = (FORMAT, UNKNOWN, Endpoint(path="alertmanagers"))
        assert [answers.data(endpoint) for endpoint in missing] == [None, None, None]
        assert kind(answers.data(BUILDINFO)) == "VictoriaMetrics"
        assert Server(victoria.ruler).answer([BUILDINFO]).data(BUILDINFO) is None
        with pytest.raises(Unanswered, match="for the query sum"):
            Server(victoria.database).answer([Instant(expr="sum(", at=THEN)])


@pytest.mark.parametrize(
    ("buildinfo", "name"),
    [
        ({"application": "Grafana Mimir", "version": "2.14.0", "features": {}}, "Mimir"),
        ({"version": "0.34.1", "revision": "4cf1559", "goVersion": "go1.21"}, "Thanos"),
        ({"version": "3.5.0", "revision": "8be3a95"}, "Prometheus"),
        (None, "Prometheus"),
        (["x"], "Prometheus"),
    ],
)
def test_kinds_of_other_servers(buildinfo: Any, name: str) -> None:
    assert kind(buildinfo) == name


def test_thanos_is_asked_for_all_stores_and_for_raw_samples() -> None:
    """Other servers are not: some refuse a parameter that they do not know."""

    def thanos(request: Request) -> Response:
        return (
            data({"version": "0.34.1", "revision": "a"})
            if request.path.endswith(BUILDINFO.path)
            else prometheus(request)
        )

    wanted = {"dedup": "true", "partial_response": "false", "max_source_resolution": "0s"}
    partly = wanted | {"partial_response": "true"}
    for reply, partial, extra in ((thanos, False, wanted), (thanos, True, partly), (prometheus, False, {})):
        with serving(reply) as stub:
            Server(stub.url, partial=partial).answer(
                [Instant(expr="vector(1)", at=0), Range(expr="vector(1)", start=0, end=60, step=60)]
            )
            for request in stub.requests[1:]:
                assert {name: text for name, text in request.form.items() if name in wanted} == extra
                assert (request.form["timeout"], request.form["stats"]) == ("30s", "all")
