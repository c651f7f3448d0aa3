"""A git server over TLS for tests: `git http-backend` serves the repositories of a folder, as a forge does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from support.certificates import Authority


class Forge:
    """A running server."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        """`url` is `https://127.0.0.1:PORT`. Below `/moved` it redirects, and below `/private` it asks for a password."""
        self.asked: list[str] = []
        """The paths of all requests."""


@contextmanager
def forge(folder: Path, authority: Authority) -> Iterator[Forge]:
    """Serve the repositories below a folder, whose names end in `.git`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        running = Forge(folder, f"https://127.0.0.1:{server.server_port}")
        server.RequestHandlerClass = _handler(running)
        context = authority.serves(authority.signed("forge", "IP:127.0.0.1"))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield running
        server.shutdown()


def _handler(running: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.asked.append(self.path)
            if self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", running.url + self.path.removeprefix("/moved"))
                self.end_headers()
            elif self.path.startswith("/private/"):
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="private"')
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._answer()

        do_POST = do_GET

        def _answer(self) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            head, _, body = _backend(running.folder, self, given).partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, text in fields.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    return Handler


def _backend(folder: Path, request: BaseHTTPRequestHandler, given: bytes) -> bytes:
    """What `git http-backend` answers: headers and a body."""
    path, _, query = request.path.partition("?")
    environment = {
        "GIT_PROJECT_ROOT": str(folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": request.command,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(given)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
    }
    command = ["git", "http-backend"]
    return subprocess.run(
        command, input=given, env={**os.environ, **environment}, capture_output=True, check=True
    ).stdout
