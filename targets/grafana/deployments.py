"""Deployments on dashboards, which all of them share: readers choose by the labels of what is recorded."""

from __future__ import annotations

import re

from slocompiler.targets.grafana.model import Json, Variable
from slocompiler.targets.shared import Options, deployment_variable


def labels(options: Options) -> tuple[str, ...]:
    """The labels that tell deployments apart: all have the same."""
    return tuple(label.name for label in options.deployments[0].labels) if options.deployments else ()


def key(options: Options) -> str:
    """What tells one SLO from another: the labels `slo, cluster`."""
    return ", ".join(("slo", *labels(options)))


def matchers(options: Options, op: str = "=") -> str:
    """More matchers, for the one deployment that is chosen; by `=~` for several."""
    return "".join(f',{label}{op}"${deployment_variable(label)}"' for label in labels(options))


def variables(scope: str, options: Options, many: bool = False) -> tuple[Variable, ...]:
    """What readers choose by, each among what is left by the one before."""
    found: list[Variable] = []
    for label in labels(options):
        first = "" if many else next(own.value for own in options.deployments[0].labels if own.name == label)
        values = f"label_values(slo:info{{{scope}}}, {label})"
        found.append(
            Variable(deployment_variable(label), label, f"Only SLOs of this {label}.", values, many=many, chosen=first)
        )
        scope += f',{label}{"=~" if many else "="}"${deployment_variable(label)}"'
    return tuple(found)


def link(options: Options) -> str:
    """The same choice on the dashboard that a table leads to: what stands behind its address."""
    chosen = "&".join(f"var-{deployment_variable(label)}=${{__data.fields.{label}}}" for label in labels(options))
    return f"?{chosen}" if chosen else ""


def chosen(written: Json, options: Options) -> Json:
    """A written dashboard in which `$label`, which stands for the value of any deployment, is the variable.

    It comes in last, when all that people wrote is escaped: in expressions of theirs as `\\x24label`.
    """
    for label in labels(options):
        variable = f"${deployment_variable(label)}"
        written = written.replace(f'{label}=\\"${label}\\"', f'{label}=\\"{variable}\\"')
        written = re.sub(rf"\\\\x24{label}(?!\w)", lambda _, put=variable: put, written)  # type: ignore[misc]  # a name
    return written
