"""Deployments on dashboards. All deployments share a dashboard; readers choose one by its labels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slocompiler.ir import Slo
from slocompiler.targets.grafana.model import Json, Variable
from slocompiler.targets.shared import Options, deployment_variable


def key(options: Options) -> str:
    """The labels that identify an SLO: `slo, cluster`."""
    return ", ".join(("slo", *options.deployment_labels()))


def matchers(options: Options, op: str = "=") -> str:
    """Matchers for the chosen deployment; with `=~` for several."""
    return "".join(f',{label}{op}"${deployment_variable(label)}"' for label in options.deployment_labels())


def variables(scope: str, options: Options, slos: Sequence[Slo] = ()) -> tuple[Variable, ...]:
    """The variables for the labels of deployments; each offers the values that are left by the ones before.

    With `slos`, readers choose one deployment, at first one that has such an SLO; else several.
    """
    found: list[Variable] = []
    many = not slos
    having = next((one for one in options.deployments if any(slo.is_in(one) for slo in slos)), None)
    for label in options.deployment_labels():
        first = next(own.value for own in having.labels if own.name == label) if having else ""
        values = f"label_values(slo:info{{{scope}}}, {label})"
        found.append(
            Variable(deployment_variable(label), label, f"Only SLOs of this {label}.", values, many=many, chosen=first)
        )
        scope += f',{label}{"=~" if many else "="}"${deployment_variable(label)}"'
    return tuple(found)


def link(options: Options) -> str:
    """The link of a table to the dashboard of an SLO, which keeps the time, the data source and the deployment."""
    chosen = "".join(
        f"&var-{deployment_variable(label)}=${{__data.fields.{label}}}" for label in options.deployment_labels()
    )
    return f"/d/${{__data.fields.dashboard}}?${{__url_time_range}}&${{datasource:queryparam}}{chosen}"


def chosen(written: Json, options: Options) -> Json:
    """A finished dashboard in which the variable replaces `$label`, which stands for the value of any deployment.

    This is the last step, when user text is escaped: in expressions, `$label` is then `\\x24label`, and in HTML `&#36;label`.
    """
    for label in options.deployment_labels():
        variable = f"${deployment_variable(label)}"
        written = written.replace(f'{label}=\\"${label}\\"', f'{label}=\\"{variable}\\"')
        written = written.replace(f"=&quot;&#36;{label}&quot;", f"=&quot;{variable}&quot;")
        written = re.sub(rf"\\\\x24{label}(?!\w)", lambda _, put=variable: put, written)  # type: ignore[misc]  # a name
    return written
