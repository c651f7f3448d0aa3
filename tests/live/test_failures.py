"""Whatever goes wrong with a server is one line with its address, without a secret, and exit code 2."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from slocompiler.cli import http
from slocompiler.cli.http_config import HttpConfig
from slocompiler.cli.prometheus import Server
from slocompiler.live.questions import Endpoint, Question
from slocompiler.project.live import Live
from slocompiler.record import replace
from support.asking import ONE, SECRET, always, problem, with_ask
from support.command import service, sloc
from support.server import free_port
from support.stub import Reply, Request, Response, data, first, prometheus, serving, vector

UNKNOWN = Endpoint(path="status/unknown")
JSON = {"Content-Type": "application/json"}
SOON = {"Retry-After": "0"}


def reported(reply: Reply, *asked: Question, config: HttpConfig | None = None, live: Live | None = None) -> str:
    """What is reported of a server that answers so, without its address; it must not answer again."""
    with serving(reply) as stub:
        message = problem(Server(stub.url, config, live), *asked)
        assert message.startswith(f"{stub.url}: ")
        return message.removeprefix(f"{stub.url}: ")


# The connection


def test_refused() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert problem(Server(url)) == f"{url}: connection refused, 4 times"


def test_no_such_host() -> None:
    assert problem(Server("http://nowhere.invalid/a")) == "http://nowhere.invalid/a: no such host"


def test_no_answer_in_time() -> None:
    with serving(always(Response(hangs=True))) as stub:
        message = problem(Server(stub.url, live=Live(timeout=1)))
        assert message == f"{stub.url}: no answer within 1s; `--timeout` waits longer"
        assert len(stub.requests) == 2, "a slow query is not asked again"


def test_an_answer_that_comes_in_drops() -> None:
    drops = always(Response(200, b" ", JSON, missing=1000, drops=True))
    assert reported(drops, live=Live(timeout=1)) == "no answer within 1s; `--timeout` waits longer"


@pytest.mark.parametrize("body", [b"", b'{"status":"success",'])
def test_half_an_answer(body: bytes) -> None:
    assert reported(always(Response(200, body, JSON, missing=100))) == "the answer is cut off, 4 times"


def test_half_an_answer_is_asked_again() -> None:
    with serving(first(Response(200, b"{", JSON, missing=100))) as stub:
        assert [one.value for one in Server(stub.url).answer([ONE]).vector(ONE)] == [1]


def test_an_answer_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST", 1 << 20)
    bomb = Response(200, gzip.compress(b" " * (8 << 20)), {**JSON, "Content-Encoding": "gzip"})
    assert reported(always(bomb)) == "an answer of more than 1 MiB"


def test_an_encoding_that_is_none() -> None:
    broken = Response(200, b"{}", {**JSON, "Content-Encoding": "gzip"})
    assert reported(always(broken)) == "the answer is not what its Content-Encoding says"


# What is answered


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (Response(401), "access denied (401 Unauthorized); no credentials were sent. See `--http-config` and SLOC_HEADERS"),
        (Response(403), "access denied (403 Forbidden); no credentials were sent. See `--http-config` and SLOC_HEADERS"),
        (Response(404, b"not found"), "no HTTP API of Prometheus here (404); the address ends before `/api/v1`"),
        (Response(429, headers=SOON), "429 Too Many Requests, 4 times; `--concurrency 1` asks less at a time"),
        (Response(429, headers={"Retry-After": "3600"}), "429 Too Many Requests: it asks to wait 3600 seconds"),
        (Response(429, headers={"Retry-After": "soon"}), "429 Too Many Requests, 4 times; `--concurrency 1` asks less"),
        (Response(503, headers=SOON), "503 Service Unavailable, 4 times"),
        (Response(502), "502 Bad Gateway, 4 times"),
        (Response(500, b"oops"), "500 Internal Server Error"),
        (
            Response(422, b'{"status":"error","errorType":"execution","error":"many-to-many\\nmatching"}', JSON),
            "many-to-many matching, for the query vector(1)",
        ),
        (
            Response(503, b'{"status":"error","errorType":"timeout","error":"query timed out"}', JSON),
            "query timed out, for the query vector(1)",
        ),
        (Response(200, b"<html>Log in</html>", {"Content-Type": "text/html"}), "the answer is a web page, not JSON."),
        (Response(200, b"\n <!doctype html>"), "the answer is a web page, not JSON."),
        (Response(200, b'{"status":"success"', JSON), "the answer is broken"),
        (Response(200, b"\xff\xfe", JSON), "the answer is broken"),
        (Response(200, b"[" * 100_000, JSON), "the answer is broken"),
        (Response(200, b"[]", JSON), "the answer is broken"),
        (Response(200, b'{"status":"success","data":{"resultType":"matrix","result":[]}}'), "the answer is broken"),
        (data({"resultType": "vector", "result": [{"metric": {}}]}), "the answer is broken"),
        (data({"resultType": "vector"}), "the answer is broken"),
        (data([]), "the answer is broken"),
        (Response(204), "204 No Content"),
        (data(vector(), warnings=["store a:1 is\x1b[2J gone"]), "the answer is partial: store a:1 is\x1b[2J gone; `--partial`"),
        (data(vector(), isPartial=True), "the answer is partial: some storage nodes did not answer; `--partial` takes it"),
    ],
)  # fmt: skip  # a table
def test_answers_that_are_none(response: Response, message: str) -> None:
    assert reported(always(response)).startswith(message)


def test_what_was_sent_is_named() -> None:
    config = HttpConfig(headers={"Authorization": f"Bearer {SECRET}", "X-Scope-OrgID": "shop"})
    message = reported(always(Response(401)), config=config)
    assert "these headers were sent: Authorization, X-Scope-OrgID" in message


def test_a_login_page_behind_a_redirect() -> None:
    login = Response(302, headers={"Location": "https://sso.example.org/login?state=hunter2#a"})
    message = reported(always(login))
    assert message.startswith(
        "it redirects to https://sso.example.org/login, which is another server. Is a login needed"
    )


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("/api/v1/query", "more than 5 redirects"),
        ("https://127.0.0.1/", "it redirects to https://127.0.0.1, which is another server"),
        ("http://[", "it redirects to something that is no address"),
        ("mailto:x", "it redirects to something that is no address"),
    ],
)
def test_redirects_to_nowhere(to: str, message: str) -> None:
    assert reported(always(Response(307, headers={"Location": to}))).startswith(message)


def test_a_redirect_within_the_server_keeps_the_question_and_the_credentials() -> None:
    def moved(request: Request) -> Response:
        path = request.path.removeprefix("/new")
        return Response(308, headers={"Location": f"/new{path}"}) if path == request.path else prometheus(request)

    config = HttpConfig(headers={"Authorization": "Bearer x"})
    with serving(moved) as stub:
        assert Server(stub.url, config).answer([ONE]).vector(ONE)
        old, new = stub.requests[-2:]
        assert (new.method, new.form, new.headers["Authorization"]) == ("POST", old.form, "Bearer x")
        message = problem(Server(stub.url, replace(config, follow_redirects=False)))
        assert (
            message
            == f"{stub.url}: it redirects to {stub.url}/new/api/v1/status/buildinfo, and follow_redirects is false"
        )


# The command


@pytest.mark.parametrize(
    "reply",
    [always(Response(401)), always(Response(200, b"{")), always(Response(422, b'{"error":"\\u001b[2J::error::x"}'))],
)
def test_a_command_ends_with_2_and_one_line(reply: Callable[[Request], Response], tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text(service("a"))
    with with_ask(), serving(reply) as stub:
        answer = sloc(tmp_path, "ask", "--url", stub.url, "--header", f"X-Token: {SECRET}")
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith(f"sloc: {stub.url}: ")
    assert SECRET not in answer.err
    assert "\x1b" not in answer.err
