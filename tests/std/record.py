"""Records what exporters and client libraries expose of the metrics that templates read: `make recordings NAMES=redis`.

Programs of Debian are fetched as packages, except PostgreSQL; those in `recorders/` are built with Go and with Maven. A
recording without a row in RECORDERS is written after a source: its first line names it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from socket import create_connection
from tempfile import TemporaryDirectory

from slocompiler.library import entry
from support import binaries
from support.server import HOST, free_port

FOLDER = Path(__file__).parent
SERVED = binaries.Bundle(
    "served",
    (
        *("haproxy", "redis-server", "redis-tools", "prometheus-blackbox-exporter", "prometheus-postgres-exporter"),
        *("liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1", "liblzf1", "libjemalloc2", "libatomic1"),
    ),
    ("haproxy", "redis-server", "prometheus-blackbox-exporter", "prometheus-postgres-exporter"),
)
"""Servers with the libraries that they need, and exporters."""
HAPROXY = """
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend www
  bind {site}
  http-request return status 404 if {{ path /404 }}
  http-request return status 200 if {{ path /200 }}
  default_backend none
backend none
frontend metrics
  bind {metrics}
  http-request use-service prometheus-exporter if {{ path /metrics }}
"""
"""A site that answers 200, 404 and, without a server behind it, 503."""


class Recording:
    """Programs that run until a text is fetched, in a folder of their own."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder = folder
        self._running = running

    def start(self, program: str, *arguments: str, port: int, **variables: str) -> str:
        """Start a program and wait until it listens on its port; its address."""
        path = binaries.locate(program, SERVED if program in SERVED.programs else None)
        folders = {str(one.parent) for one in (binaries.cache_folder(SERVED) / "usr" / "lib").rglob("*.so.*")}
        environment = os.environ | {"LD_LIBRARY_PATH": ":".join(sorted(folders))} | variables
        process = subprocess.Popen([path, *arguments], cwd=self.folder, env=environment, stdout=sys.stderr)
        self._running.enter_context(process)
        self._running.callback(process.terminate)
        for _ in range(200):
            try:
                create_connection((HOST, port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        return f"{HOST}:{port}"


def fetch(address: str, path: str = "metrics", ok: Sequence[int] = (200,)) -> str:
    """What an address answers."""
    done = subprocess.run(
        ["curl", "-s", "-w", "%{http_code}", f"http://{address}/{path}"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout[-3:]) in ok, done.stdout
    return done.stdout[:-3]


def haproxy(run: Recording) -> str:
    """HAProxy after four requests."""
    site, metrics = free_port(), free_port()
    text = HAPROXY.format(site=f"{HOST}:{site}", metrics=f"{HOST}:{metrics}")
    (run.folder / "haproxy.cfg").write_text(text, "utf-8")
    address = run.start("haproxy", "-db", "-f", "haproxy.cfg", port=metrics)
    for path in ("200", "200", "404", "503"):
        fetch(f"{HOST}:{site}", path, (200, 404, 503))
    return fetch(address)


def redis(run: Recording) -> str:
    """redis_exporter beside a Redis that has answered, failed and rejected commands."""
    port, own = free_port(), free_port()
    server = run.start("redis-server", "--port", str(port), "--save", "", port=port)
    with create_connection((HOST, port)) as client:
        client.sendall(b"SET a 1\r\nGET a\r\nLPUSH a 1\r\nGET\r\n")
        client.recv(1000)
    return fetch(
        run.start(
            "prometheus-redis-exporter", f"-redis.addr=redis://{server}", f"-web.listen-address={HOST}:{own}", port=own
        )
    )


def blackbox(run: Recording) -> str:
    """blackbox_exporter, which probes itself. The label `instance` is that of a relabeled scrape."""
    port = free_port()
    (run.folder / "blackbox.yml").write_text("modules: {http_2xx: {prober: http}}\n", "utf-8")
    arguments = ("--config.file=blackbox.yml", f"--web.listen-address={HOST}:{port}")
    address = run.start("prometheus-blackbox-exporter", *arguments, port=port)
    text = fetch(address, f"probe?module=http_2xx&target=http://{address}/")
    return re.sub(r"^(probe_\w+)(?=[ ])", r'\1{instance="https://www.example.org"}', text, flags=re.MULTILINE)


REPLICA = """# TYPE pg_replication_lag_seconds gauge
pg_replication_lag_seconds 0.4
"""
"""Written after collector/pg_replication.go of postgres_exporter: Debian's is older."""


def postgres(run: Recording) -> str:
    """postgres_exporter beside a PostgreSQL of this machine, which has a database `shop`."""
    port, own = free_port(), free_port()
    (programs,) = Path("/usr/lib/postgresql").glob("*/bin")
    user = ("runuser", "-u", "nobody", "--") if os.getuid() == 0 else ()
    run.folder.chmod(0o777)
    data = run.folder / "data"

    def call(program: str, *arguments: str) -> None:
        subprocess.run([*user, programs / program, *arguments], cwd=run.folder, check=True, stdout=sys.stderr)

    call("initdb", "-A", "trust", "-U", "postgres", "-D", str(data))
    call(
        "pg_ctl", "-w", "-D", str(data), "-l", str(data / "log"), "-o", f"-p {port} -k {run.folder} -h {HOST}", "start"
    )
    try:
        call("createdb", "-U", "postgres", "-h", HOST, "-p", str(port), "shop")
        source = f"postgresql://postgres@{HOST}:{port}/postgres?sslmode=disable"
        arguments = (f"--web.listen-address={HOST}:{own}",)
        address = run.start("prometheus-postgres-exporter", *arguments, port=own, DATA_SOURCE_NAME=source)
        return fetch(address) + REPLICA
    finally:
        call("pg_ctl", "-D", str(data), "-m", "fast", "stop")


def with_maven(_: Recording) -> str:
    """Micrometer, with the tags that Spring Boot sets."""
    command = ["mvn", "-q", "-B", "compile", "exec:java", "-Dexec.mainClass=Record"]
    folder = FOLDER / "recorders" / "spring"
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def with_go(name: str) -> Callable[[Recording], str]:
    """A program of `recorders/`."""

    def recorded(_: Recording) -> str:
        return subprocess.run(
            ["go", "run", f"./{name}"], cwd=FOLDER / "recorders", capture_output=True, text=True, check=True
        ).stdout

    return recorded


RECORDERS: dict[str, tuple[str, Callable[[Recording], str]]] = {
    "haproxy": ("HAProxy 2.6.12 of Debian 12", haproxy),
    "redis": ("redis_exporter 1.45.0 and Redis 7.0.15 of Debian 12", redis),
    "blackbox": ("blackbox_exporter 0.23.0 of Debian 12", blackbox),
    "postgres": ("postgres_exporter 0.11.1 of Debian 12 and PostgreSQL 15", postgres),
    "spring": ("Micrometer 1.17.2, with the tags of Spring Boot", with_maven),
    "promhttp": ("client_golang 1.25.0", with_go("promhttp")),
    "otel-http": ("otelhttp 0.72.0 and the exporter for Prometheus of OpenTelemetry", with_go("otel-http")),
    "apiserver": ("k8s.io/apiserver 0.37.2", with_go("apiserver")),
    "coredns": ("CoreDNS 1.15.0", with_go("coredns")),
    "grpc": ("go-grpc-middleware/providers/prometheus 1.1.0", with_go("grpc")),
}
"""What each recording is made from, and what makes it."""


def metrics(name: str) -> set[str]:
    """The metrics that the templates of a file select."""
    return set(re.findall(r"\b([a-z]+_[a-z_]+)(?=\{)", entry(name).templates))


def read(text: str, names: set[str]) -> str:
    """The lines of the metrics, with the parts of histograms; the order is that of the exposition."""
    kept = []
    for line in text.splitlines():
        own = re.sub(r"^# (HELP|TYPE) ", "", line)
        found = re.match(r"\w+", own)
        family = re.sub(r"_(bucket|count|sum)$", "", found[0]) if found else ""
        if found and ({found[0], family} & names or f"{found[0]}_count" in names or f"{family}_count" in names):
            kept.append(line)
    return "\n".join(kept) + "\n"


def main(names: Sequence[str]) -> None:
    """Write the recordings of these names, or all that programs make."""
    for name in names or RECORDERS:
        origin, recorder = RECORDERS[name]
        with TemporaryDirectory() as folder, ExitStack() as running:
            text = read(recorder(Recording(Path(folder), running)), metrics(name))
        (FOLDER / f"{name}.prom").write_text(f"# Recorded from {origin}.\n{text}", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
