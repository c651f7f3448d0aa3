"""Targets: what a program is rendered to. One folder each; this table names them all."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from slocompiler.ir import Program
from slocompiler.targets.shared import Options

Render = Callable[[Program, Options], dict[str, str]]

TARGETS: dict[str, str] = {
    "prometheus": "slocompiler.targets.prometheus",
    "promtest": "slocompiler.targets.promtest",
    "grafana": "slocompiler.targets.grafana",
    "docs": "slocompiler.targets.docs",
    "alertmanager": "slocompiler.targets.alertmanager",
}
"""Name to module, imported when it is asked for: start-up is a feature."""
DEFAULT = ("prometheus", "grafana", "docs", "alertmanager")
"""What a build makes unless it is told which targets, or the project turns one off."""


SHARED = ("grafana", "alertmanager")
"""What deployments have in common: made once, for all of them."""


def render(program: Program, target: str, options: Options) -> dict[str, str]:
    """The files that `target` makes of the program: path below the target's folder to text. Pure."""
    module = import_module(TARGETS[target])
    rendered: dict[str, str] = module.render(program, options)
    return rendered


def unfit(program: Program, target: str, options: Options) -> list[str]:
    """What keeps the target from being made as the project wants it, for people to read; mostly nothing. Pure."""
    module = import_module(TARGETS[target])
    told: list[str] = module.unfit(program, options) if hasattr(module, "unfit") else []
    return told
