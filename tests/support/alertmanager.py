"""Runs a real Alertmanager on a free local port, and amtool: what they make of a configuration."""

from __future__ import annotations

import http.client
import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from support import binaries
from support.server import HOST, POLL, START_TIMEOUT, free_port

Labels = Mapping[str, str]
TEMPLATES = Path("/usr/share/prometheus/alertmanager")


def check(config: Path) -> None:
    """Assert that amtool accepts it, and warns of nothing that later versions will refuse."""
    assert "WARN" not in _amtool("check-config", str(config))


def receivers(config: Path, labels: Labels) -> list[str]:
    """Whom an alert with these labels is sent to."""
    said = _amtool("config", "routes", "test", f"--config.file={config}", *(f'{k}="{v}"' for k, v in labels.items()))
    return said.strip().split(",")


def _amtool(*arguments: str) -> str:
    done = subprocess.run([binaries.locate("amtool"), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"amtool {' '.join(arguments)} fails:\n{done.stdout}{done.stderr}"
    return done.stdout


def inhibited(config: Path, alerts: Iterable[Labels], last: tuple[Labels, Labels], folder: Path) -> list[Labels]:
    """Those of the alerts that are suppressed while all of them fire.

    The first of `last` suppresses the second: alerts are looked at in their order, so when it does all were.
    """
    with running(config, folder) as port:
        for batch in (list(alerts), list(last)):
            assert _request(port, "POST", "/api/v2/alerts", json.dumps([{"labels": one} for one in batch]))[0] == 200
        deadline = time.monotonic() + START_TIMEOUT
        while last[1] not in (found := _suppressed(port)):
            assert time.monotonic() < deadline, "Alertmanager suppresses nothing"
            time.sleep(POLL)
    return [labels for labels in found if labels != last[1]]


class Inbox:
    """A server on a free local port, to which Alertmanager sends notifications; `with Inbox() as inbox`."""

    def __init__(self) -> None:
        self._found: queue.Queue[tuple[str, Any]] = queue.Queue()
        found = self._found

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                found.put((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                self.send_response(202)  # PagerDuty's answer; the others take any 2xx
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self.address = f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Inbox:
        threading.Thread(target=self._server.serve_forever, args=(POLL,)).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def notified(
        self, config: Path, alerts: Sequence[Mapping[str, Any]], paths: set[str], folder: Path
    ) -> dict[str, Any]:
        """What arrives at each of the paths, and nothing at others, when all of the alerts fire at once."""
        with running(config, folder) as port:
            assert _request(port, "POST", "/api/v2/alerts", json.dumps(alerts))[0] == 200
            arrived = dict(self._found.get(timeout=START_TIMEOUT) for _ in paths)
        assert arrived.keys() == paths
        assert self._found.empty(), "more than one notification"
        return arrived


def _suppressed(port: int) -> list[Labels]:
    reported = json.loads(_request(port, "GET", "/api/v2/alerts")[1])
    return [alert["labels"] for alert in reported if alert["status"]["inhibitedBy"]]


@contextmanager
def running(config: Path, folder: Path) -> Iterator[int]:
    """Start it, wait until it is ready, and end it."""
    port = free_port()
    program, templates = _program(folder)
    command = [
        str(program),
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",
    ]
    with (
        (folder / "alertmanager.log").open("wb") as log,
        subprocess.Popen(command, cwd=templates, stdout=log, stderr=log) as process,
    ):
        try:
            deadline = time.monotonic() + START_TIMEOUT
            while not _ready(port):
                said = (folder / "alertmanager.log").read_text(encoding="utf-8")
                assert process.poll() is None, f"Alertmanager ends:\n{said}"
                assert time.monotonic() < deadline, f"Alertmanager does not start:\n{said}"
                time.sleep(POLL)
            yield port
        finally:
            process.terminate()


def _program(folder: Path) -> tuple[Path, Path | None]:
    """The server, and the folder to run it in.

    Debian's looks for its template where only root can unpack it; then a copy looks in the folder that it runs in.
    """
    found = binaries.locate("prometheus-alertmanager")
    program = found.read_bytes()
    if TEMPLATES.exists() or bytes(TEMPLATES) not in program:
        return found, None
    copied = folder / found.name
    copied.write_bytes(program.replace(bytes(TEMPLATES), b"./" * (len(bytes(TEMPLATES)) // 2)))
    copied.chmod(0o755)
    return copied, found.parent.parent.parent / TEMPLATES.relative_to("/")


def _ready(port: int) -> bool:
    try:
        return _request(port, "GET", "/-/ready")[0] == 200
    except OSError:
        return False


def _request(port: int, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=START_TIMEOUT)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
