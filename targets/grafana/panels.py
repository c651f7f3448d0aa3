"""Looks of panels: units, colors, lines and other settings that differ from Grafana's defaults. Equal looks are shared."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from slocompiler.targets.grafana.model import Json, Look, Panel, Transformation
from slocompiler.targets.grafana.text import dumps

Unit = Literal["none", "short", "percentunit", "s", "ms", "µs", "m", "bytes", "Bps", "cps", "dtdurations", "dateTimeAsIso",
               "suffix:×"]  # fmt: skip  # one type
"""Grafana's names of units; a factor is written as in alerts, `14.4×`."""
Color = Literal["green", "orange", "red", "blue", "text", "transparent"]
Steps = tuple[tuple[float | None, Color], ...]
"""Colors from a value on, in ascending order; None is below all values. A line has the color of the value that it begins;
below a step that is transparent, that of the values that it ends."""
Style = Literal["off", "dashed"]
PLAIN: Steps = ((None, "text"),)
_TOOLTIP = {"mode": "multi", "sort": "desc"}


NOTHING = "null+nan"
"""Grafana's name for no value."""


class Shown(NamedTuple):
    """A text and a color for a value: a number, or NOTHING."""

    value: str
    text: str
    color: Color | None = None


class Axis(NamedTuple):
    """How a time series is drawn: the least range of its axis, threshold lines, bars."""

    low: float | None = 0
    high: float | None = None
    style: Style = "off"
    bars: bool = False
    """Whether values are bars on top of one another: a lone value is visible."""
    stepped: bool = False
    """Whether a value holds until the next one."""
    fill: int = 8
    linear: float = 0
    """The value up to which the axis is linear; above, it is logarithmic. 0 for a linear axis."""


def _number(value: float) -> float:
    """A number, without a point if it is whole: equal ones, such as 1 and 1.0, have to make equal looks."""
    return int(value) if abs(value) < 2**53 and value == int(value) else float(value)


def _defaults(unit: Unit, steps: Steps, **more: object) -> dict[str, object]:
    colors = [{"value": None if value is None else _number(value), "color": color} for value, color in steps]
    return {"unit": unit, "thresholds": {"mode": "absolute", "steps": colors}, **more}


def _fixed(name: str, color: Color) -> dict[str, object]:
    value = {"mode": "fixed", "fixedColor": color}
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "color", "value": value}]}


@lru_cache(maxsize=1024)
def stat(
    unit: Unit,
    steps: Steps = PLAIN,
    nothing: str = "no data",
    decimals: int | None = None,
    shown: tuple[Shown, ...] = (),
    colors: tuple[tuple[str, Color], ...] = (),
) -> Look:
    """The latest values, large. `nothing` is shown without a value, never in the color of a value."""
    exact = {} if decimals is None else {"decimals": decimals}
    mappings = _mappings((*shown, Shown(NOTHING, nothing, "text")))
    defaults = _defaults(unit, steps, color={"mode": "thresholds"}, mappings=mappings, noValue=nothing, **exact)
    options = {"colorMode": "value", "graphMode": "none"}
    overrides = [_fixed(name, color) for name, color in colors]
    return Look("stat", dumps({"defaults": defaults, "overrides": overrides}), dumps(options))


@lru_cache(maxsize=1024)
def timeseries(
    unit: Unit,
    steps: Steps = PLAIN,
    axis: Axis = Axis(),  # noqa: B008  # immutable
    colors: tuple[tuple[str, Color], ...] = (),
) -> Look:
    """Lines, or bars, over time; `colors` are colors of series by name. A value without neighbors is a point."""
    custom: dict[str, object] = {
        "drawStyle": "bars" if axis.bars else "line",
        "fillOpacity": 60 if axis.bars else axis.fill,
        "lineWidth": 1,
        "showPoints": "never" if axis.bars else "auto",
        "pointSize": 3,
        "thresholdsStyle": {"mode": axis.style},
    }
    custom |= {"stacking": {"mode": "normal", "group": "A"}} if axis.bars else {}
    custom |= {"lineInterpolation": "stepAfter"} if axis.stepped else {}
    custom |= (
        {"scaleDistribution": {"type": "symlog", "log": 10, "linearThreshold": _number(axis.linear)}}
        if axis.linear
        else {}
    )
    custom |= {} if axis.low is None else {"axisSoftMin": _number(axis.low)}
    custom |= {} if axis.high is None else {"axisSoftMax": _number(axis.high)}
    defaults = _defaults(unit, steps, color={"mode": "palette-classic"}, custom=custom)
    overrides = [_fixed(name, color) for name, color in colors]
    options = {"tooltip": _TOOLTIP}
    return Look("timeseries", dumps({"defaults": defaults, "overrides": overrides}), dumps(options))


@lru_cache(maxsize=64)
def bars(unit: Unit) -> Look:
    """Horizontal bars in the order of the query."""
    defaults = _defaults(unit, ((None, "red"),), color={"mode": "thresholds"}, noValue="none seen", min=0)
    options = {"displayMode": "basic", "namePlacement": "left", "orientation": "horizontal"}
    return Look("bargauge", dumps({"defaults": defaults, "overrides": []}), dumps(options))


@lru_cache(maxsize=64)
def heatmap(unit: Unit) -> Look:
    """The number of events in each bucket, over time; the unit is that of the buckets."""
    options = {
        "color": {"mode": "scheme", "scheme": "Oranges"},
        "filterValues": {"le": 1e-9},
        "tooltip": {"mode": "single", "yHistogram": True},
        "yAxis": {"unit": unit},
        "cellValues": {"unit": "cps"},
    }
    return Look("heatmap", dumps({"defaults": {"unit": unit}, "overrides": []}), dumps(options))


def text(key: str, title: str, description: str, content: str) -> Panel:
    """A text in HTML, in which user text can be escaped exactly, unlike in Markdown."""
    options = dumps({"mode": "html", "content": content})
    return Panel(key, title, description, Look("text", dumps({"defaults": {}, "overrides": []}), options))


class Column(NamedTuple):
    """A column of a table: a label, or the value of a query such as `Value #B`."""

    source: str
    title: str
    unit: Unit = "none"
    steps: Steps = PLAIN
    decimals: int | None = None
    link: str = ""
    shown: tuple[Shown, ...] = ()
    width: int = 0
    is_hidden: bool = False
    """Whether only links read it."""


def _column(column: Column) -> dict[str, object]:
    properties: list[tuple[str, object]] = [("unit", column.unit)] if column.unit != "none" else []
    if column.steps is not PLAIN:
        steps = [{"value": value, "color": color} for value, color in column.steps]
        properties.append(("thresholds", {"mode": "absolute", "steps": steps}))
    if column.steps is not PLAIN or any(one.color for one in column.shown):
        properties.append(("custom.cellOptions", {"type": "color-text"}))
    if column.decimals is not None:
        properties.append(("decimals", column.decimals))
    if column.width:
        properties.append(("custom.width", column.width))
    if column.link:
        properties.append(("links", [{"title": "Dashboard", "url": column.link}]))
    if column.shown:
        properties.append(("mappings", _mappings(column.shown)))
    if column.is_hidden:  # Grafana read the first before 12.2
        properties.append(("custom.hidden", True))
        properties.append(("custom.hideFrom", {"viz": True, "legend": False, "tooltip": False}))
    return {
        "matcher": {"id": "byName", "options": column.title},
        "properties": [{"id": name, "value": value} for name, value in properties],
    }


def _mappings(shown: tuple[Shown, ...]) -> list[dict[str, object]]:
    """Grafana's value mappings: one for all numbers, and one for no value."""
    results = {
        one.value: {"text": one.text, **({"color": one.color} if one.color else {}), "index": index}
        for index, one in enumerate(shown)
    }
    nothing = results.pop(NOTHING, None)
    found: list[dict[str, object]] = [{"type": "value", "options": results}] if results else []
    return [*found, {"type": "special", "options": {"match": NOTHING, "result": nothing}}] if nothing else found


@lru_cache(maxsize=256)
def table(columns: tuple[Column, ...], rank: str, is_descending: bool = False) -> Look:
    """A table with one row for all results with the same labels, by the field `rank`; fields without a column are dropped."""
    defaults = _defaults("none", PLAIN, color={"mode": "thresholds"})
    overrides = [override for column in columns if (override := _column(column))["properties"]]
    return Look(
        "table",
        dumps({"defaults": defaults, "overrides": overrides}),
        dumps({"cellHeight": "sm"}),
        _joined(columns, rank, is_descending),
    )


def _joined(columns: tuple[Column, ...], rank: str, is_descending: bool) -> tuple[Transformation, ...]:
    names: Json = dumps({"include": {"names": [column.source for column in columns]}})
    organized = {
        "excludeByName": {},
        "indexByName": {column.source: index for index, column in enumerate(columns)},
        "renameByName": {column.source: column.title for column in columns},
    }
    return (
        Transformation("merge", "{}"),
        Transformation("sortBy", dumps({"fields": {}, "sort": [{"field": rank, "desc": is_descending}]})),
        Transformation("filterFieldsByName", names),
        Transformation("organize", dumps(organized)),
    )
