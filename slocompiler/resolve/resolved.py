"""Resolved trees: names are resolved, settings collected, strings final."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from slocompiler.ir import Filter
from slocompiler.record import record, replace
from slocompiler.resolve.damage import Damaged
from slocompiler.resolve.imports import Module
from slocompiler.resolve.scope import Scope
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Counted, Journey, Through

MOST_FORMER = 10
"""The most former names that a service or an SLO can have."""


@record
class Choice:
    """One filter: its matchers and its span."""

    span: Span
    matchers: Filter
    nodes: tuple[t.Matcher, ...]
    """The matchers as syntax nodes."""
    reason: str = ""
    """Why it is excluded, if it is."""


@record
class Term:
    """One counter or histogram: the series of a metric that match, without the excluded ones."""

    span: Span
    metric: str
    matchers: Filter
    exclude: tuple[Choice, ...]
    unit: t.Name | None
    native: bool
    """Whether it is declared a native histogram."""
    nodes: tuple[t.Matcher, ...]
    """The matchers as syntax nodes."""


@record
class Compared:
    """A comparison of a condition, with the series that it reads. Several terms come from a stream that is a sum."""

    tree: t.Comparison
    terms: tuple[Term, ...]
    divisor: tuple[Term, ...]
    """By which those of a quotient are divided."""


@record
class Part:
    """`good …` or `bad …`: filters on the events, separate counters, or the comparisons of a condition."""

    tree: t.Measure
    filters: tuple[Choice, ...]
    terms: tuple[Term, ...]
    comparisons: tuple[Compared, ...]
    share: tuple[Term, ...]
    """What a share reads."""

    @property
    def bounded(self) -> tuple[tuple[t.Bound, tuple[Choice, ...]], ...]:
        """The bounds that filters have of their own, each with them; empty if there are none, or one that is no filter."""
        if len(self.filters) < sum(one.size for one in self.tree.bounded):
            return ()
        rest = iter(self.filters)
        return tuple((one.bound, tuple(islice(rest, one.size))) for one in self.tree.bounded)

    @property
    def looked_at(self) -> tuple[Term, ...]:
        """The series that a condition or a share reads."""
        if not self.comparisons:
            return self.share  # the usual case
        return (*self.share, *(term for one in self.comparisons for term in (*one.terms, *one.divisor)))


@record
class Variant:
    """What an SLO has in one deployment: its own target and alerts, or others."""

    deployment: str
    target: t.PercentLike
    alerts: t.Alerts | None
    """None for the standard alerts."""
    proofs: tuple[tuple[t.Proof, Term], ...]
    """The series of each `unless` in the alerts."""
    place: Span
    """Where its other alerts are, or else its other target."""


@record
class Planned:
    """A maintenance with its texts."""

    tree: t.Maintenance
    text: str
    because: str


@record
class Excepted:
    """An incident that does not count, with its texts."""

    tree: t.Except
    choices: tuple[Choice, ...]
    """The filter for which alone it does not count; empty if there is none."""
    because: str


@record
class ResolvedSlo:
    """An SLO with its own and inherited settings; None for those that are not given."""

    tree: t.Slo
    """The SLO as written, or as expanded from a template: without parameters, with its final name."""
    service: ResolvedService
    used: t.Use | None
    """The `use` in its service that it comes from."""
    intact: bool
    """Whether it has no syntax error and all of it is known: only then may something be reported as missing."""
    title: str
    events: t.Events | None
    total: tuple[Term, ...]
    exclude: tuple[Choice, ...]
    without: tuple[tuple[Term, str], ...]
    """Counters of events that are excluded, each with the reason."""
    good: Part | None
    bad: Part | None
    slices: t.Slices | None
    no_data: t.NoDataIs | None
    exclude_when: t.Exclude | None
    exclude_when_reason: str
    maintenance: tuple[Planned, ...]
    """Its own, after that of the blocks around it."""
    exceptions: tuple[Excepted, ...]
    """Its own, after those of the service."""
    per: t.Per | None
    targets: tuple[tuple[t.TargetFor, Choice], ...]
    stakeholders: tuple[str, ...]
    runbook: str
    links: tuple[tuple[str, str], ...]
    labels: tuple[tuple[t.Label, str], ...]
    alerts: t.Alerts | None
    """With the lines of the alerts that it names; None for the standard alerts."""
    proofs: tuple[tuple[t.Proof, Term], ...]
    """The series of each `unless` in its alerts."""
    only_in: tuple[str, ...]
    """The deployments that have it; empty if all do, and if none does, which is an error."""
    variants: tuple[Variant, ...]
    policy: t.Policy | None
    actions: tuple[str, ...]
    """The texts of the policy's steps, in order."""
    because: str
    formerly: tuple[t.Name, ...]
    review: t.Review | None
    through: Through | None
    """The steps of a journey."""
    counted: Counted | None
    """What says which attempts a journey counts."""
    allowed: tuple[t.Allow, ...]
    """The `allow` statements for it, those of the service first."""
    origins: tuple[tuple[str, Span], ...]
    """The name of each setting that applies, and where it is set."""

    @property
    def id(self) -> str:
        """`service/slo`."""
        return f"{self.service.tree.name.text}/{self.tree.name.text}"

    @property
    def called(self) -> str:
        """Its name in messages; of a journey, that of the journey."""
        return (self.service.tree if isinstance(self.service.tree, Journey) else self.tree).name.text

    def there(self, variant: Variant) -> ResolvedSlo:
        """The SLO as it is in the deployment of one of its variants."""
        tree = replace(self.tree, target=variant.target)
        return replace(self, tree=tree, alerts=variant.alerts, proofs=variant.proofs, variants=())

    @property
    def whole_slice(self) -> int:
        """The length of slices that are judged as a whole, in seconds; 0 if an event is anything else."""
        length = self.slices.length if self.slices and not self.slices.each else None
        return int(length.seconds) if isinstance(length, t.Duration) else 0

    @property
    def former(self) -> dict[str, t.Name]:
        """The ids that it had before, each with the former name that it comes from."""
        service = self.service
        if not (self.formerly or service.formerly):
            return {}  # the usual case
        found: dict[str, t.Name] = {}
        for own in (self.tree.name, *self.formerly[:MOST_FORMER]):
            for around in (service.tree.name, *service.formerly[:MOST_FORMER]):
                found.setdefault(f"{around.text}/{own.text}", around if own is self.tree.name else own)
        del found[self.id]
        return found


@record
class ResolvedService:
    """A service with its resolved SLOs."""

    tree: t.Service
    intact: bool
    """Whether it has no syntax error outside of its SLOs."""
    slos_intact: bool
    """Whether all of its SLOs are known."""
    title: str
    owner: str | Damaged
    owned: Span | None
    """The span of its `owner`, which may be in defaults."""
    formerly: tuple[t.Name, ...]
    risks: tuple[tuple[t.Risk, str], ...]
    """Each with its text."""
    feedback: tuple[tuple[t.Feedback, str], ...]
    """Each with its text."""
    streams: list[tuple[t.StreamDef, tuple[Term | Damaged, ...]]]
    """Its own, and those of the templates that it uses."""
    slos: list[ResolvedSlo]

    @property
    def with_on(self) -> Iterator[t.Risk | t.Feedback]:
        """Its statements that may name SLOs behind `on`."""
        yield from (risk for risk, _ in self.risks)
        yield from (one for one, _ in self.feedback)


@record
class Resolved:
    """A run: its files and their services."""

    files: tuple[t.File, ...]
    services: tuple[ResolvedService, ...]
    modules: tuple[Module, ...]
    """Its files and all imported ones."""
    scopes: Mapping[Source, Scope]
    """What names of templates, alerts and policies mean, by file."""
    slos: Mapping[str, ResolvedSlo]
    """Every SLO by its id, also of services beside these: journeys name them."""
