"""The syntax tree: the content of a file, word for word, each node with its span.

Nothing is looked up or checked here: `resolve` turns this tree into one in which names are resolved.
"""

from __future__ import annotations

from typing import Literal

from slocompiler.record import record
from slocompiler.source import Source, Span
from slocompiler.syntax.literals import (
    Calendar,
    Date,
    Duration,
    DurationLike,
    Literally,
    Moment,
    Name,
    Node,
    Number,
    Param,
    Percent,
    PercentLike,
    Promql,
    Quantity,
    Size,
    Text,
    TextLike,
    text_of,
)

# Events


@record
class Matcher(Node):
    """`code=~"5.."`: one condition on one label."""

    label: Name | Text
    op: Literal["=", "!=", "=~", "!~"]
    value: TextLike


@record
class Filter(Node):
    """`{…}`: matchers that all hold."""

    matchers: tuple[Matcher, ...]


@record
class Selector(Node):
    """A stream or a metric, narrowed: `requests`, `up{job="x"}`, `{"http.server.duration"}`."""

    name: Name | Text | Param
    filter: Filter | None


@record
class Sum(Node):
    """`a + b`: selectors whose events are added."""

    terms: tuple[Selector | Filter, ...]
    native: bool
    unit: Name | None


@record
class Filters(Node):
    """`{…} or {…}`: any of the filters."""

    choices: tuple[Filter | Param, ...]


@record
class Bound(Node):
    """`below 300ms` or `above 5MB`."""

    side: Literal["below", "above"]
    value: Quantity


@record
class Bounded(Node):
    """`{…} or {…} below 1s` beside others: the bound of some of the filters, as many as `size`."""

    size: int
    bound: Bound


@record
class Quotient(Node):
    """`SELECTOR / SELECTOR` in a condition."""

    dividend: Selector | Filter
    divisor: Selector | Filter


@record
class Fold(Node):
    """`max(SELECTOR)`, `sum(rate(SELECTOR))` or `min(SELECTOR / SELECTOR)` in a condition."""

    function: Name
    of: Selector | Filter | Fold | Quotient

    @property
    def looked_at(self) -> tuple[Selector | Filter, ...]:
        """The series that it reads, without the functions around them; of a quotient, the dividend first."""
        of: Node = self
        while isinstance(of, Fold):
            of = of.of
        assert isinstance(of, Quotient | Selector | Filter), "a fold ends in what it reads"
        return (of.dividend, of.divisor) if isinstance(of, Quotient) else (of,)


@record
class Comparison(Node):
    """`max(x{}) < 5`."""

    operand: Fold | Selector | Filter
    cmp: str
    value: Quantity

    @property
    def looked_at(self) -> tuple[Selector | Filter, ...]:
        """The series that it reads, without the functions around them; of a quotient, the dividend first."""
        return self.operand.looked_at if isinstance(self.operand, Fold) else (self.operand,)


@record
class When(Node):
    """`when max(x{}) < 5 and min(y{}) == 1` or ``when `promql` [of `promql`]``."""

    of: tuple[Comparison, ...] | Promql
    counted: Promql | None
    """What returns something in each slice that counts."""

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Those that must all hold; none of PromQL."""
        return () if isinstance(self.of, Promql) else self.of

    @property
    def looked_at(self) -> tuple[Selector | Filter, ...]:
        """The series that its comparisons read."""
        return tuple(node for one in self.comparisons for node in one.looked_at)


# Statements


@record
class Statement(Node):
    """A statement or a declaration; its span begins with its keyword."""


@record
class Import(Statement):
    """`import "path.slo"`."""

    path: Text


@record
class Owner(Statement):
    """`owner "team"`: the team that is paged."""

    text: TextLike


@record
class Stakeholders(Statement):
    """`stakeholders "a", "b"`: the people who agreed to the targets."""

    texts: tuple[TextLike, ...]


@record
class Runbook(Statement):
    """`runbook "url"`."""

    url: TextLike


@record
class Link(Statement):
    """`link "Title" "url"`."""

    title: TextLike
    url: TextLike


@record
class Label(Node):
    """`name = "value"` in `labels`."""

    name: Name | Text
    value: TextLike


@record
class Labels(Statement):
    """`labels { … }`."""

    entries: tuple[Label, ...]


@record
class Allow(Statement):
    """`allow CODE because "…"`."""

    code: Name
    because: Text


@record
class StreamDef(Statement):
    """`events NAME = … exclude …` in a service or template."""

    name: Name
    sum: Sum
    exclude: Filters | None
    reason: TextLike | None


@record
class Arg(Node):
    """`name = value` in a `use`."""

    name: Name
    value: Literally | Selector | Filter


@record
class Use(Statement):
    """`[draft] use TEMPLATE(…) [as NAME] [without SLO, …] [{ slo NAME { … } … }]`."""

    draft: bool
    template: Name
    args: tuple[Arg, ...]
    prefix: Name | None
    without: tuple[Name, ...]
    overrides: tuple[Override, ...]

    @property
    def head(self) -> Span:
        """It without its overrides, up to its last argument or name."""
        prefix = (self.prefix,) if self.prefix else ()
        return self.span.to((self.template, *self.args, *prefix, *self.without)[-1].span)


@record
class Override(Statement):
    """`slo NAME { … }` in a `use`: settings in place of those of the template's SLO."""

    name: Name
    items: tuple[Statement, ...]


@record
class Risk(Statement):
    """`risk "text" every D lasting D hitting P [on SLO, …]`."""

    text: TextLike
    every: DurationLike
    lasting: DurationLike
    hitting: PercentLike
    on: tuple[Name, ...]


@record
class Feedback(Statement):
    """`feedback DATE "text" [on SLO, …]`: what users said."""

    day: Date
    text: TextLike
    on: tuple[Name, ...]


@record
class Review(Statement):
    """`review every D [last DATE]`."""

    every: DurationLike
    last: Date | Param | None


@record
class Maintenance(Statement):
    """`maintenance "text" every DAY TIME for D [in ZONE] [until DATE] because "…"`, or `on DATE from TIME …`."""

    text: TextLike
    when: Name | Date
    begins: Duration
    lasting: DurationLike
    zone: Name | None
    until: Date | None
    because: TextLike


@record
class Except(Statement):
    """`except [FILTER] MOMENT to MOMENT because "…"`: an incident that does not count."""

    filter: Filter | None
    begin: Moment
    end: Moment
    because: TextLike


@record
class Events(Statement):
    """`events …` in an SLO: the events that are counted."""

    of: Sum | Promql


@record
class Exclude(Statement):
    """`exclude … ["reason"]`: events that are not counted."""

    what: Filters | Sum | Promql
    """Filters, counters of events, or the expression of `exclude when`."""
    reason: TextLike | None


@record
class Measure(Statement):
    """`good …` or `bad …`: the classification of events."""

    side: Literal["good", "bad"]
    sets: tuple[Filter | Selector, ...]
    joined: Literal["", "or", "+"]
    bound: Bound | None
    """The bound; the first one if there are several."""
    other: Promql | Fold | When | None
    """PromQL, a share, or a condition."""
    bounded: tuple[Bounded, ...]
    """The filters that have bounds of their own, in the order of `sets`; empty if there are none."""

    @property
    def looked_at(self) -> tuple[Selector | Filter, ...]:
        """The series that a condition or a share reads."""
        return self.other.looked_at if isinstance(self.other, Fold | When) else ()

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """Every bound."""
        return tuple(one.bound for one in self.bounded) or ((self.bound,) if self.bound else ())


@record
class Slices(Statement):
    """`slices D [with P good | each]`."""

    length: DurationLike
    at_least: PercentLike | None
    each: bool
    """Whether every series of a slice is an event of its own."""


@record
class NoDataIs(Statement):
    """`no data is bad|good|ignored`."""

    verdict: str


@record
class PerLabel(Node):
    """`LABEL [as NAME]`: a label of the events, and the one that recorded series have for it, which is the same without `as`."""

    label: Name | Text
    name: Name | Text


@record
class Per(Statement):
    """`per LABEL [as NAME], …`."""

    labels: tuple[PerLabel, ...]


@record
class TargetFor(Statement):
    """`target {…} P`: another target for some of the events."""

    filter: Filter
    target: PercentLike


@record
class Formerly(Statement):
    """`formerly NAME, …` in a service or an SLO: names whose recorded history it continues."""

    names: tuple[Name, ...]


@record
class Because(Statement):
    """`because "…"`: the reason of the target."""

    text: TextLike


# Alerts and policy


@record
class AlertLine(Statement):
    """One line of `alerts { … }`."""

    severity: Literal["page", "ticket", "notify"]


@record
class Needs(Node):
    """`needs N bad events and M events`, or one of the two."""

    bad: Number | Param | None
    events: Number | Param | None


@record
class BurnLine(AlertLine):
    """`at P of budget in W [needs …]`."""

    share: PercentLike
    window: DurationLike
    needs: Needs | None


@record
class ShareLine(AlertLine):
    """`when more than P bad over W [needs …]`."""

    bad: PercentLike
    window: DurationLike
    needs: Needs | None


@record
class ExhaustedLine(AlertLine):
    """`when exhausted within T [needs …]`."""

    within: DurationLike
    needs: Needs | None


@record
class RemainingLine(AlertLine):
    """`when budget below P`."""

    below: PercentLike


@record
class Proof(Node):
    """`SELECTOR CMP NUMBER`: what proves that absent data is no outage."""

    of: Selector
    cmp: str
    value: Number | Param


@record
class NoDataLine(AlertLine):
    """`when no data [of one LABEL] for T [unless SELECTOR CMP NUMBER]`."""

    of_one: Name | Text | None
    lasting: DurationLike
    unless: Proof | None


@record
class DownLine(AlertLine):
    """`when down for T`."""

    lasting: DurationLike


@record
class Alerts(Statement):
    """`alerts { … }`, `alerts NAME` or `alerts none`."""

    lines: tuple[AlertLine, ...]
    name: Name | None
    none: bool


@record
class Step(Node):
    """`below P "action" [notify] [gate]` or `exhausted "action" [notify] [gate]`."""

    below: PercentLike | None
    """None: `exhausted`."""
    action: TextLike
    notify: bool
    gate: bool


@record
class Policy(Statement):
    """`policy { … }`, `policy NAME`, `policy none`."""

    steps: tuple[Step, ...]
    name: Name | None
    none: bool


# Declarations


@record
class Slo(Statement):
    """`[draft] slo NAME ["Title"] P over D { … }`."""

    draft: bool
    name: Name
    title: Text | None
    target: PercentLike
    window: DurationLike | Calendar
    items: tuple[Statement, ...]


@record
class Service(Statement):
    """`service NAME ["Title"] { … }`."""

    name: Name
    title: Text | None
    items: tuple[Statement, ...]


@record
class Defaults(Statement):
    """`defaults { … }`."""

    items: tuple[Statement, ...]


@record
class Parameter(Node):
    """`name [= default]` of a template."""

    name: Name
    default: Literally | None


@record
class Template(Statement):
    """`template NAME(…) { … }`."""

    name: Name
    parameters: tuple[Parameter, ...]
    items: tuple[Statement, ...]


@record
class NamedAlerts(Statement):
    """`alerts NAME { … }` outside of services."""

    name: Name
    lines: tuple[AlertLine, ...]


@record
class NamedPolicy(Statement):
    """`policy NAME { … }` outside of services."""

    name: Name
    steps: tuple[Step, ...]


@record
class File:
    """One parsed file."""

    source: Source
    declarations: tuple[Statement, ...]
