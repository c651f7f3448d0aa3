"""The format of each ruler: plain files, resources of the Prometheus Operator, namespaces of Mimir."""

from __future__ import annotations

import re

from slocompiler.targets.prometheus.options import Options
from slocompiler.targets.prometheus.yaml import flow, scalar

_LEGAL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z")
"""A DNS subdomain as Kubernetes requires it (RFC 1123)."""
_LONGEST = 253
_LINE = re.compile(r"^(?=.)", re.MULTILINE)
"""The beginning of a line that is not empty. A line of blanks is text of a block, and other characters end no line."""


def head(name: str, options: Options) -> str:
    """The text before the groups of a file; `name` is its path without endings, such as `eu/checkout`."""
    if options.ruler == "mimir":
        return f"namespace: {scalar(name.replace('/', '.'))}\n"
    if options.ruler != "operator":
        return ""
    about = {"name": resource_name(name)}
    if namespace := options.resource.get("namespace"):
        about["namespace"] = str(namespace)
    labels = options.resource.get("labels", {})
    lines = [f"  {key}: {scalar(value)}\n" for key, value in about.items()]
    lines += [f"  labels: {flow(labels)}\n"] if labels else []
    return f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n{''.join(lines)}spec:\n"


def resource_name(name: str) -> str:
    """A name that is legal in Kubernetes and unique, because no name of a service has a dot: `sloc.eu.checkout`, or a hash."""
    plain = f"sloc.{name.replace('/', '.')}"
    if _LEGAL.match(plain) and len(plain) <= _LONGEST:
        return plain
    from hashlib import sha256  # only long names pay for it

    return f"sloc.{sha256(name.encode()).hexdigest()[:32]}"


def shaped(text: str, options: Options) -> str:
    """A rendered file in the format of the ruler: in a resource, the groups are below `spec`."""
    if options.ruler != "operator":
        return text
    before, groups = text.split("\ngroups:\n", 1)
    return f"{before}\n  groups:\n{_LINE.sub('  ', groups)}"
