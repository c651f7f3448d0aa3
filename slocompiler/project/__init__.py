"""The project: the settings of a run, from `sloc.yaml`. Every key is optional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import gcd
from posixpath import normpath
from typing import Any

from slocompiler import grammar
from slocompiler.burn import MINUTE, SCRAPES
from slocompiler.diagnostics import Diagnostic
from slocompiler.elsewhere import Elsewhere, Written
from slocompiler.ir import Deployment
from slocompiler.project import deployments, facts, libraries, live
from slocompiler.project.libraries import Library
from slocompiler.project.live import Live
from slocompiler.project.yaml import Places, read_yaml
from slocompiler.promql import duration, is_reserved, seconds
from slocompiler.record import EMPTY, value
from slocompiler.source import Source
from slocompiler.targets import of_builds
from slocompiler.targets.shared import Options

NAME = "sloc.yaml"
_DURATIONS = ("scrape_interval", "evaluation_interval", "retention")
_RATE = 5 * MINUTE
"""The window of the shortest rates, in seconds; the evaluation interval divides it."""


@value(kw_only=True)
class Project:
    """Settings that hold for every SLO; durations in whole seconds."""

    requires: str | None = None
    """The oldest sloc that may read it, as `>=0.2`."""
    sources: tuple[str, ...] = ("**/*.slo",)
    defaults_from: Written | None = None
    """The file that every file imports."""
    libraries: Mapping[str, Library] = EMPTY
    """Folders of other repositories, by the names with which they are imported."""
    output: str = "generated"
    scrape_interval: int = 30
    evaluation_interval: int = 30
    """The scrape interval or a divisor of it; divides 300."""
    retention: int = 90 * 86400
    grafana_url: str | None = None
    docs_url: str | None = None
    source_url: str | None = None
    owners: Mapping[str, str] = EMPTY
    """The handles of the people and teams that services name as owner or stakeholder."""
    deployments: tuple[Deployment, ...] = ()
    """Where the services run; empty if there is only one deployment."""
    elsewhere: Mapping[str, Elsewhere] = EMPTY
    """What differs in a deployment, by its name, with the locations."""
    live: Live = Live()
    """The servers that live commands ask."""
    server: str = "2.42"
    """The oldest Prometheus that must load the rules."""
    severities: Mapping[str, str] = EMPTY
    """Another value of the label `severity` for page, ticket or notify."""
    labels: Mapping[str, str] = EMPTY
    """Labels of every alert and of `slo:info`."""
    sections: Mapping[str, Mapping[str, Any]] = EMPTY
    """The sections under `targets`, by target and key."""

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
    """The project that a `sloc.yaml` describes; the default project if it has mistakes."""
    from slocompiler.project import forms, requires  # many projects have no file

    data, places, problems = read_yaml(source)
    if data is None:
        return Project(), problems
    top = file_schema()
    if secret := live.secrets(data, places, top):
        return Project(), secret  # any other diagnostic could show them
    if older := list(requires.unmet(data, places, top["properties"]["requires"])):
        return Project(), older
    problems += forms.mistakes(data, places, top)
    problems = problems or list(_meaning(data, places))
    return (Project() if problems else _project(data, places)), problems


def _project(data: dict[str, Any], places: Places) -> Project:
    values: dict[str, Any] = {key: seconds(value) if key in _DURATIONS else value for key, value in data.items()}
    if "sources" in values:
        values["sources"] = tuple(values["sources"])
    if path := data.get("defaults_from"):
        values["defaults_from"] = Written(path, places[("defaults_from",)])
    values["sections"] = values.pop("targets", {})
    values["deployments"] = deployments.read(data)
    values["elsewhere"] = deployments.elsewhere(data, places)
    values["libraries"] = libraries.read(data)
    values["live"] = live.read(data)
    return Project(**values, **facts.values(data))


def file_schema() -> dict[str, Any]:
    """The JSON Schema of the project file: the published one, with the sections of the targets in `TARGETS`."""
    import json

    top: dict[str, Any] = json.loads(grammar.text("project.schema.json"))
    options = top["properties"]["targets"]["properties"] = {}
    for name, target in of_builds().items():
        options[name] = target.schema()
        top["$defs"] |= options[name].pop("$defs", {})
    return top


# What is wrong with it


def _meaning(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """The mistakes that a schema cannot find: in sources, durations, labels, deployments, options and intervals."""
    for index, pattern in enumerate(data.get("sources", ())):
        parts = pattern.split("/")
        if not parts[0] or ".." in parts:
            help = "a pattern is relative to the folder of sloc.yaml and matches files below it"
            yield Diagnostic("E503", f"`{pattern}` is outside the project", places["sources", index], help=help)
        elif parts[-1] == "**" or any("**" in part and part != "**" for part in parts):
            help = "`**` stands for any number of folders: `**/*.slo` matches files at any depth"
            yield Diagnostic("E503", f"`{pattern}` is not a valid pattern", places["sources", index], help=help)
    output = data.get("output", "")
    if output.startswith("/") or "\0" in output or normpath(output).split("/")[0] == "..":
        help = "the folder is below that of sloc.yaml; the option `-o` of `sloc build` can name any folder"
        yield Diagnostic("E503", f"`{output}` is outside the project", places[("output",)], help=help)
    nothing = [key for key in _DURATIONS if key in data and seconds(data[key]) == 0]
    for key in nothing:
        yield Diagnostic("E503", f"`{key}` is zero", places[(key,)])
    for label in facts.values(data).get("labels", {}):
        if is_reserved(label):
            place = places[*facts.paths()["labels"], None, label]
            help = "choose another name; alerts have slo, service, owner and severity anyway"
            yield Diagnostic("E503", f"the label `{label}` is set by sloc or by Prometheus", place, help=help)
    yield from libraries.mistakes(data, places)
    yield from deployments.mistakes(data, places)
    yield from live.mistakes(data, places)
    sections = data.get("targets", {})
    for name in sections:
        for key, message, help in of_builds()[name].mistakes(sections):
            yield Diagnostic("E503", message, places["targets", name, None, key], help=help)
    if not nothing:
        yield from _intervals(data, places)


def _intervals(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """E503 for intervals that do not divide each other: only then does the extrapolation of rates cancel."""
    scrape, evaluation = (seconds(data.get(key, "30s")) for key in ("scrape_interval", "evaluation_interval"))
    given = places.get(("evaluation_interval",)) or places.get(("scrape_interval",))
    if given is None:
        return
    fitting = f"write `evaluation_interval: {duration(gcd(scrape, _RATE))}`"
    if SCRAPES * scrape > _RATE:
        yield Diagnostic(
            "E503",
            f"a scrape interval of {duration(scrape)} is too long: a rate over 5m needs {SCRAPES} scrapes",
            places[("scrape_interval",)],
            help=f"scrape at least every {duration(_RATE // SCRAPES)}; every minute is usual",
        )
    elif scrape % evaluation:
        yield Diagnostic(
            "E503",
            f"an evaluation interval of {duration(evaluation)} does not divide the scrape interval of {duration(scrape)}",
            given,
            help=f"{fitting}; unless it is the scrape interval or a divisor of it, rates are off by 2–7%",
        )
    elif _RATE % evaluation:
        yield Diagnostic(
            "E503",
            f"an evaluation interval of {duration(evaluation)} does not divide five minutes",
            given,
            help=f"{fitting}: the rules count five minutes as whole evaluations",
        )
