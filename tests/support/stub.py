"""A server on a free local port that answers what a test says: over TLS, with faults, as a proxy; it records requests."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit


class Request(NamedTuple):
    """What a client sent; `form` has the parameters of the body or of the address."""

    method: str
    path: str
    headers: Message
    form: Mapping[str, str]


class Response(NamedTuple):
    """What the server answers. `missing` bytes are announced and never sent; `drops` sends a byte a time, until the end."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    missing: int = 0
    drops: bool = False
    hangs: bool = False


Reply = Callable[[Request], Response]


class Stub:
    """The address of the server, and what it has received."""

    def __init__(self, scheme: str, port: int) -> None:
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.requests: list[Request] = []
        self.connections = 0
        self.ended = Event()


def data(value: Any, **more: Any) -> Response:
    """A success of the HTTP API of Prometheus."""
    body = json.dumps({"status": "success", "data": value, **more}).encode()
    return Response(200, body, {"Content-Type": "application/json"})


def vector(value: str = "1", **more: Any) -> Any:
    """The data of an instant vector with one series."""
    return {"resultType": "vector", "result": [{"metric": {}, "value": [0, value]}], **more}


def prometheus(request: Request) -> Response:
    """Answers like a Prometheus that knows one series."""
    if request.path.endswith("/status/buildinfo"):
        return data({"version": "2.42.0", "goVersion": "go1.20"})
    if request.path.endswith("/query"):
        return data(vector())
    if request.path.endswith("/query_range"):
        return data({"resultType": "matrix", "result": [{"metric": {}, "values": [[0, "1"]]}]})
    return Response(404, b"404 page not found\n")


def recorded(request: Request) -> Response:
    """Answers like a Prometheus that has recorded the SLO `shop/errors`, with 71% of its budget left."""
    found = {"slo:info": 1, "slo:budget_left:ratio": 0.71, '{__name__=~"slo:(events|error_ratio):rate5m"}': 5}
    if "query" not in request.form:
        return prometheus(request)
    number = found.get(request.form["query"])
    labels = {"slo": "shop/errors", "service": "shop", "__name__": "slo:events:rate5m"}
    series = [{"metric": labels, "value": [0, str(number)]}] if number else []
    return data({"resultType": "vector", "result": series})


def first(*responses: Response) -> Reply:
    """These answers to the first requests, then those of a Prometheus."""
    left = list(responses)
    return lambda request: left.pop(0) if left else prometheus(request)


@contextmanager
def serving(reply: Reply = prometheus, tls: ssl.SSLContext | None = None, proxies: bool = False) -> Iterator[Stub]:
    """The server, as long as the block runs. With `proxies`, requests that `reply` answers with 200 go on to their server."""
    server = _Server(reply, tls, proxies)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.stub
    finally:
        server.stub.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, reply: Reply, tls: ssl.SSLContext | None, proxies: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.stub = Stub("https" if tls else "http", self.server_address[1])
        self.reply, self.tls, self.proxies = reply, tls, proxies

    def get_request(self) -> tuple[socket.socket, Any]:
        found = super().get_request()
        self.stub.connections += 1
        return found

    def finish_request(self, request: Any, address: Any) -> None:
        # In the thread of the request: the shake of hands may fail, and the server goes on.
        with suppress(OSError):
            super().finish_request(self.tls.wrap_socket(request, server_side=True) if self.tls else request, address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        split = urlsplit(self.path)
        form = {key: found[0] for key, found in parse_qs(body.decode() or split.query).items()}
        response = self._reply(split.path, form)
        if self.server.proxies and response.status == 200:
            response = _forwarded(self.command, self.path, body, self.headers)
        self._answer(response)

    do_GET = do_POST

    def do_CONNECT(self) -> None:
        response = self._reply(self.path, {})
        self.close_connection = True
        if response.status == 200:
            self.send_response(200)
            self.end_headers()
            host, _, port = self.path.rpartition(":")
            _tunnel(self.connection, (host, int(port)))
        else:
            self._answer(response)

    def _reply(self, path: str, form: Mapping[str, str]) -> Response:
        request = Request(self.command, path, self.headers, form)
        self.server.stub.requests.append(request)
        return self.server.reply(request)

    def _answer(self, response: Response) -> None:
        ended = self.server.stub.ended
        if response.hangs:
            self.close_connection = True
            ended.wait()
            return
        self.send_response(response.status)
        for name, text in response.headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(response.body) + response.missing))
        self.end_headers()
        self.wfile.write(response.body)
        self.close_connection |= response.missing > 0
        while response.drops and not ended.wait(0.02):
            self.wfile.write(b" ")

    def log_message(self, *arguments: object) -> None:
        del arguments


def _forwarded(method: str, url: str, body: bytes, headers: Message) -> Response:
    """What the server of an absolute address answers."""
    split = urlsplit(url)
    connection = http.client.HTTPConnection(split.netloc)
    own = {name: text for name, text in headers.items() if not name.lower().startswith("proxy-")}
    connection.request(method, f"{split.path}?{split.query}", body, own)
    answer = connection.getresponse()
    found = Response(answer.status, answer.read(), {"Content-Type": answer.headers.get("Content-Type", "")})
    connection.close()
    return found


def _tunnel(client: socket.socket, to: tuple[str, int]) -> None:
    """Carry bytes between two sockets until one of them ends."""
    with socket.create_connection(to) as server:

        def carry(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while part := source.recv(1 << 16):
                    target.sendall(part)
                target.shutdown(socket.SHUT_WR)

        back = Thread(target=carry, args=(server, client), daemon=True)
        back.start()
        carry(client, server)
        back.join()
