"""When a server is asked again, how much it may read, what is missing in its answers, and how many questions it gets."""

from __future__ import annotations

import pytest

from slocompiler.cli import http
from slocompiler.cli.prometheus import Samples, Server
from slocompiler.live.questions import Answers, Endpoint, Instant, Range
from slocompiler.project.live import Live
from slocompiler.record import replace
from support.asking import ONE, always, problem
from support.stub import Request, Response, data, first, prometheus, serving, vector

UNKNOWN = Endpoint(path="status/unknown")
SOON = {"Retry-After": "0"}


# Again


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int) -> None:
    with serving(first(*[Response(status, headers=SOON)] * 3)) as stub:
        assert Server(stub.url).answer([ONE]).vector(ONE)
        assert len(stub.requests) == 5


def test_it_waits_as_long_as_the_server_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_PAUSE", 0.25)
    with serving(first(Response(503, headers={"Retry-After": "7"}), Response(503))) as stub:
        server, waited = Server(stub.url), list[float]()
        monkeypatch.setattr(server._http.ended, "wait", waited.append)
        server.answer([ONE])
    assert waited == [7, 0.5]


def test_one_failure_ends_the_round() -> None:
    """Nobody waits for the other questions, be they slow or on hold."""
    with serving(
        lambda request: Response(422, b'{"error":"no"}') if "bad" in request.form.values() else slow(request)
    ) as stub:
        questions = [Instant(expr=expr, at=0) for expr in ("slow", "bad", *"abcdefgh")]
        server = Server(stub.url, live=Live(concurrency=2))
        assert problem(server, *questions) == f"{stub.url}: no, for the query bad"
        assert len(stub.requests) <= 4


def slow(request: Request) -> Response:
    """Answers no query."""
    return prometheus(request) if request.path.endswith("buildinfo") else Response(hangs=True)


# Samples and partial answers


def test_a_costly_question_is_not_asked() -> None:
    costly = Range(expr="up", start=0, end=60, step=60, cost=600)
    with serving() as stub:
        server = Server(stub.url, samples=Samples(1000))
        server.answer([costly])
        asked = len(stub.requests)
        message = problem(server, costly, replace(costly, start=1))
        assert len(stub.requests) == asked
    assert (
        message == "the server would read about 1,200 samples, and the limit is 1,000; `--max-samples 2000` allows more"
    )


def test_what_was_read_counts() -> None:
    read = data(vector(stats={"samples": {"totalQueryableSamples": 600}}))
    with serving(always(read)) as stub:
        server = Server(stub.url, samples=Samples(1000))
        server.answer([ONE])
        message = problem(server, replace(ONE, at=1))
    assert message == "the server has read 1,200 samples, and the limit is 1,000; `--max-samples 2000` allows more"


def test_partial_answers_are_taken_and_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(always(data(vector(), warnings=["store\ta is gone"]))) as stub:
        server = Server(stub.url, partial=True)
        for _ in range(2):
            assert server.answer([ONE]).vector(ONE)
    assert capsys.readouterr() == ("", f"warning: {stub.url}: the answer is partial: store a is gone\n")


def test_hints_about_promql_are_no_part() -> None:
    hint = data(vector(), warnings=['PromQL warning: bucket label "le" is missing'], infos=["PromQL info: no counter"])
    with serving(always(hint)) as stub:
        assert Server(stub.url).answer([ONE]).vector(ONE)


@pytest.mark.parametrize(
    "response", [Response(404), Response(403), Response(405), Response(501), Response(400, b"unsupported path")]
)
def test_an_endpoint_that_is_missing_is_none(response: Response) -> None:
    with serving(always(response)) as stub:
        assert Server(stub.url).answer([UNKNOWN]).data(UNKNOWN) is None


def test_questions_are_answered_whatever_their_number() -> None:
    questions = [Instant(expr=f"vector({number})", at=0) for number in range(50)]
    with serving(
        lambda request: prometheus(request) if "info" in request.path else data(vector(request.form["query"][7:-1]))
    ) as stub:
        answers: Answers = Server(stub.url).answer([*questions, *questions])
        assert len(stub.requests) == 51
    assert [answers.vector(one)[0].value for one in questions] == [*range(50)]
