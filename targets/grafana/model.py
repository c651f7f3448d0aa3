"""What a dashboard is, before it is written down in one of Grafana's schemas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Json = str
"""JSON text."""
Kind = Literal["stat", "timeseries", "table", "bargauge", "heatmap", "text"]
Format = Literal["time_series", "table", "heatmap"]
COLUMNS = 24
"""How wide Grafana's grid is."""


class Query(NamedTuple):
    """PromQL whose variables Grafana fills in: at one time, or over the time range."""

    expr: str
    legend: str = "__auto"
    instant: bool = False
    format: Format = "time_series"


class Transformation(NamedTuple):
    """What is done with the answers before they are shown."""

    id: str
    options: Json


class Look(NamedTuple):
    """How a panel shows what its queries answer; panels that look alike share one."""

    kind: Kind
    field_config: Json
    options: Json
    transformations: tuple[Transformation, ...] = ()


class Panel(NamedTuple):
    """One panel; `key` tells it from the others of its dashboard, for ever, or every diff would renumber them all."""

    key: str
    title: str
    description: str
    look: Look
    queries: tuple[Query, ...] = ()
    time_from: str = ""
    """Its own time range, back from now; "" for the dashboard's."""
    interval: str = ""
    """The least step of its queries; "" for what Grafana makes of the time range."""


class Placed(NamedTuple):
    """A panel in the grid, `y` counted from the top of its section."""

    panel: Panel
    x: int
    y: int
    width: int
    height: int


class Section(NamedTuple):
    """Panels under a heading that can be folded; without one at the top of the dashboard."""

    key: str
    title: str
    panels: tuple[Placed, ...]

    @property
    def height(self) -> int:
        """Down to where its last panel ends."""
        return max((placed.y + placed.height for placed in self.panels), default=0)


class Variable(NamedTuple):
    """What readers choose at the top, of the answers to a query of values or of names of labels."""

    name: str
    label: str
    description: str
    query: str
    regex: str = ""
    many: bool = True
    """Whether several may be chosen, or all."""
    chosen: str = ""
    """What is chosen first; "" for all."""


class Link(NamedTuple):
    """A link at the top, to one dashboard or to all that have a tag."""

    title: str
    tooltip: str
    url: str = ""
    tag: str = ""


class Annotation(NamedTuple):
    """Marks over all time series: when the expression returned something."""

    name: str
    expr: str
    title: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A dashboard; `constants` are hidden variables."""

    uid: str
    title: str
    description: str
    time_from: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = field(default=("slo",))
