"""The whole way, from sources to a program and from a program to the texts of generated files. Pure: no file is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from slocompiler import standard, targets
from slocompiler.checks import check
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.elsewhere import names
from slocompiler.ir import SCHEMA, Program, Service
from slocompiler.jobs import counted, watched
from slocompiler.lower import lower
from slocompiler.pieces import Facts, Piece, Spread, affects, analysed, joined, may_declare, without
from slocompiler.project import Project
from slocompiler.record import record, replace
from slocompiler.resolve import Resolved, resolve
from slocompiler.resolve.imports import Parse, Reader, load, nothing
from slocompiler.source import Source
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey
from slocompiler.syntax.parse import parse
from slocompiler.targets import TARGETS
from slocompiler.targets.shared import Options

if TYPE_CHECKING:
    from slocompiler.resolve.located import Located


def analyse(
    sources: Iterable[Source],
    project: Project | None = None,
    read: Reader = nothing,
    today: date | None = None,
    beside: Iterable[Source] = (),
    spread: Spread = map,
    whole: bool = True,
) -> tuple[Program | None, list[Diagnostic]]:
    """The program that the sources define, and every diagnostic, in the order of files and lines.

    The program is None if a diagnostic is an error; warnings do not prevent one. `project` is the content of a
    sloc.yaml, and the default one if it is None. `read` returns the source at a path that is imported, or the reason
    why there is none. Reviews that are due are reported only if `today` is given. `beside` are the other files of a
    project: standard alerts depend on who else counts on a job, and journeys on the SLOs that they pass. `spread` calls a
    function for pieces of the sources, as `map` does. Unless the sources are the `whole` project, it may name SLOs that
    are not among them. Nothing raises for bad input.
    """
    others = list(beside)
    found = together(sources, project, read, today, spread, lambda: others, whole and not others)
    return linked(found, (lambda: together(others, project, read, spread=spread)) if others else None), found.problems


def together(
    sources: Iterable[Source],
    project: Project | None = None,
    read: Reader = nothing,
    today: date | None = None,
    spread: Spread = map,
    beside: Callable[[], Iterable[Source]] = tuple,
    whole: bool = False,
) -> Piece:
    """The sources as one piece: all that they say, without what depends on other files. As `analyse`.

    Of the files `beside` them, those are analysed too that may have a service which a journey passes. Their errors are
    problems of the piece, because such a journey cannot be compiled.
    """
    own = dict.fromkeys(sources)  # in their order, and to look them up
    known = {source.path: source for source in own}
    found: Reader = cache(lambda path: known.get(path) or read(path))
    library = cache(parse)  # several pieces may import it

    def parsed(source: Source) -> tuple[t.File, list[Diagnostic]]:
        return parse(source) if source in own else library(source)

    def piece(sources: Sequence[Source]) -> Piece:
        return joined(analysed(lambda part: _piece(part, project or Project(), found, today, parsed), sources, spread))

    made = piece(tuple(own))
    absent = made.passed - made.jobs.keys()
    if others := [source for source in beside() if may_declare(source, absent)] if absent else []:
        made = without(piece([*own, *others]), {source.path for source in others})
    problems = unmet(made, project) if whole and project else []
    return replace(made, problems=ordered((*problems, *made.problems))) if problems else made


def changed(
    piece: Piece,
    sources: Iterable[Source],
    gone: Collection[str],
    project: Project | None = None,
    read: Reader = nothing,
    spread: Spread = map,
) -> Piece | None:
    """The project of a piece with other texts for some files and without those that are `gone`. Only these are analysed.

    None if that does not suffice: if a mistake is in them, or other files depend on them. Of other files, it has what
    the piece has: services, facts and warnings, or facts alone. `spread` is that of `analyse`.
    """
    own = list(sources)
    paths = {*(source.path for source in own), *gone}
    if not paths.isdisjoint(piece.imports):
        return None
    rest = without(piece, paths)
    old = Piece((), {path: facts for path, facts in piece.facts.items() if path in paths}, [], piece.imports)
    new = together(own, project, read, spread=spread)
    found = joined([rest, new])
    return None if found.is_wrong or affects(old, new, rest) or (project and unmet(found, project)) else found


def unmet(piece: Piece, project: Project) -> list[Diagnostic]:
    """E506 for names of SLOs in the project file that mean none of the SLOs of all its files."""
    if piece.is_wrong:
        return []
    named = {position for facts in piece.facts.values() for position in facts.named}
    found = []
    for position, (deployment, there, name) in enumerate(names(project.elsewhere)):
        if position not in named:
            ids = [slo.id for service in piece.services for slo in service.slos if there.has(slo.id)]
            known = [*piece.jobs, *ids] if name in there.only or not there.only else ids
            where = "" if len(known) > len(ids) else f" in `{deployment}`"
            message = f"no SLO{where} is called `{name.text}`"
            found.append(Diagnostic("E506", message, name.span, help=one_of(name.text, known)))
    return found


def linked(piece: Piece, others: Callable[[], Piece] | None = None) -> Program | None:
    """The program of a piece, with the alerts that depend on all files of the project; None if the piece has an error."""
    if piece.is_wrong:
        return None
    services = watched(piece.services, piece.jobs)
    is_down = (standard.DOWN in slo.every_alert for service in services for slo in service.slos)
    # Others can only take this alert away, so they are asked for only if there is one.
    if others and any(is_down) and not (found := others()).is_wrong:
        services = watched(services, {**found.jobs, **piece.jobs})
    return Program(schema=SCHEMA, services=services)


@record
class Examined:
    """What some files say together."""

    resolved: Resolved
    problems: list[Diagnostic]
    promises: Mapping[str, Collection[int]]


def examine(
    sources: Sequence[Source], project: Project, read: Reader, today: date | None, parse: Parse = parse
) -> Examined:
    """The sources with all names resolved, and every problem, in any order. `parse` may remember what it has parsed."""
    own, modules, problems = load(sources, read, parse, project.defaults_from, project.libraries)
    resolved, found = resolve(own, modules, project.elsewhere)
    problems += found
    found, promises = check(resolved, project, today)
    return Examined(resolved, problems + found, promises)


def piece(of: Examined, project: Project) -> Piece:
    """The same as a piece of a run."""
    resolved = of.resolved
    services = () if any(problem.is_error for problem in of.problems) else lower(resolved)
    lowered = {service.name: service for service in services}
    facts = {file.source.path: _facts(file, lowered, of.promises, project) for file in resolved.files}
    imports = frozenset(other.file.source.path for module in resolved.modules for _, other in module.imports)
    return Piece(services, facts, of.problems, imports)


def _piece(sources: Sequence[Source], project: Project, read: Reader, today: date | None, parse: Parse) -> Piece:
    """What some sources say together. Their syntax trees are not needed any more then."""
    examined = examine(sources, project, read, today, parse)
    found = piece(examined, project)
    for service in examined.resolved.services:
        service.slos.clear()  # an SLO knows its service: the memory of such a circle is not freed
    return found


def _facts(
    file: t.File, lowered: Mapping[str, Service], promises: Mapping[str, Collection[int]], project: Project
) -> Facts:
    declared = [item.name for item in file.declarations if isinstance(item, t.Service)]
    own = {name.text: lowered.get(name.text) for name in declared if name.intact}
    jobs = {name: counted(service) if service else () for name, service in own.items()}
    asked = names(project.elsewhere)
    ids = [slo.id for service in own.values() if service for slo in service.slos] if asked else []
    named = tuple(n for n, (_, there, name) in enumerate(asked) if any(there.fits(name, id) for id in ids))
    slos = sum(len(service.slos) for service in own.values() if service)
    inside = (item for one in file.declarations if isinstance(one, t.Service) for item in one.items)
    former = tuple(name.text for item in inside if isinstance(item, t.Formerly) for name in item.names)
    journeys = (one for one in file.declarations if isinstance(one, Journey))
    passed = sorted({ref.service for one in journeys for ref in one.refs})
    return Facts(slos, jobs, tuple(promises.get(file.source.path, ())), former, named, tuple(passed))


def locate(sources: Iterable[Source], project: Project, read: Reader = nothing) -> dict[str, Located]:
    """Where the parts of each SLO of sources without errors are written, by the id of the SLO."""
    from slocompiler.resolve.located import located  # only commands that ask a server need it

    own, modules, _ = load(list(sources), read, parse, project.defaults_from, project.libraries)
    return {
        slo.id: located(slo) for service in resolve(own, modules, project.elsewhere)[0].services for slo in service.slos
    }


def render(program: Program, target: str, options: Options | None = None) -> dict[str, str]:
    """The files that a target generates from the program: path below the target's folder to text.

    `target` is a key of `slocompiler.targets.TARGETS`; `options` are those of a project, `project.options()`, and the
    defaults if None. With deployments, each has files in a folder of its name, except for files that they share.
    """
    return dict(file for portion in portions(program, target, options or Options()) for file in portion.files())


def portions(program: Program, target: str, options: Options, part: targets.Part = "all") -> Iterator[targets.Portion]:
    """The same files in portions, which are rendered as they are read: for programs whose files exceed the memory.

    The part `services` leaves out the files that depend on all services: a part of a project cannot generate them.
    """
    for one, its_options in instances(program, target, options):
        yield from targets.portions(one, target, its_options, part)


def unfit(program: Program, target: str, options: Options | None = None) -> list[str]:
    """The reasons, as sentences for people, why the target cannot be generated as the options ask; usually none."""
    found = (TARGETS[target].unfit(one, own) for one, own in instances(program, target, options or Options()))
    return list(dict.fromkeys(reason for reasons in found for reason in reasons))


def loaded(program: Program, target: str, options: Options) -> list[str]:
    """Patterns of the files below the target's folder that a server loads, with those of each deployment."""
    return [pattern for _, own in instances(program, target, options) for pattern in TARGETS[target].loaded(own)]


def instances(program: Program, target: str, options: Options) -> list[tuple[Program, Options]]:
    """The programs that a target renders, each with its options: one for each deployment, or one for all.

    Files that deployments share come from a program in which one deployment stands for all of them. Documentation
    explains the SLOs, wherever they run.
    """
    deployments, each = options.deployments, TARGETS[target].deployments
    if not deployments or each == "none":
        return [(program, options)]
    from slocompiler.deployments import deployed, shared  # few projects have some

    if each == "together":
        return [(shared(program, deployments), options)]
    return [(deployed(program, one), replace(options, folder=f"{one.name}/")) for one in deployments]
