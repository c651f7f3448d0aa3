"""The Prometheus target: recording and alerting rules, one file per service."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined

from slocompiler.ir import Program, Service, Slo
from slocompiler.resources import resource
from slocompiler.targets.base import Options, made
from slocompiler.targets.prometheus.alerts import add_alerts
from slocompiler.targets.prometheus.recording import recording_groups
from slocompiler.targets.prometheus.rule import Groups
from slocompiler.targets.prometheus.yaml import block, comment, expression, flow, recorded, scalar


def render(program: Program, options: Options) -> dict[str, str]:
    """`<service>.rules.yaml` for every service that has SLOs."""
    files = {}
    for service in program.services:
        if service.slos:
            name = f"{service.name}.rules.yaml"
            texts = [text_of(slo, service, groups_of(slo, service, options)) for slo in service.slos]
            files[name] = f"# {made(name, comment(service.source))}\ngroups:\n{''.join(texts)}"
    return files


def text_of(slo: Slo, service: Service, groups: Groups) -> str:
    """The groups of an SLO as they stand in the file of its service."""
    text: str = _template().render(slo=slo, service=service, groups=groups)
    return text


def groups_of(slo: Slo, service: Service, options: Options) -> Groups:
    """All rules of an SLO, in the three groups that are evaluated together."""
    groups = recording_groups(slo, service.owner, options)
    add_alerts(groups, slo, service.owner, options)
    return groups


@cache
def _template() -> Any:
    filters = {"block": block, "comment": comment, "expression": expression, "flow": flow, "scalar": scalar}
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )  # YAML, not HTML: each text passes a quoting filter
    environment.filters |= filters
    environment.globals["recorded"] = recorded  # most rules are of this kind: one call each
    return environment.from_string(resource(__name__, "rules.yaml.j2"))
