"""The subject of a comparison: an SLO in its service, with its targets for all events and for some values of `per`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from slocompiler.burn import whole_slice
from slocompiler.diff.change import Budget, Location
from slocompiler.explain.classification import ordered
from slocompiler.explain.words import Unit, counted
from slocompiler.ir import Alert, Feedback, Filter, Risk, Service, Slo
from slocompiler.record import value

_NAME = re.compile("[A-Za-z0-9-]+")


@value()
class Scope:
    """A target over a window in seconds, with its alerts. `filter` is () for the target of all events."""

    filter: Filter
    target: Decimal
    window: int
    alerts: tuple[Alert, ...]
    counts: Unit
    slice_seconds: int
    """The length of a slice of time; 0 if events are counted."""

    @property
    def budget(self) -> Budget:
        """The error budget of the target."""
        return Budget(self.target, self.window, self.counts)


@value()
class Subject:
    """An SLO in its service."""

    slo: Slo
    service: Service

    @property
    def scope(self) -> Scope:
        """The target of all events."""
        return self._scope((), self.slo.target, self.slo.alerts)

    @property
    def around(self) -> tuple[str, str, tuple[Risk, ...], tuple[Feedback, ...]]:
        """The settings of its service that affect it. Without other SLOs, or a comparison would be quadratic."""
        return self.service.title, self.service.owner, self.service.risks, self.service.feedback

    @property
    def overrides(self) -> dict[Filter, Scope]:
        """The targets of some values, in their order: the first that matches wins."""
        found: dict[Filter, Scope] = {}
        for one in self.slo.overrides:
            name = ordered(one.filter)
            found.setdefault(name, self._scope(name, one.target, one.alerts))
        return found

    @property
    def variants(self) -> dict[str, Subject]:
        """The SLO as it is in each deployment where it differs."""
        return {one.deployment: Subject(self.slo.there(one), self.service) for one in self.slo.variants}

    def _scope(self, of: Filter, target: Decimal, alerts: tuple[Alert, ...]) -> Scope:
        return Scope(of, target, self.slo.window, alerts, counted(self.slo.indicator), whole_slice(self.slo))

    def location(self, setting: str = "") -> Location:
        """Where a setting is: its line if the origin is known, else the file of the SLO."""
        for origin in self.slo.origins:
            if origin.setting == setting:
                return Location(origin.place)
        return Location(self.slo.source, self.slo.used_at)

    def masked(self, text: str) -> str:
        """The text with `${slo}` and `${service}` for the names, which makes texts of one template equal."""
        names = {self.service.name: "${service}", self.slo.name: "${slo}"}
        return _NAME.sub(lambda found: names.get(found[0], found[0]), text)


def scopes(before: Subject, after: Subject) -> Iterator[tuple[Scope, Scope]]:
    """Every target before and after. Values without a target of their own have that of all events."""
    yield before.scope, after.scope
    old, new = before.overrides, after.overrides
    for name in dict.fromkeys((*new, *old)):
        yield old.get(name, before.scope), new.get(name, after.scope)
