"""What the rulers want around the rules: plain files, resources of the Prometheus Operator, namespaces of Mimir."""

from __future__ import annotations

import re
from hashlib import sha256
from textwrap import indent

from slocompiler.targets.prometheus.options import Options
from slocompiler.targets.prometheus.yaml import flow, scalar

_LEGAL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z")
"""A DNS subdomain, as Kubernetes wants it: RFC 1123."""
_LONGEST = 253


def head(name: str, options: Options) -> str:
    """What stands before the groups of a file; `name` is its path without its endings, such as `eu/checkout`."""
    if options.ruler == "mimir":
        return f"namespace: {scalar(name.replace('/', '.'))}\n"
    if options.ruler != "operator":
        return ""
    about = {"name": resource_name(name)}
    if namespace := options.resource.get("namespace"):
        about["namespace"] = str(namespace)
    labels = options.resource.get("labels", {})
    told = [f"  {key}: {scalar(value)}\n" for key, value in about.items()]
    told += [f"  labels: {flow(labels)}\n"] if labels else []
    return f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n{''.join(told)}spec:\n"


def resource_name(name: str) -> str:
    """`sloc.eu.checkout`: legal in Kubernetes, and another for every file, as no name of ours holds a dot."""
    plain = f"sloc.{name.replace('/', '.')}"
    if _LEGAL.match(plain) and len(plain) <= _LONGEST:
        return plain
    return f"sloc.{sha256(name.encode()).hexdigest()[:32]}"


def shaped(text: str, options: Options) -> str:
    """A rendered file: groups stand below `spec` in a resource."""
    if options.ruler != "operator":
        return text
    before, groups = text.split("\ngroups:\n", 1)
    return f"{before}\n  groups:\n{indent(groups, '  ')}"
