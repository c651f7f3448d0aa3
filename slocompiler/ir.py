"""The IR: what a program of SLOs means, exactly, in words of the domain; and the IR as JSON.

Targets read this and nothing else. No word of a back end is in it; decimals are exact, durations whole seconds,
sets ordered tuples. `grammar/ir.schema.json` is the published form.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

SCHEMA = 1
"""The version of the JSON form; `grammar/ir.schema.json` describes it."""

Severity = Literal["page", "ticket", "notify"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The most urgent first."""


# Which events


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label."""

    label: str
    op: Literal["=", "!=", "=~", "!~"]
    value: str


Filter = tuple[Matcher, ...]
"""A conjunction, never empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The series of a metric that match all of `all`, one filter of `any` (if there are any), and none of `none`."""

    metric: str
    all: Filter = ()
    any: tuple[Filter, ...] = ()
    none: tuple[Filter, ...] = ()


Events = tuple[Stream, ...]
"""Summed; the metrics differ."""


# What sorts them


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Events in counters; `part` holds those that are good or bad, as `side` says."""

    total: Events
    side: Literal["bad", "good"]
    part: Events


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Events in a histogram: good where the value is at most (`le`) or above (`gt`) `bound`, and in one of `only`."""

    histogram: Stream
    native: bool
    unit: str
    bound: Decimal
    good: Literal["le", "gt"]
    only: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Events in expressions that hold `$window`."""

    total: str
    side: Literal["bad", "good"]
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A condition on a folded or bare selector."""

    fold: Literal["max", "min", "avg", "sum", "count", "age", "each"]
    stream: Stream
    cmp: Literal["<", "<=", ">", ">=", "==", "!="]
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCondition:
    """An expression that returns something while it holds."""

    expr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """Slices of time, looked at once at their end."""

    seconds: int
    good_when: Gauge | RawCondition
    missing: Literal["bad", "good", "ignored"] = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioSlices:
    """Slices of time, good while at least `at_least` of their events are."""

    seconds: int
    at_least: Decimal
    of: Ratio | Threshold | Raw


Indicator = Ratio | Threshold | Raw | Slices | RatioSlices


# Alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """Fires when the last `window` seconds burn at a rate that takes `share` of a whole budget in them."""

    severity: Severity
    share: Decimal
    window: int
    needs: int = 0
    """So many bad events in the window at least."""
    ceiling: Decimal | None = None
    """The share of all events above which the threshold is never put; None for lines that people wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """Fires when at the rate of now what remains is gone in `within` seconds."""

    severity: Severity
    within: int
    needs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """Fires when less than the share `below` of the budget remains."""

    severity: Severity
    below: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NoData:
    """Fires when there was nothing to see for `lasting` seconds."""

    severity: Severity
    lasting: int


Alert = Burn | Exhausted | Remaining | NoData


# The program


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Another target for the values of `per` labels that match, with the alerts that fit it."""

    filter: Filter
    target: Decimal
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStep:
    """What was agreed to do when less than `below` of the budget is left; 0: it is exhausted."""

    below: Decimal
    action: str
    notify: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A titled address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label on alerts and on `slo:info`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """When the target is looked at again: every so many seconds, last on that day."""

    every: int
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a setting in reach of an SLO was said: `runbook`, `labels tier` or `link Traces`, at `org.slo:5`."""

    setting: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A place where the same services run, such as a cluster, with SLOs of its own there."""

    name: str
    where: Filter
    """What the series of that place have: `label="value"` each."""
    labels: tuple[Label, ...]
    """On all that is recorded there and on alerts; no two deployments have the same."""
    severities: tuple[Label, ...] = ()
    """How alerts of `page`, `ticket` or `notify` are called there instead."""
    alerts: bool = True
    """Whether anything fires there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """One objective over one indicator."""

    id: str
    """`service/name`, its identity everywhere."""
    name: str
    title: str
    """Empty where none was given."""
    target: Decimal
    """Share of good events, strictly between 0 and 1."""
    window: int
    """Rolling, in seconds."""
    draft: bool
    indicator: Indicator
    exclude_when: str | None
    per: tuple[str, ...]
    overrides: tuple[Override, ...]
    alerts: tuple[Alert, ...]
    """What fires: nothing for a draft."""
    policy: tuple[PolicyStep, ...]
    stakeholders: tuple[str, ...]
    runbook: str
    links: tuple[Link, ...]
    labels: tuple[Label, ...]
    because: str
    review: Review | None
    source: str
    """The path of its file."""
    used_at: str | None
    """The place of the `use` that made it, as `cart.slo:9`."""
    origins: tuple[Origin, ...]
    deployment: Deployment | None = None
    """The only place whose series count; None in a program as it was written."""

    def __post_init__(self) -> None:
        assert 0 < self.target < 1, "checked before lowering (E401)"

    @property
    def service(self) -> str:
        """The name of its service."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What may happen: every so many seconds, for so long, to the share `hitting` of users."""

    text: str
    every: int
    lasting: int
    hitting: Decimal
    on: tuple[str, ...]
    """The names of the SLOs that it burdens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service with its SLOs, by the team that is paged for it."""

    name: str
    title: str
    owner: str
    source: str
    risks: tuple[Risk, ...]
    slos: tuple[Slo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """All services of a run, by name."""

    schema: int
    services: tuple[Service, ...]

    @property
    def slos(self) -> tuple[Slo, ...]:
        """Every SLO of every service."""
        return tuple(slo for service in self.services for slo in service.slos)


# JSON

KINDS: dict[str, type] = {
    "ratio": Ratio,
    "threshold": Threshold,
    "raw": Raw,
    "slices": Slices,
    "ratio_slices": RatioSlices,
    "gauge": Gauge,
    "raw_condition": RawCondition,
    "burn": Burn,
    "exhausted": Exhausted,
    "remaining": Remaining,
    "no_data": NoData,
}
"""Members of unions are told apart by `kind`."""
_KIND_OF = {cls: kind for kind, cls in KINDS.items()}


def to_json(value: Any) -> Any:
    """A program, or any part of one, as JSON data."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        kind = _KIND_OF.get(type(value))
        data = {"kind": kind} if kind else {}
        return data | {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    return value


def from_json(data: Any) -> Program:
    """The program that `to_json` made `data` of."""
    program: Program = _read(Program, data)
    return program


def _read(hint: Any, data: Any) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        return tuple(_read(get_args(hint)[0], item) for item in data)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        if isinstance(data, dict):
            return _read(KINDS[data["kind"]] if "kind" in data else _only_class(hint), data)
        return _read(next(arg for arg in get_args(hint) if arg is not type(None)), data)
    if hint is Decimal:
        return Decimal(data)
    if hint is date:
        return date.fromisoformat(data)
    if isinstance(data, dict):
        return hint(**{name: _read(part, data[name]) for name, part in _hints(hint).items()})
    return data


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _only_class(hint: Any) -> Any:
    return next(arg for arg in get_args(hint) if hasattr(arg, "__dataclass_fields__"))
