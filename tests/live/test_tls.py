"""TLS with an authority of our own, certificates of clients, and proxies."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
from urllib3.exceptions import InsecureRequestWarning

from slocompiler.cli.http_config import HttpConfig
from slocompiler.cli.prometheus import Server
from slocompiler.record import replace
from support.asking import ONE, problem
from support.certificates import Authority
from support.server import free_port
from support.stub import Request, Response, Stub, serving


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
        assert not [one for one in recwarn if one.category is InsecureRequestWarning]

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

    def test_that_finds_no_server(self) -> None:
        with serving(lambda _: Response(502), proxies=True) as proxy:
            message = problem(Server("https://127.0.0.1:1", HttpConfig(proxy=proxy.url)))
        assert message == f"https://127.0.0.1:1: the proxy {proxy.url} answers 502 Bad Gateway"

    def test_that_is_not_there(self) -> None:
        port = free_port()
        message = problem(Server("http://127.0.0.1:1", HttpConfig(proxy=f"http://sloc:hunter2@127.0.0.1:{port}")))
        assert message == f"http://127.0.0.1:1: the proxy http://127.0.0.1:{port} cannot be reached: connection refused"
