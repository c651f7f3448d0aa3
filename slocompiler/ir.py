"""The IR: the exact meaning of a program of SLOs, in terms of the domain.

Targets read nothing else, and no term of a target is in it. Decimals are exact, durations are whole seconds, and sets
are ordered tuples. `ir_indicator.py` has its indicators, and `ir_json.py` the JSON.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from slocompiler.ir_indicator import (
    TIMES,
    All,
    Bounded,
    Events,
    Filter,
    Gauge,
    Indicator,
    Matcher,
    Passed,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Share,
    Slices,
    Step,
    Stream,
    Threshold,
    Through,
    shared_matcher,
)
from slocompiler.record import replace, value

SCHEMA = 1
"""The version of the JSON form; `grammar/ir.schema.json` describes it."""

Severity = Literal["page", "ticket", "notify"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The most urgent first."""


# Alerts


@value(kw_only=True)
class Burn:
    """Fires when the budget burns so fast over the last `window` seconds that `share` of a whole budget is spent.

    Without a share, it fires above the ceiling.
    """

    severity: Severity
    share: Decimal | None
    window: int
    needs: int = 0
    """The least number of bad events in the window."""
    traffic: int = 0
    """The least number of events in the window, good and bad."""
    ceiling: Decimal | None = None
    """The line fires at the latest at this share of bad events. Lines that people wrote have this or a share."""


@value(kw_only=True)
class Exhausted:
    """Fires when at the current burn rate the remaining budget is spent within `within` seconds."""

    severity: Severity
    within: int
    needs: int = 0
    """The least number of bad events in the window that measures the burn rate."""
    traffic: int = 0
    """The least number of events in that window, good and bad."""


@value(kw_only=True)
class Remaining:
    """Fires when less than the share `below` of the budget remains."""

    severity: Severity
    below: Decimal


@value(kw_only=True)
class Proof:
    """Proves, while a series of a stream compares so with a value, that absent data is no outage."""

    stream: Stream
    cmp: Literal["<", "<=", ">", ">=", "==", "!="]
    value: Decimal


@value(kw_only=True)
class NoData:
    """Fires when there has been no data for `lasting` seconds."""

    severity: Severity
    lasting: int
    of_one: str = ""
    """A label of `per`: each of its values alone is watched. Empty for the data of all values together."""
    unless: Proof | None = None


@value(kw_only=True)
class Down:
    """Fires when every target of the jobs that the selectors of the SLO fix has been down for `lasting` seconds."""

    severity: Severity
    lasting: int


Unmeasured = NoData | Down
"""The alerts that depend on no share of bad events."""
Alert = Burn | Exhausted | Remaining | Unmeasured


# The program


class Exclusion(NamedTuple):
    """Events that are neither good nor bad, because they affect no user; the indicator leaves them out already."""

    filter: Filter
    reason: str
    """Empty if none was given."""


shared_exclusion = lru_cache(maxsize=1024)(Exclusion)
"""One object for all that are equal, as `shared_matcher`."""
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "day"]


@value(kw_only=True)
class Zone:
    """A time zone, and when its clocks change."""

    name: str
    """Such as `Europe/Berlin`."""
    rule: str
    """As POSIX writes it in TZ, or the known times of summer: see `zones.py`."""


@value(kw_only=True)
class Maintenance:
    """A planned time that does not count: on each day of the week `every`, each day, or only on `day`."""

    text: str
    every: Day | None
    day: date | None
    begins: int
    """Seconds after midnight, in the zone."""
    lasting: int
    zone: Zone
    until: date | None
    """The last day on which it begins; None if there is none."""
    because: str


@value(kw_only=True)
class Excepted:
    """An incident that does not count, as people agreed: neither before it is over nor afterwards."""

    begin: int
    """In seconds since the epoch."""
    end: int
    """In seconds since the epoch."""
    filter: Filter
    """Labels of `per` or of deployments, each with one value, for which alone it does not count; empty for all events."""
    because: str


@value(kw_only=True)
class Without:
    """A counter of events that are neither good nor bad; the indicator subtracts it already."""

    counter: Stream
    reason: str
    """Empty if none was given."""


@value(kw_only=True)
class Renamed:
    """A label of the events that is recorded under another name, which is one of `per`."""

    label: str
    name: str


@value(kw_only=True)
class Override:
    """Another target for the label values that match `filter`, with its alerts."""

    filter: Filter
    target: Decimal
    alerts: tuple[Alert, ...]


@value(kw_only=True)
class PolicyStep:
    """What people agreed to do when less than the share `below` of the budget is left; 0 means exhausted."""

    below: Decimal
    action: str
    notify: bool
    gate: bool
    """Whether `sloc gate` is closed while it applies; it is closed for an exhausted budget anyway."""


@value(kw_only=True)
class Link:
    """An address with a title."""

    title: str
    url: str


@value(kw_only=True)
class Label:
    """A label on alerts and on `slo:info`."""

    name: str
    value: str


@value(kw_only=True)
class Review:
    """When the target is reviewed: every `every` seconds; `last` is the day of the last review."""

    every: int
    last: date | None


class Origin(NamedTuple):
    """The location of a setting that applies to an SLO: `runbook`, `labels tier` or `link Traces`, at `org.slo:5`."""

    setting: str
    place: str


@value(kw_only=True)
class Deployment:
    """One of several places where the same services run, such as a cluster. Each has its own SLOs."""

    name: str
    where: Filter
    """The matchers that select its series: `label="value"` each."""
    labels: tuple[Label, ...]
    """The labels of its recorded series and alerts; no two deployments have the same."""
    severities: tuple[Label, ...] = ()
    """Its values of the label `severity`, by `page`, `ticket` or `notify`, if they differ from the project's."""
    alerts: str = "all"
    """`all` for the alerts of each SLO, `none` to record only, or the name of the `alerts` that replace them."""


@value(kw_only=True)
class Variant:
    """What an SLO has in one deployment instead of its own."""

    deployment: str
    """The name of the deployment."""
    place: str
    """The location of the alerts, such as `org.slo:5`; of its target if only that differs."""
    target: Decimal
    alerts: tuple[Alert, ...]
    overrides: tuple[Override, ...]
    """Those of the SLO, with other alerts."""


@value(kw_only=True)
class Slo:
    """One target for one indicator."""

    id: str
    """`service/name`, which identifies it everywhere."""
    name: str
    title: str
    """Empty if none was given."""
    target: Decimal
    """The share of good events, strictly between 0 and 1."""
    window: int
    """The rolling window, in seconds."""
    draft: bool
    indicator: Indicator
    exclusions: tuple[Exclusion, ...]
    """What `exclude` says of its events, that of its streams first."""
    without: tuple[Without, ...] = ()
    """The counters of `exclude`."""
    exclude_when: str | None
    exclude_when_reason: str
    """Empty if none was given."""
    maintenance: tuple[Maintenance, ...]
    """Planned times that do not count, those of its service first."""
    exceptions: tuple[Excepted, ...] = ()
    """Incidents that do not count, the earliest first."""
    per: tuple[str, ...]
    """The labels that recorded series have for it."""
    overrides: tuple[Override, ...]
    alerts: tuple[Alert, ...]
    """Its alerts; a draft has none."""
    policy: tuple[PolicyStep, ...]
    stakeholders: tuple[str, ...]
    runbook: str
    links: tuple[Link, ...]
    labels: tuple[Label, ...]
    because: str
    formerly: tuple[str, ...]
    """The ids that it had before, sorted. Its history is recorded under them."""
    review: Review | None
    source: str
    """The path of its file."""
    used_at: str | None
    """The location of the `use` of the template that it comes from, such as `cart.slo:9`."""
    origins: tuple[Origin, ...]
    renamed: tuple[Renamed, ...] = ()
    """The labels of `per` that the events call otherwise."""
    only_in: tuple[str, ...] = ()
    """The names of the deployments that have it; empty if all do."""
    variants: tuple[Variant, ...] = ()
    """What differs in some deployments, in the order of the project file; empty in the program of one deployment."""
    deployment: Deployment | None = None
    """The deployment whose series it measures; None in a program before it is split into deployments."""

    def __post_init__(self) -> None:
        assert 0 < self.target < 1, "checked before lowering (E401)"

    @property
    def service(self) -> str:
        """The name of its service."""
        return self.id.partition("/")[0]

    @property
    def counting(self) -> Ratio | Threshold | Raw | Slices | Through:
        """What counts its events, also those inside of slices."""
        return self.indicator.of if isinstance(self.indicator, RatioSlices) else self.indicator

    @property
    def excludes_times(self) -> bool:
        """Whether there are times that do not count, whatever happens in them."""
        return self.exclude_when is not None or bool(self.maintenance)

    @property
    def records_zeros(self) -> bool:
        """Whether zeros are recorded in place of events that do not count, so that raw series have more than rules record."""
        return self.excludes_times or bool(self.exceptions)

    @property
    def event_labels(self) -> tuple[str, ...]:
        """The labels of the events whose values those of `per` have, in its order."""
        labels = {one.name: one.label for one in self.renamed}
        return tuple(labels.get(name, name) for name in self.per) if labels else self.per

    def of_events(self, recorded: Filter) -> Filter:
        """A filter on labels of `per`, such as that of an override, as one on the labels of the events."""
        labels = dict(zip(self.per, self.event_labels, strict=True))
        return tuple(Matcher(labels.get(m.label, m.label), m.op, m.value) for m in recorded)

    @property
    def every_alert(self) -> tuple[Alert, ...]:
        """Its alerts, then those of its overrides."""
        return (*self.alerts, *(line for override in self.overrides for line in override.alerts))

    @property
    def everywhere(self) -> tuple[Slo, ...]:
        """The SLO, and the SLO as it is in each deployment where it differs."""
        return (self, *map(self.there, self.variants))

    def there(self, variant: Variant) -> Slo:
        """The SLO as it is in the deployment of one of its variants."""
        return replace(self, target=variant.target, alerts=variant.alerts, overrides=variant.overrides, variants=())

    def is_in(self, deployment: Deployment) -> bool:
        """Whether a deployment has it."""
        return not self.only_in or deployment.name in self.only_in


@value(kw_only=True)
class Risk:
    """Something that may happen every `every` seconds, last `lasting` seconds, and affect the share `hitting` of users."""

    text: str
    every: int
    lasting: int
    hitting: Decimal
    on: tuple[str, ...]
    """The names of the SLOs that it affects."""


@value(kw_only=True)
class Feedback:
    """What users said of a day."""

    day: date
    text: str
    on: tuple[str, ...]
    """The names of the SLOs that it is about."""


@value(kw_only=True)
class Service:
    """A service with its SLOs; `owner` is the team that is paged for it."""

    name: str
    title: str
    owner: str
    source: str
    risks: tuple[Risk, ...]
    feedback: tuple[Feedback, ...]
    slos: tuple[Slo, ...]


@value(kw_only=True)
class Program:
    """All services of a run, sorted by name."""

    schema: int
    services: tuple[Service, ...]

    @property
    def slos(self) -> tuple[Slo, ...]:
        """Every SLO of every service."""
        return tuple(slo for service in self.services for slo in service.slos)
