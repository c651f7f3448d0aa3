"""What is compared: an SLO within its service, with its targets, that of all and those of some values of `per`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from slocompiler.diff.change import Budget, Place
from slocompiler.explain.classification import ordered
from slocompiler.explain.words import Unit, counted
from slocompiler.ir import Alert, Filter, Risk, Service, Slo

_NAME = re.compile("[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Scope:
    """A target over a window (seconds) with the alerts that fit it; `filter` is empty where it holds for all."""

    filter: Filter
    target: Decimal
    window: int
    alerts: tuple[Alert, ...]
    counts: Unit

    @property
    def budget(self) -> Budget:
        """What the target leaves."""
        return Budget(self.target, self.window, self.counts)


@dataclass(frozen=True, slots=True)
class Subject:
    """An SLO within its service."""

    slo: Slo
    service: Service

    @property
    def scope(self) -> Scope:
        """What holds for all events."""
        slo = self.slo
        return Scope((), slo.target, slo.window, slo.alerts, counted(slo.indicator))

    @property
    def around(self) -> tuple[str, str, tuple[Risk, ...]]:
        """What its service says; not its other SLOs, or comparing all would be quadratic."""
        return self.service.title, self.service.owner, self.service.risks

    @property
    def overrides(self) -> dict[Filter, Scope]:
        """What holds for some values, in their order: the first that matches wins."""
        found: dict[Filter, Scope] = {}
        for one in self.slo.overrides:
            name = ordered(one.filter)
            found.setdefault(name, Scope(name, one.target, self.slo.window, one.alerts, counted(self.slo.indicator)))
        return found

    def place(self, setting: str = "") -> Place:
        """Where a setting was said, as precisely as is known: at its line, else in the file of the SLO."""
        for origin in self.slo.origins:
            if origin.setting == setting:
                return Place(origin.place)
        return Place(self.slo.source, self.slo.used_at)

    def masked(self, text: str) -> str:
        """The text without the names of the SLO and its service: what SLOs of one template have in common."""
        names = {self.service.name: "${service}", self.slo.name: "${slo}"}
        return _NAME.sub(lambda found: names.get(found[0], found[0]), text)


def scopes(before: Subject, after: Subject) -> Iterator[tuple[Scope, Scope]]:
    """Every target before and after; for values that had or have none of their own, the one that holds for all."""
    yield before.scope, after.scope
    old, new = before.overrides, after.overrides
    for name in dict.fromkeys((*new, *old)):
        yield old.get(name, before.scope), new.get(name, after.scope)
