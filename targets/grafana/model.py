"""The content of a dashboard, independent of Grafana's schemas."""

from __future__ import annotations

from typing import Literal, NamedTuple

from slocompiler.record import value

Json = str
"""JSON text."""
Kind = Literal["stat", "timeseries", "table", "bargauge", "heatmap", "text"]
Format = Literal["time_series", "table", "heatmap"]
COLUMNS = 24
"""The width of Grafana's grid."""


class Query(NamedTuple):
    """PromQL with variables that Grafana fills in, evaluated at one time or over the time range."""

    expr: str
    legend: str = "__auto"
    instant: bool = False
    format: Format = "time_series"


class Transformation(NamedTuple):
    """A transformation of the results before they are shown."""

    id: str
    options: Json


class Look(NamedTuple):
    """How a panel shows the results of its queries; equal panels share one look."""

    kind: Kind
    field_config: Json
    options: Json
    transformations: tuple[Transformation, ...] = ()


class Panel(NamedTuple):
    """One panel. Its `key` is unique in the section and never changes, because the panel's number is derived from it."""

    key: str
    title: str
    description: str
    look: Look
    queries: tuple[Query, ...] = ()
    time_from: str = ""
    """The panel's time range, back from now; "" for that of the dashboard."""
    interval: str = ""
    """The least step of its queries; "" if Grafana derives it from the time range."""


class Placed(NamedTuple):
    """A panel in the grid, `y` counted from the top of its section."""

    panel: Panel
    x: int
    y: int
    width: int
    height: int


class Section(NamedTuple):
    """Panels below a heading that can be folded, or without a heading at the top of the dashboard."""

    key: str
    title: str
    panels: tuple[Placed, ...]

    @property
    def titles(self) -> list[str]:
        """Its heading and the titles of its panels."""
        return [self.title, *(placed.panel.title for placed in self.panels)]

    def named(self, panel: Panel) -> str:
        """The key of one of its panels in the dashboard."""
        return f"{self.key}/{panel.key}" if self.title else panel.key

    @property
    def keys(self) -> list[str]:
        """Its own key, if it has a heading, and those of its panels in the dashboard."""
        return [*([self.key] if self.title else []), *(self.named(placed.panel) for placed in self.panels)]

    @property
    def height(self) -> int:
        """The lower end of its last panel."""
        return max((placed.y + placed.height for placed in self.panels), default=0)


class Variable(NamedTuple):
    """A choice at the top of the dashboard, from the results of a query for label values or label names."""

    name: str
    label: str
    description: str
    query: str
    regex: str = ""
    many: bool = True
    """Whether several may be chosen, or all."""
    chosen: str = ""
    """The initial choice; "" for all."""


class TextVariable(NamedTuple):
    """A text that readers enter at the top of the dashboard."""

    name: str
    label: str
    description: str


class Link(NamedTuple):
    """A link at the top, to one dashboard or to all that have a tag."""

    title: str
    tooltip: str
    url: str = ""
    tag: str = ""


class Annotation(NamedTuple):
    """Marks on all time series, at times at which the expression had a result."""

    name: str
    expr: str
    title: str
    step: str
    color: str


@value(kw_only=True)
class Dashboard:
    """A dashboard; `constants` are hidden variables."""

    uid: str
    title: str
    description: str
    time_from: str
    sections: tuple[Section, ...]
    variables: tuple[Variable | TextVariable, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ("slo",)
