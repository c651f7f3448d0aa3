"""What is known while a service is resolved, and what turns out to be wrong."""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler.diagnostics import Diagnostic
from slocompiler.resolve.damage import DAMAGED, Damaged
from slocompiler.resolve.interpolate import fill
from slocompiler.resolve.scope import Scope
from slocompiler.source import Source
from slocompiler.syntax import tree as t


class Reading:
    """Shared by all that resolves one service."""

    def __init__(self, scopes: Mapping[Source, Scope], problems: list[Diagnostic], service: str) -> None:
        self.scopes, self.problems = scopes, problems
        self.names = {"service": service}
        """What `${service}`, and in an SLO `${slo}`, stand for."""

    def text(self, node: t.TextLike) -> str | Damaged:
        """The final text; a parameter without a value is reported already."""
        return DAMAGED if isinstance(node, t.Param) else fill(node, self.names, self.problems)
