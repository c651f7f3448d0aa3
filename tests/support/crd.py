"""The schema of PrometheusRule resources, as the Prometheus Operator publishes it: fetched once into the cache."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml

VERSION = "v0.76.2"
MODULE = "github.com/prometheus-operator/prometheus-operator"
ARCHIVE = f"https://proxy.golang.org/{MODULE}/@v/{VERSION}.zip"
"""The operator as a Go module; Apache-2.0, like what is in it."""
MEMBER = f"{MODULE}@{VERSION}/example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml"
SHA256 = "aa8a9c8e95d7773b624cc241a8f9db0862ce1bfd291982285c2cb0d22fa8759b"


def schema() -> dict[str, Any]:
    """The JSON Schema of a resource, in which no key is unknown: Kubernetes would silently drop it."""
    definition = yaml.safe_load(_definition())
    (version,) = definition["spec"]["versions"]
    found: dict[str, Any] = version["schema"]["openAPIV3Schema"]
    found["properties"]["metadata"] = {"type": "object"}
    return _strict(found)


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    closed = {"additionalProperties": False} if isinstance(node.get("properties"), dict) else {}
    python = {"pattern": "(?i)^(abort|warn)?$"} if node.get("pattern") == "^(?i)(abort|warn)?$" else {}
    return closed | {key: _strict(inner) for key, inner in node.items()} | python


def _definition() -> bytes:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(base) / "sloc" / f"prometheusrules-{VERSION}.yaml"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with urlopen(ARCHIVE, timeout=600) as answer, zipfile.ZipFile(io.BytesIO(answer.read())) as archive:
            content = archive.read(MEMBER)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).rename(path)  # processes may race
    content = path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256, f"{path} is not what it was: delete it and run again"
    return content
