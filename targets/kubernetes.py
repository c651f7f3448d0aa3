"""Kubernetes resources that several targets write: their names and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slocompiler.pattern import lazy_pattern
from slocompiler.targets.prometheus.yaml import flow, scalar

_LEGAL = lazy_pattern(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z")
"""A DNS subdomain as Kubernetes requires it (RFC 1123)."""
_LONGEST = 253
APPLIED = ("**/*.yaml", "**/*.yml", "**/*.json")
"""The files below a folder that `kubectl apply -R` takes for resources."""


def head(
    kind: str,
    name: str,
    resource: Mapping[str, Any],
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> str:
    """The first lines of a resource, through its metadata; `kind` is as `v1/ConfigMap`.

    `resource` is the option of that name, with a namespace and labels for all resources.
    """
    version, _, kind = kind.rpartition("/")
    about = {"name": resource_name(name)}
    if namespace := resource.get("namespace"):
        about["namespace"] = str(namespace)
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n"
    text += "".join(f"  {key}: {scalar(value)}\n" for key, value in about.items())
    for key, pairs in (("labels", {**resource.get("labels", {}), **(labels or {})}), ("annotations", annotations)):
        text += f"  {key}: {flow(pairs)}\n" if pairs else ""
    return text


def resource_name(name: str) -> str:
    """A name that is legal in Kubernetes and unique, because no name of a service has a dot: `sloc.eu.checkout`, or a hash."""
    plain = f"sloc.{name.replace('/', '.')}"
    if _LEGAL.match(plain) and len(plain) <= _LONGEST:
        return plain
    from hashlib import sha256  # only long names pay for it

    return f"sloc.{sha256(name.encode()).hexdigest()[:32]}"
