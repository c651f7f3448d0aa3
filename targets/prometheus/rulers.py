"""The format of each ruler: plain files, resources of the Prometheus Operator, namespaces of Mimir."""

from __future__ import annotations

import re

from slocompiler.pattern import lazy_pattern
from slocompiler.targets.prometheus.options import Options
from slocompiler.targets.prometheus.yaml import scalar

KIND = "monitoring.coreos.com/v1/PrometheusRule"
_LINE = lazy_pattern(r"^(?=.)", re.MULTILINE)
"""The beginning of a line that is not empty. A line of blanks is text of a block, and other characters end no line."""


def head(name: str, options: Options) -> str:
    """The text before the groups of a file; `name` is its path without endings, such as `eu/checkout`."""
    if options.ruler == "mimir":
        return f"namespace: {scalar(name.replace('/', '.'))}\n"
    if options.ruler != "operator":
        return ""
    from slocompiler.targets import kubernetes

    return f"{kubernetes.head(KIND, name, options.resource)}spec:\n"


def shaped(text: str, options: Options) -> str:
    """A rendered file in the format of the ruler: in a resource, the groups are below `spec`."""
    if options.ruler != "operator":
        return text
    before, groups = text.split("\ngroups:\n", 1)
    return f"{before}\n  groups:\n{_LINE.sub('  ', groups)}"
