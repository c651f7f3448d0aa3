"""What is known while a service is resolved, and what turns out to be wrong."""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler.diagnostics import Diagnostic
from slocompiler.resolve.interpolate import fill
from slocompiler.resolve.scope import Scope
from slocompiler.source import Source
from slocompiler.syntax import tree as t


class Reading:
    """Shared by all that resolves one service."""

    def __init__(
        self, scopes: Mapping[Source, Scope], broken: Mapping[Source, t.File], problems: list[Diagnostic], service: str
    ) -> None:
        self.scopes, self.broken, self.problems = scopes, broken, problems
        self.names = {"service": service}
        """What `${service}`, and in an SLO `${slo}`, stand for."""
        self.unknown = False
        """Whether something that is told already is missing: what depends on it is not judged."""

    def text(self, node: t.TextLike) -> str:
        """The final text; "" for what is unknown."""
        if isinstance(node, t.Param):
            self.unknown = True
            return ""
        before = len(self.problems)
        text = fill(node, self.names, self.problems)
        self.unknown |= len(self.problems) > before
        return text

    def is_whole(self, node: t.Node) -> bool:
        """Whether it was read without a syntax error inside it."""
        file = self.broken.get(node.span.source)
        return file is None or file.is_whole(node)
