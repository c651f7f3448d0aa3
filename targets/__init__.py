"""The targets. `TARGETS` has a row for each; everything else about a target is in its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Literal

from slocompiler.ir import Program, Service
from slocompiler.record import value
from slocompiler.targets.shared import Files, Options

Part = Literal["all", "shared", "services"]
"""All files of a target, those that depend on the whole program, or those of single services."""


@value()
class Target:
    """A row of `TARGETS`. The modules of the target are imported when they are needed, because start-up time matters."""

    name: str
    """The name on the command line and in the project file, and the folder of the generated files."""
    package: str
    """The package with the modules `render` and `options`.

    `render` defines `render_service(service, options)` and `render_shared(program, options)`, which yield files,
    `unfit(program, options)` and `loaded(options)`, or those of them that the target needs. `options` defines `SCHEMA`,
    the JSON Schema of the target's section of the project file; `Options`, the values of that section without `build`
    and `facts`; and `mistakes(section, sections)` if a schema cannot find them all.
    """
    by_default: bool | None
    """Whether a build renders it, unless its option `build` decides otherwise.

    None if only `--target` renders it. Such a target has no section in the project file.
    """
    deployments: Literal["each", "together", "none"] = "each"
    """Whether it is rendered for each deployment, once for all deployments, or without them."""
    facts: tuple[str, ...] = ()
    """Options of its section that are facts of the whole project: fields of `Project` and of `shared.Options`."""
    many_files: bool = False
    """Whether a build prints only the first file of each folder."""

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its section of the project file."""
        return dict(self._module("options").SCHEMA)

    def options(self, section: Mapping[str, Any]) -> Any:
        """Its `Options` with the values of a section that fits the schema; None if the section has none of them."""
        own = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in section.items()
            if key != "build" and key not in self.facts
        }
        return self._module("options").Options(**own) if own else None

    def mistakes(self, sections: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
        """The mistakes in its section, if all sections fit the schema: the key, a message and a help text of each."""
        yield from getattr(self._module("options"), "mistakes", _nothing)(sections[self.name], sections)

    def render_service(self, service: Service, options: Options) -> Files:
        """The files of a service that has SLOs. They do not depend on the rest of the program. Pure."""
        yield from getattr(self._module("render"), "render_service", _nothing)(service, options)

    def render_shared(self, program: Program, options: Options) -> Files:
        """The files that depend on the whole program, such as an overview. Pure."""
        yield from getattr(self._module("render"), "render_shared", _nothing)(program, options)

    def unfit(self, program: Program, options: Options) -> list[str]:
        """Messages that say why the program cannot be rendered with these options; usually none. Pure."""
        return list(getattr(self._module("render"), "unfit", _nothing)(program, options))

    def loaded(self, options: Options) -> tuple[str, ...]:
        """Patterns of the files below its folder that a server loads, whether a build generated them or not. Pure."""
        return tuple(getattr(self._module("render"), "loaded", _nothing)(options))

    def _module(self, name: str) -> Any:
        return import_module(f"{self.package}.{name}")


def _nothing(*_: object) -> tuple[()]:
    """The default of a function that a target does not define."""
    return ()


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("prometheus", "slocompiler.targets.prometheus", True, facts=("server", "severities", "labels")),
        Target("promtest", "slocompiler.targets.promtest", None),
        Target("grafana", "slocompiler.targets.grafana", True, "together"),
        Target("docs", "slocompiler.targets.docs", True, "none", many_files=True),
        Target("alertmanager", "slocompiler.targets.alertmanager", False, "together"),
        Target("openslo", "slocompiler.targets.openslo", False, "none"),
    )
}
"""All targets by name, in the order of a build."""


def of_builds() -> dict[str, Target]:
    """The targets that a build can render by itself, by name. The project file may have a section for each."""
    return {target.name: target for target in TARGETS.values() if target.by_default is not None}


@value()
class Portion:
    """Files of a target that are rendered one after the other: those of a service, or those that all services share."""

    target: Target
    of: Service | Program
    options: Options

    def files(self) -> Files:
        """The files, each rendered when it is asked for. Pure."""
        if isinstance(self.of, Service):
            return self.target.render_service(self.of, self.options)
        return self.target.render_shared(self.of, self.options)


def portions(program: Program, target: str, options: Options, part: Part = "all") -> Iterator[Portion]:
    """The files of a target, or a part of them: the shared files, then those of each service that has SLOs. Pure."""
    if part != "services":
        yield Portion(TARGETS[target], program, options)
    if part != "shared":
        yield from (Portion(TARGETS[target], service, options) for service in program.services if service.slos)


def render(program: Program, target: str, options: Options) -> dict[str, str]:
    """All files of a target, text by path."""
    return dict(file for portion in portions(program, target, options) for file in portion.files())
