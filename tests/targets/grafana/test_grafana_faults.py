"""The checks of dashboards find the faults that are put into a valid dashboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from support.compile import EXAMPLES, ROOT, compile_files, compile_text
from support.grafana import Data, dashboards
from support.grafana_checks import problems, typed


@pytest.fixture(scope="module")
def right() -> Data:
    return dashboards(compile_files(ROOT / "examples" / "checkout.slo"))["checkout.latency"]


def first(data: Data, kind: str) -> Data:
    found: Data = next(panel for panel in data["panels"] if panel["type"] == kind)
    return found


FAULTS: dict[str, tuple[Callable[[Data], Any], str]] = {
    "a unit that is none": (lambda d: first(d, "stat")["fieldConfig"]["defaults"].update(unit="percentunits"), "no unit percentunits"),
    "no unit": (lambda d: first(d, "timeseries")["fieldConfig"]["defaults"].pop("unit"), "no unit"),
    "a unit of a column": (
        lambda d: next(p for o in first(d, "table")["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "unit").update(value="%"),
        "no unit %",
    ),
    "a colour that is none": (
        lambda d: first(d, "stat")["fieldConfig"]["defaults"]["thresholds"]["steps"][0].update(color="rot"),
        "no colour rot",
    ),
    "no data source": (lambda d: first(d, "stat").pop("datasource"), "has no data source"),
    "another data source": (lambda d: first(d, "stat")["datasource"].update(uid="$prometheus"), "has no data source"),
    "panels that overlap": (lambda d: first(d, "stat")["gridPos"].update(x=7), "overlap"),
    "a panel off the grid": (lambda d: first(d, "timeseries")["gridPos"].update(x=20), "is off the grid"),
    "no title": (lambda d: first(d, "heatmap").update(title=""), "has no title"),
    "no description": (lambda d: first(d, "bargauge").pop("description"), "has no description"),
    "no query": (lambda d: first(d, "stat")["targets"].clear(), "asks nothing"),
    "one number twice": (lambda d: first(d, "stat").update(id=first(d, "table")["id"]), "two panels have the id"),
    "what is no PromQL": (lambda d: first(d, "stat")["targets"][0].update(expr="sum(("), "unclosed left parenthesis"),
    "a label that is dropped": (
        lambda d: first(d, "stat")["targets"][0].update(expr="1 - slo:error_ratio:period"),
        "slo:error_ratio:period of every SLO",
    ),
    "a variable that is none": (lambda d: first(d, "stat")["targets"][0].update(expr='x{a="$b"}'), "no variable b"),
    "a transformation that is none": (
        lambda d: first(d, "table")["transformations"][0].update(id="mergeAll"),
        "no transformation mergeAll",
    ),
}  # fmt: skip  # a table


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(right: Data, fault: str) -> None:
    data = deepcopy(right)
    assert problems(data) == []
    put, said = FAULTS[fault]
    put(data)
    assert any(said in problem for problem in problems(data)), problems(data)


# By the types of Grafana


def made(schema: str) -> list[str]:
    """Every dashboard of every example, as JSON."""
    found = [data for path in EXAMPLES for data in dashboards(compile_files(path), schema, rows=True).values()]
    return list(dict.fromkeys(json.dumps(data) for data in found))


def test_they_fit_the_types_of_grafana(tmp_path: Path) -> None:
    assert typed({"Classic": made("classic"), "V2": made("v2")}, tmp_path) == set()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every object below."""
    if isinstance(value, dict):
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def changed(data: Data, path: tuple[Any, ...], key: str, value: Any) -> str:
    """The dashboard with a value put at a place, and of its panels that of the place alone: types are slow to judge."""
    whole = deepcopy(data)
    inner = whole
    for part in path:
        inner = inner[part]
    inner[key] = value
    match path:
        case ("panels", number, *_):
            whole["panels"] = [whole["panels"][number]]
        case ("spec", "elements", name, *_):
            whole["spec"]["elements"] = {name: whole["spec"]["elements"][name]}
    return json.dumps(whole)


EVERY_KIND = """service shop {
  owner "team"
  slo quick "$by" 99% over 30d {
    events http_seconds{job="shop"}
    good   {code!~"5.."} below 300ms
    per    route
  }
}"""
"""One SLO whose dashboard has every kind of panel."""


def thinned(schema: str) -> Data:
    """A dashboard with one panel of each kind, or the types would take minutes to judge its hundred variants."""
    data = dashboards(compile_text(EVERY_KIND), schema)["shop.quick"]
    if schema == "classic":
        data["panels"] = list({panel["type"]: panel for panel in data["panels"]}.values())
        return data
    elements = data["spec"]["elements"]
    kept = {element["spec"]["vizConfig"]["group"]: name for name, element in elements.items()}.values()
    data["spec"]["elements"] = {name: elements[name] for name in kept}
    return data


def one_of_each(data: Data) -> list[tuple[Any, ...]]:
    """The objects of a dashboard, one of each shape and kind of panel; those whose keys are names of ours are none."""
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for path in places(data):
        kind = data["panels"][path[1]]["type"] if path[:1] == ("panels",) and len(path) > 1 else ""
        shape = ["*" if isinstance(part, int) or str(part).startswith("panel-") else part for part in path]
        if path[-1:] not in (("indexByName",), ("renameByName",), ("excludeByName",), ("elements",)):
            found.setdefault((kind, *shape), path)
    return list(found.values())


def test_an_unknown_key_is_found_in_every_object(tmp_path: Path) -> None:
    literals: dict[str, list[str]] = {}
    for schema, kind in (("classic", "Classic"), ("v2", "V2")):
        data = thinned(schema)
        literals[kind] = [changed(data, path, "nonsense", 1) for path in one_of_each(data)]
    count = sum(map(len, literals.values()))
    assert count > 100
    assert typed(literals, tmp_path) == set(range(count))


WORDS = (
    "type",
    "drawStyle",
    "mode",
    "graphMode",
    "colorMode",
    "displayMode",
    "cellHeight",
    "format",
    "sort",
    "refresh",
    "hide",
)
"""Keys whose values are words of Grafana's."""


def test_a_wrong_word_is_found_wherever_there_is_one(tmp_path: Path) -> None:
    data = thinned("classic")
    literals, said = [], []
    for path in one_of_each(data):
        inner: Any = data
        for part in path:
            inner = inner[part]
        for key in inner.keys() & set(WORDS):
            if (path, key) != ((), "refresh"):
                literals.append(changed(data, path, key, 99 if isinstance(inner[key], int) else "nonsense"))
                said.append((path, key))
    assert len(literals) > 15
    missed = set(range(len(literals))) - typed({"Classic": literals}, tmp_path)
    assert [said[number] for number in sorted(missed)] == []
