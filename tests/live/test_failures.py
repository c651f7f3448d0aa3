"""Whatever goes wrong with a server is one line with its address, without a secret, and exit code 2."""

from __future__ import annotations

import gzip
import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slocompiler.cli import http
from slocompiler.cli.http_config import HttpConfig
from slocompiler.cli.prometheus import Samples, Server
from slocompiler.cli.unanswered import Unanswered
from slocompiler.live.questions import Answers, Endpoint, Instant, Question, Range
from slocompiler.project.live import Live
from slocompiler.record import replace
from support.asking import with_ask
from support.certificates import Authority
from support.command import service, sloc
from support.server import free_port
from support.stub import Reply, Request, Response, Stub, data, first, prometheus, serving, vector

ONE = Instant(expr="vector(1)", at=0)
UNKNOWN = Endpoint(path="status/unknown")
SECRET = "hunter2"
JSON = {"Content-Type": "application/json"}
SOON = {"Retry-After": "0"}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the person who runs the tests counts, and nobody waits for the next attempt."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(http, "FIRST_PAUSE", 0)


def problem(server: Server, *asked: Question) -> str:
    """What is reported if the questions are asked."""
    with pytest.raises(Unanswered) as caught:
        server.answer(asked or (ONE,))
    assert caught.value.exit_code == 2
    assert SECRET not in caught.value.message
    return caught.value.message


def reported(reply: Reply, *asked: Question, config: HttpConfig | None = None, live: Live | None = None) -> str:
    """What is reported of a server that answers so, without its address; it must not answer again."""
    with serving(reply) as stub:
        message = problem(Server(stub.url, config, live), *asked)
        assert message.startswith(f"{stub.url}: ")
        return message.removeprefix(f"{stub.url}: ")


def always(response: Response) -> Reply:
    """This answer to every query; the server is known already."""
    return lambda request: prometheus(request) if request.path.endswith("buildinfo") else response


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


# TLS and proxies


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secure(authority: Authority) -> Iterator[Stub]:
    with serving(tls=authority.serves(authority.signed("server", "IP:127.0.0.1"))) as found:
        yield found


class TestTls:
    """Certificates of an authority of our own."""

    def test_a_known_authority(self, secure: Stub, authority: Authority) -> None:
        assert Server(secure.url, trusting(authority)).answer([ONE]).vector(ONE)

    def test_an_unknown_authority(self, secure: Stub) -> None:
        message = problem(Server(secure.url))
        assert message.startswith(f"{secure.url}: no trusted connection: ")
        assert message.endswith("; `ca_file` in --http-config names the authority")

    def test_unless_it_is_not_verified(self, secure: Stub, recwarn: pytest.WarningsRecorder) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        assert Server(secure.url, HttpConfig(tls=context)).answer([ONE]).vector(ONE)
        assert not recwarn.list

    def test_another_name(self, authority: Authority) -> None:
        with serving(tls=authority.serves(authority.signed("other", "DNS:prometheus.internal"))) as other:
            assert "IP address mismatch" in problem(Server(other.url, trusting(authority)))
            named = replace(trusting(authority), server_name="prometheus.internal")
            assert Server(other.url, named).answer([ONE]).vector(ONE)

    def test_a_certificate_of_the_client(self, authority: Authority) -> None:
        server, client = authority.signed("wants", "IP:127.0.0.1"), authority.signed("client", "DNS:client")
        with serving(tls=authority.serves(server, clients=True)) as stub:
            message = problem(Server(stub.url, trusting(authority)))
            assert "no trusted connection: " in message or "times" in message
            config = trusting(authority)
            assert config.tls
            config.tls.load_cert_chain(client.certificate, client.key)
            assert Server(stub.url, config).answer([ONE]).vector(ONE)

    def test_no_tls_at_all(self, secure: Stub) -> None:
        with serving() as plain:
            assert "no trusted connection: " in problem(Server(plain.url.replace("http:", "https:")))
        assert "times" in problem(Server(secure.url.replace("https:", "http:")))


def trusting(authority: Authority) -> HttpConfig:
    """A file that names the authority."""
    return HttpConfig(tls=ssl.create_default_context(cafile=str(authority.own.certificate)))


class TestProxy:
    """A proxy that wants a login, for plain servers and, by a tunnel, for those with TLS."""

    @pytest.fixture
    def proxy(self) -> Iterator[Stub]:
        def guard(request: Request) -> Response:
            known = request.headers.get("Proxy-Authorization") == "Basic c2xvYzpodW50ZXIy"
            return Response(200 if known else 407, headers={} if known else {"Proxy-Authenticate": "Basic"})

        with serving(guard, proxies=True) as found:
            yield found

    @pytest.mark.parametrize("tunnel", [False, True])
    def test_with_its_login(self, proxy: Stub, authority: Authority, tunnel: bool) -> None:
        tls = authority.serves(authority.signed("proxied", "IP:127.0.0.1")) if tunnel else None
        login = proxy.url.replace("//", "//sloc:hunter2@")
        with serving(tls=tls) as stub:
            config = replace(trusting(authority), proxy=login, headers={"Authorization": "Bearer x"})
            assert Server(stub.url, config).answer([ONE]).vector(ONE)
            assert {request.headers["Authorization"] for request in stub.requests} == {"Bearer x"}
            assert not any("Proxy-Authorization" in request.headers for request in stub.requests)
            assert {request.method for request in proxy.requests} == ({"CONNECT"} if tunnel else {"GET", "POST"})
            message = problem(Server(stub.url, replace(config, proxy=proxy.url)))
        needs = f"the proxy {proxy.url} needs another login (407)" if tunnel else "the proxy needs another login (407)"
        assert message == f"{stub.url}: {needs}"

    def test_of_the_environment(self, proxy: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving() as stub:
            monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//sloc:hunter2@"))
            assert Server(stub.url).answer([ONE]).vector(ONE)
            assert len(proxy.requests) == 2
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            assert Server(stub.url).answer([ONE]).vector(ONE)
            assert len(proxy.requests) == 2

    def test_that_is_not_there(self) -> None:
        port = free_port()
        message = problem(Server("http://127.0.0.1:1", HttpConfig(proxy=f"http://sloc:hunter2@127.0.0.1:{port}")))
        assert message == f"http://127.0.0.1:1: the proxy http://127.0.0.1:{port} cannot be reached: connection refused"


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


def test_questions_are_answered_whatever_their_number() -> None:
    questions = [Instant(expr=f"vector({number})", at=0) for number in range(50)]
    with serving(
        lambda request: prometheus(request) if "info" in request.path else data(vector(request.form["query"][7:-1]))
    ) as stub:
        answers: Answers = Server(stub.url).answer([*questions, *questions])
        assert len(stub.requests) == 51
    assert [answers.vector(one)[0].value for one in questions] == [*range(50)]
