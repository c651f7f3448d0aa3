"""The context in which a service is resolved."""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler.diagnostics import Diagnostic
from slocompiler.elsewhere import Elsewhere
from slocompiler.resolve.damage import DAMAGED, Damaged
from slocompiler.resolve.interpolate import fill
from slocompiler.resolve.scope import Scope
from slocompiler.source import Source
from slocompiler.syntax import tree as t


class Reading:
    """Shared by all functions that resolve one service; collects the problems."""

    def __init__(
        self,
        scopes: Mapping[Source, Scope],
        problems: list[Diagnostic],
        service: str,
        elsewhere: Mapping[str, Elsewhere],
    ) -> None:
        self.scopes, self.problems, self.elsewhere = scopes, problems, elsewhere
        self.names = {"service": service}
        """The values of `${service}` and, in an SLO, `${slo}`."""

    def text(self, node: t.TextLike) -> str | Damaged:
        """The final text; DAMAGED for a parameter, which is left only if it has no value, as is reported elsewhere."""
        if isinstance(node, t.Param):
            return DAMAGED
        return fill(node, self.names, self.problems) if "$" in node.value else node.value
