"""The syntax tree of journeys; `tree.py` has all other nodes."""

from __future__ import annotations

from slocompiler.record import record
from slocompiler.syntax.tree import Node, Number, Service, Slo, Statement


@record
class Ref(Node):
    """`service/slo`: an SLO of the project."""

    text: str

    @property
    def service(self) -> str:
        """The name of its service."""
        return self.text.partition("/")[0]


@record
class Part(Node):
    """`REF [or REF …] [N times]`: a step of a journey, or alternatives to it, which each journey passes `times` times."""

    choices: tuple[Ref, ...]
    times: Number | None


@record
class Through(Statement):
    """`through PART, …` in a journey: its steps in their order."""

    parts: tuple[Part, ...]


@record
class Counted(Statement):
    """`counted by REF` in a journey: the SLO whose events are the attempts."""

    by: Ref


@record
class Journey(Service):
    """`[draft] journey NAME ["Title"] P over D { … }`: a service with one SLO, whose name is `journey`."""

    slo: Slo
    """It has all statements except `owner` and `formerly`, which are the service's."""

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements in its braces; `owner` and `formerly` come first."""
        return (*(item for item in self.items if item is not self.slo), *self.slo.items)

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The SLOs that it names, in the order of its text."""
        found: list[Ref] = []
        for item in self.slo.items:
            if isinstance(item, Through):
                found += (choice for part in item.parts for choice in part.choices)
            elif isinstance(item, Counted):
                found.append(item.by)
        return tuple(found)
