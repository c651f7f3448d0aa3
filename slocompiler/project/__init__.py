"""The project: `sloc.yaml`, what a run knows besides the sources. Every key is optional."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import gcd
from typing import Any

from slocompiler import grammar
from slocompiler.burn import MINUTE, SCRAPES
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Deployment
from slocompiler.project import deployments, facts, requires
from slocompiler.project.schema import Path, Schema, fits, misfits
from slocompiler.project.yaml import Places, read_yaml
from slocompiler.promql import duration, is_reserved
from slocompiler.source import Source, Span
from slocompiler.suggest import did_you_mean
from slocompiler.targets import of_builds
from slocompiler.targets.shared import Options

NAME = "sloc.yaml"
_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATIONS = ("scrape_interval", "evaluation_interval", "retention")
_RATE = 5 * MINUTE
"""What the shortest rates are over, and what intervals must fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Settings that hold for every SLO; durations in whole seconds."""

    requires: str | None = None
    """The oldest sloc that may read it, as `>=0.2`."""
    sources: tuple[str, ...] = ("**/*.slo",)
    output: str = "generated"
    scrape_interval: int = 30
    evaluation_interval: int = 30
    """The scrape interval or a divisor of it; divides 300."""
    retention: int = 90 * 86400
    grafana_url: str | None = None
    docs_url: str | None = None
    source_url: str | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    """The handles of those whom services name as owner or stakeholder."""
    deployments: tuple[Deployment, ...] = ()
    """Where the services run; none where that is one place."""
    server: str = "2.42"
    """The oldest Prometheus that must load the rules."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Another value of the label `severity` for page, ticket or notify."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """On every alert and on `slo:info`."""
    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the project file says under `targets`, by target and key."""

    def targets(self) -> tuple[str, ...]:
        """The targets of a build that names none."""
        return tuple(
            name for name, target in of_builds().items() if self.sections.get(name, {}).get("build", target.by_default)
        )

    def options(self) -> Options:
        """The options for targets."""
        chosen = {name: of_builds()[name].options(section) for name, section in self.sections.items()}
        return Options(
            scrape_interval=self.scrape_interval,
            evaluation_interval=self.evaluation_interval,
            grafana_url=self.grafana_url,
            docs_url=self.docs_url,
            source_url=self.source_url,
            deployments=self.deployments,
            server=self.server,
            severities=self.severities,
            labels=self.labels,
            targets={name: options for name, options in chosen.items() if options is not None},
        )


def load(source: Source) -> tuple[Project, list[Diagnostic]]:
    """The project that the text of a `sloc.yaml` is; the default one where there are mistakes."""
    data, places, problems = read_yaml(source)
    if data is None:
        return Project(), problems
    top = file_schema()
    if older := list(requires.unmet(data, places, top["properties"]["requires"])):
        return Project(), older
    problems += _against_schema(data, places, top)
    problems = problems or list(_meaning(data, places))
    return (Project() if problems else _project(data)), problems


def _project(data: dict[str, Any]) -> Project:
    values: dict[str, Any] = {key: _seconds(value) if key in _DURATIONS else value for key, value in data.items()}
    if "sources" in values:
        values["sources"] = tuple(values["sources"])
    values["sections"] = values.pop("targets", {})
    values["deployments"] = deployments.read(data)
    return Project(**values, **facts.values(data))


def _seconds(text: str) -> int:
    return sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"([0-9]+)([wdhms])", text))


def file_schema() -> dict[str, Any]:
    """The JSON Schema of the project file: the published one, with the options of the targets that there are."""
    top: dict[str, Any] = json.loads(grammar.text("project.schema.json"))
    options = top["properties"]["targets"]["properties"] = {}
    for name, target in of_builds().items():
        options[name] = target.schema()
        top["$defs"] |= options[name].pop("$defs", {})
    return top


# What is wrong with it


def _against_schema(data: Any, places: Places, top: Schema) -> Iterator[Diagnostic]:
    for path, value, schema, keyword in misfits(data, top):
        place = _place(places, path)
        if keyword == "additionalProperties":
            known = schema["properties"]
            help = did_you_mean(value, known) or f"known are {', '.join(f'`{name}`' for name in known)}"
            yield Diagnostic("E502", f"there is no key `{value}` here", place, help=help)
        elif keyword == "propertyNames":
            help = "letters, digits and underscores, the first no digit"
            yield Diagnostic("E503", f"`{value}` cannot be a label", place, help=help)
        elif keyword == "required":
            yield Diagnostic("E503", f"`{value}` is missing here", place, help=_wanted(top, (*path, value)))
        else:
            form = f"{schema['description']} " if "description" in schema and schema in top["$defs"].values() else ""
            help = _in_quotes(value, schema, top, place) or form + _wanted(top, path)
            yield Diagnostic("E503", _wrong(value, path, place), place, help=help)


def _place(places: Places, path: Path) -> Span:
    """The place of a path; where there is no value, its key's: that may be empty, too."""
    place = places[path]
    return place if place.text or not path else places.get((*path[:-1], None, path[-1]), place)


def _wrong(value: Any, path: Path, place: Span) -> str:
    name = next((f"value of `{part}`" for part in reversed(path) if isinstance(part, str)), "project file")
    if value is None and place.text != "null" and path:
        return f"`{path[-1]}` has no value"
    if isinstance(value, dict | list):
        return f"{'a mapping' if isinstance(value, dict) else 'a list'} is no {name}"
    text = place.text.split("\n")[0]
    return f"`{text if len(text) <= 40 else text[:39] + '…'}` is no {name}"


def _in_quotes(value: Any, schema: Schema, top: Schema, place: Span) -> str:
    """Quotes, where they are all that is missing: YAML reads `3.0` as a number."""
    bare = not isinstance(value, str | dict | list | None) and fits(place.text, schema, top)
    return f'in quotes it is text: `"{place.text}"`' if bare else ""


def _wanted(top: Schema, path: Path) -> str:
    """The description of the nearest key above the mistake, with its default."""
    node, described = top, str(top["description"])
    for part in path:
        node = node.get("properties", {}).get(part, {}) if isinstance(part, str) else node.get("items", {})
        if "description" in node:
            choices = f"; one of {', '.join(node['enum'])}" if "enum" in node else ""
            default = f"; the default is {json.dumps(node['default'])}" if "default" in node else ""
            described = node["description"].rstrip(".") + choices + default
    return described


def _meaning(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """What a schema cannot say: sources are inside, times pass, labels are free, intervals fit each other."""
    for index, pattern in enumerate(data.get("sources", ())):
        parts = pattern.split("/")
        if not parts[0] or ".." in parts:
            help = "patterns are relative to the folder of sloc.yaml, which stands above all that belongs to it"
            yield Diagnostic("E503", f"`{pattern}` leads out of the project", places["sources", index], help=help)
        elif any("**" in part and part != "**" for part in parts):
            help = "`**` stands for folders: `**/*.slo` are all files at any depth"
            yield Diagnostic("E503", f"`{pattern}` is no pattern", places["sources", index], help=help)
    nothing = [key for key in _DURATIONS if key in data and _seconds(data[key]) == 0]
    for key in nothing:
        yield Diagnostic("E503", f"`{data[key]}` is no time at all", places[(key,)])
    for label in facts.values(data).get("labels", {}):
        if is_reserved(label):
            place = places[*facts.paths()["labels"], None, label]
            help = "choose another name: alerts carry slo, service, owner and severity anyway"
            yield Diagnostic("E503", f"the label `{label}` is set by sloc or by Prometheus", place, help=help)
    yield from deployments.mistakes(data, places)
    for name, section in data.get("targets", {}).items():
        for key, message, help in of_builds()[name].mistakes(section):
            yield Diagnostic("E503", message, places["targets", name, None, key], help=help)
    if not nothing:
        yield from _intervals(data, places)


def _intervals(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """Extrapolation cancels only where intervals fit each other."""
    scrape, evaluation = (_seconds(data.get(key, "30s")) for key in ("scrape_interval", "evaluation_interval"))
    given = places.get(("evaluation_interval",)) or places.get(("scrape_interval",))
    if given is None:
        return
    fits = f"`evaluation_interval: {duration(gcd(scrape, _RATE))}` fits"
    if SCRAPES * scrape > _RATE:
        yield Diagnostic(
            "E503",
            f"scrapes every {duration(scrape)} are too few: rates over five minutes need {SCRAPES} of them",
            places[("scrape_interval",)],
            help=f"scrape every {duration(_RATE // SCRAPES)} or more often; every minute is usual",
        )
    elif scrape % evaluation:
        yield Diagnostic(
            "E503",
            f"rules every {duration(evaluation)} do not fit scrapes every {duration(scrape)}",
            given,
            help=f"{fits}: the scrape interval or a divisor of it, else rates are off by 2–7 %",
        )
    elif _RATE % evaluation:
        yield Diagnostic(
            "E503",
            f"rules every {duration(evaluation)} do not fit into five minutes",
            given,
            help=f"{fits}: five minutes are counted as whole evaluations",
        )
