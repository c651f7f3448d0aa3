"""HTTP exporters: one of a fixed text, one whose counters a test bumps, and the real one of a machine."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection
from threading import Lock, Thread
from types import TracebackType
from typing import Self

from support import binaries
from support.server import POLL, START_TIMEOUT, free_port

HOST = "127.0.0.1"


class Exposed:
    """Serves a text of metrics on a free local port; `with Exposed(text) as exporter`."""

    def __init__(self, text: str = "") -> None:
        self._text = text
        self._server = ThreadingHTTPServer((HOST, 0), _handler(self))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        return f"{HOST}:{self._server.server_port}"

    def scrape(self) -> str:
        """The text."""
        return self._text


class Exporter(Exposed):
    """Counters that a test bumps; `with Exporter(requests, errors) as exporter`.

    Each scrape finds `requests` more, of which `errors` failed: traffic that no clock of the test's has to drive.
    """

    def __init__(self, requests: int, errors: int) -> None:
        super().__init__()
        self.scrapes = 0
        self.failed = 0
        self.requests = 0
        self._pace = (requests, errors)
        self._new = ""
        self._lock = Lock()

    def fail(self, times: int) -> None:
        """So many more requests fail."""
        with self._lock:
            self.failed += times
            self.requests += times

    def begin(self, errors: int) -> None:
        """A new series begins with so many errors, if there are any."""
        with self._lock:
            self._new = f'requests_total{{code="503"}} {errors}\n' if errors else ""

    def pace(self, requests: int, errors: int) -> None:
        """From now on each scrape finds so many more."""
        with self._lock:
            self._pace = (requests, errors)

    def scrape(self) -> str:
        """The counters as text; the first scrape sees them at 0."""
        with self._lock:
            if self.scrapes:
                self.requests += self._pace[0]
                self.failed += self._pace[1]
            self.scrapes += 1
            good = self.requests - self.failed
            return f'requests_total{{code="200"}} {good}\nrequests_total{{code="500"}} {self.failed}\n{self._new}'


def _handler(exporter: Exposed) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = exporter.scrape().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    return Handler


@contextmanager
def exporters(folder: Path) -> Iterator[dict[str, str]]:
    """Run those of Debian, which log into a folder; the addresses, as host:port, by their names without `prometheus-`."""
    with ExitStack() as running:
        yield {name.split("-")[1]: running.enter_context(_running(name, folder)) for name in binaries.EXPORTERS}


@contextmanager
def _running(name: str, folder: Path) -> Iterator[str]:
    port = free_port()
    command = [str(binaries.locate(name)), f"-web.listen-address={HOST}:{port}"]
    if "redis" not in name:  # it alone has options with one hyphen
        command[1] = f"-{command[1]}"
    log = folder / f"{name}.log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as process:
        try:
            deadline = time.monotonic() + START_TIMEOUT
            while not _listens(port):
                assert process.poll() is None, log.read_text(encoding="utf-8")
                assert time.monotonic() < deadline, f"{name} does not start"
                time.sleep(POLL)
            yield f"{HOST}:{port}"
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    try:
        create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
