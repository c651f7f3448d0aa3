"""The whole way, from sources to a program and from a program to the texts of generated files. Pure: no file is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from slocompiler import targets
from slocompiler.checks import check
from slocompiler.deployments import anywhere, deployed
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.ir import SCHEMA, Program
from slocompiler.jobs import watched
from slocompiler.lower import lower
from slocompiler.pieces import Piece, Spread, analysed
from slocompiler.project import Project
from slocompiler.record import record, replace
from slocompiler.resolve import Resolved, resolve
from slocompiler.resolve.imports import Parse, Reader, load, nothing
from slocompiler.source import Source
from slocompiler.syntax import tree as t
from slocompiler.syntax.parse import parse
from slocompiler.targets import TARGETS
from slocompiler.targets.shared import Options


def analyse(
    sources: Iterable[Source],
    project: Project | None = None,
    read: Reader = nothing,
    today: date | None = None,
    beside: Iterable[Source] = (),
    spread: Spread = map,
) -> tuple[Program | None, list[Diagnostic]]:
    """The program that the sources define, and every diagnostic, in the order of files and lines.

    The program is None if a diagnostic is an error; warnings do not prevent one. `project` is the content of a
    sloc.yaml, and the default one if it is None. `read` returns the source at a path that is imported, or the reason
    why there is none. Reviews that are due are reported only if `today` is given. `beside` are the other files of a
    project: standard alerts depend on who else counts on a job. `spread` calls a function for pieces of the sources, as
    `map` does. Nothing raises for bad input.
    """
    own = list(sources)
    known: dict[str, Source | str] = {source.path: source for source in own}

    def found(path: str) -> Source | str:
        if path not in known:
            known[path] = read(path)
        return known[path]

    pieces = analysed(lambda piece: _piece(piece, project or Project(), found, today), own, spread)
    problems = ordered(problem for piece in pieces for problem in piece.problems)
    if any(problem.is_error for problem in problems):
        return None, problems
    services = sorted((service for piece in pieces for service in piece.services), key=lambda service: service.name)
    program = Program(schema=SCHEMA, services=tuple(services))
    alone = watched(program)
    # Others can only take an alert away, so they are read and compiled only if there is one.
    others = analyse(beside, project, read, spread=spread)[0] if beside and alone != program else None
    return watched(program, others.services) if others else alone, problems


@record
class Examined:
    """What some files say together."""

    resolved: Resolved
    problems: list[Diagnostic]
    promises: frozenset[int]


def examine(
    sources: Sequence[Source], project: Project, read: Reader, today: date | None, parse: Parse = parse
) -> Examined:
    """The sources with all names resolved, and every problem, in any order. `parse` may remember what it has parsed."""
    own, modules, problems = load(sources, read, parse)
    resolved, found = resolve(own, modules)
    problems += found
    found, promises = check(resolved, project, today)
    return Examined(resolved, problems + found, promises)


def piece(of: Examined) -> Piece:
    """The same as a piece of a run."""
    resolved = of.resolved
    services = () if any(problem.is_error for problem in of.problems) else lower(resolved)
    declared = [item.name for file in resolved.files for item in file.declarations if isinstance(item, t.Service)]
    names = {name.text: name.span.source.path for name in declared if name.intact}
    imports = frozenset(other.file.source.path for module in resolved.modules for _, other in module.imports)
    return Piece(services, names, of.problems, of.promises, imports)


def _piece(sources: Sequence[Source], project: Project, read: Reader, today: date | None) -> Piece:
    """What some sources say together. Their syntax trees are not needed any more then."""
    examined = examine(sources, project, read, today)
    found = piece(examined)
    for service in examined.resolved.services:
        service.slos.clear()  # an SLO knows its service: the memory of such a circle is not freed
    return found


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
    if each == "together":
        return [(deployed(program, anywhere(deployments)), options)]
    return [(deployed(program, one), replace(options, folder=f"{one.name}/")) for one in deployments]
