"""What the project file says of SLOs in a single deployment, each with its location: which it has, with what instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from slocompiler.ids import means
from slocompiler.record import value
from slocompiler.source import Span


class Written(NamedTuple):
    """A value, such as the path of a file, and its span in the project file: equal to that of the same text, read again."""

    text: str
    span: Span

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Written) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, int, str]:
        return self.text, self.span.start, self.span.source.text


def ratio(target: Written) -> Decimal:
    """A target such as `99.5%` as a share of 1, exactly."""
    return Decimal(target.text.removesuffix("%")).scaleb(-2)


@value(kw_only=True)
class Elsewhere:
    """What SLOs have in one deployment instead of their own."""

    only: tuple[Written, ...] = ()
    """The names of the services and SLOs that it has; empty if it has all."""
    targets: tuple[tuple[Written, Written], ...] = ()
    """The targets of SLOs, such as `95%`, by a name of SLOs; the first that means an SLO applies."""
    alerts: Written | None = None
    """The name of the `alerts` that replace those of SLOs."""

    def has(self, slo_id: str) -> bool:
        """Whether an SLO is there."""
        return not self.only or any(means(name.text, slo_id) for name in self.only)

    def target(self, slo_id: str) -> Written | None:
        """The target of an SLO there; None for its own."""
        return next((target for name, target in self.targets if means(name.text, slo_id)), None)

    def fits(self, name: Written, slo_id: str) -> bool:
        """Whether one of its names means an SLO that is there."""
        return means(name.text, slo_id) and self.has(slo_id)


def names(elsewhere: Mapping[str, Elsewhere]) -> list[tuple[str, Elsewhere, Written]]:
    """All names of services and SLOs, each with its deployment."""
    return [
        (deployment, there, name)
        for deployment, there in elsewhere.items()
        for name in (*there.only, *(name for name, _ in there.targets))
    ]


def differing(elsewhere: Mapping[str, Elsewhere]) -> Iterator[tuple[str, str]]:
    """What differs apart from alerts as text, by its key in the project file; a target of all has no name."""
    for deployment, there in elsewhere.items():
        if there.only:
            yield f"deployments.{deployment}.only", ", ".join(name.text for name in there.only)
        for name, target in there.targets:
            yield f"deployments.{deployment}.target.{name.text}".removesuffix(".*"), target.text
