"""`sloc build`: compile, then write the generated files, or check that they are up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from slocompiler.cli import declared, incremental, trace
from slocompiler.cli.generated import PRINTED, excluded, generate, stream
from slocompiler.cli.messages import fail, give, is_quiet, note, quiet, report, say, summary
from slocompiler.cli.output import Written, differences, texts, written
from slocompiler.cli.ownership import Foreign, Output, output_of
from slocompiler.cli.removal import listed, services_out_of, services_without_rules
from slocompiler.cli.session import Run, compile_paths, find_project, find_sources, paths_and_project
from slocompiler.cli.terminal import difference
from slocompiler.cli.writer import Unfinished
from slocompiler.compiler import loaded
from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.project import NAME
from slocompiler.record import replace
from slocompiler.targets import TARGETS, Portion, of_builds
from slocompiler.targets.shared import Options


@declared.command("build", short_help="Compile, and write the generated files.")
@paths_and_project
@quiet
@declared.option(
    "-o",
    "--output",
    metavar="DIR",
    type=declared.PATH,
    help="The folder to write to, instead of the project's; `-` prints the files.",
)
@declared.option(
    "--target",
    "targets",
    metavar="NAME",
    multiple=True,
    type=tuple(TARGETS),
    help="Generate only this target. Can be repeated.",
)
@declared.option(
    "--history", is_flag=True, help="Add earlier targets from git to the documentation. For pages that are published."
)
@declared.option(
    "--check",
    is_flag=True,
    help="Write nothing. Print files that are stale, missing, left over or added, and exit with 1 if there are any.",
)
@trace.no_cache
@declared.option("--add", is_flag=True, help="Put the generated files into the next commit, with `git add`.")
def command(
    paths: tuple[str, ...],
    project_file: str | None,
    output: str | None,
    targets: tuple[str, ...],
    history: bool,
    check: bool,
    add: bool,
) -> None:
    """Compile .slo files and write the files that the targets generate.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input. Without one, the project is built,
    and generated files that it no longer needs are removed. Nothing is written unless everything compiles.
    """
    printed = output == "-" or (output is None and "-" in paths)
    _refuse_options(history, check, add, printed, "-" in (*paths, output))
    if not (paths or printed or history or check or add) and _built_incrementally(project_file, output, targets):
        return
    run = compile_paths(paths, project_file, reporter=_report_errors if check else None)
    options = _with_history(run) if history else run.project.options()
    chosen = targets or (PRINTED if printed else run.project.targets())
    if printed:
        for text in stream(generate(run.program, chosen, options, shared=True)):
            give(text)
        return
    there = output_of(find_project(project_file) or run.root / NAME, output, run.project.output)
    portions = generate(run.program, chosen, options, shared=run.complete)
    if not run.complete:
        _note_others(excluded(run.program, chosen, options))
    owned = tuple(of_builds()) if run.whole and not targets else ()
    if check:
        watched = {name: loaded(run.program, name, options) for name in chosen} if owned else {}
        _check(there, portions, owned, watched, run)
        trace.keep()
        return
    with _failing(there.folder, "; nothing was changed"), written(there, portions, chosen, owned) as new:
        shared = services_out_of(there.folder, new.names, run.program)
    lost = _print(there.folder, new, shared, run)
    if add:
        from slocompiler.cli.staging import stage

        stage(there.folder, new.names, new.removed)
    elif not (history or new.removed or lost):  # the next run prints nothing of them
        trace.keep(lambda: incremental.known(run.piece, run.root, new.generated) if run.whole else "")


def _built_incrementally(project_file: str | None, output: str | None, targets: tuple[str, ...]) -> bool:
    """Build the files that have changed, and print what a full build prints; False if that has to do it."""
    built = incremental.build(project_file, output, targets)
    if built is None:
        return False
    folder, run, new = built
    if not is_quiet():
        find_sources(run.project, run.root, reporting=True)
        report(run.piece.problems)
        _print(folder, new, [], run)
    trace.keep(lambda: incremental.known(run.piece, run.root, new.generated))
    return True


@contextmanager
def _failing(folder: Path, more: str = "") -> Iterator[None]:
    """End the command at an error of the system, or at a file that is not to be read or replaced."""
    try:
        yield
    except (Foreign, Unfinished) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}{more}")


def _refuse_options(history: bool, check: bool, add: bool, printed: bool, has_stream: bool) -> None:
    """End the command if its options exclude each other."""
    if history and check:
        fail("--check excludes --history: a committed file cannot contain the date of its own commit")
    if check and has_stream:
        fail("--check compares files: it excludes `-`, which reads standard input or prints")
    if add and (check or printed):
        fail("--add needs files that a build writes: it excludes --check and `-`")


def _with_history(run: Run) -> Options:
    from slocompiler.cli.history import history_of  # few builds ask git

    return replace(run.project.options(), history=history_of(run.program, run.root))


def _note_others(names: Sequence[str]) -> None:
    """Say which files a part of the project cannot generate."""
    if names:
        more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
        note(f"left out, as only a build without PATH covers all services: {names[0]}{more}", err=True)


def _report_errors(problems: list[Diagnostic]) -> None:
    """Print the errors, and only the number of warnings, so that `--check` fits on a screen."""
    report([problem for problem in problems if problem.is_error])
    warnings = sum(not problem.is_error for problem in problems)
    if warnings:
        note(f"{plural(warnings, 'warning')}: see `sloc check`", err=True)


def _print(folder: Path, new: Written, shared: list[str], run: Run) -> list[str]:
    """Print what was written and removed. Returns the services that have no rules now; `shared` are some of them."""
    for name, more in _listed(new.names).items():
        note((folder / name).as_posix() + (f", and {more:,} more" if more else ""))
    for name in new.removed:
        say(f"removed {(folder / name).as_posix()}")
    if lost := services_without_rules(new.removed, new.names, run.program) + shared:
        say(f"removed {listed(lost)}. If this is a mistake, restore their sources and build again", err=True)
    note(f"{summary(run.piece)}: {plural(len(new.names), 'file')}")
    return lost


def _listed(files: Iterable[str]) -> dict[str, int]:
    """The files to print, with the number of others that each stands for: the first of a folder that has many files."""
    first: dict[str, str] = {}
    found: dict[str, int] = {}
    for name in files:
        target, inner, *_ = name.split("/")
        folder = f"{target}/{inner}" if TARGETS[target].many_files else name
        printed = first.setdefault(folder, name)
        found[printed] = found[printed] + 1 if printed in found else 0
    return found


def _check(
    there: Output, portions: Sequence[Portion], owned: Sequence[str], watched: Mapping[str, list[str]], run: Run
) -> None:
    """Print the files that are not what a build generates, and exit with 1 if there are any."""
    from slocompiler.cli.staleness import screen

    folder = there.folder
    with _failing(folder):
        files, found = differences(there, portions, owned, watched)
        shown, names = screen(found, lambda name: (folder / name).as_posix(), partial(texts, there))
    if shown and not is_quiet():
        say("\n".join(shown), look=difference)
    for name in names:
        note(name, err=True)
    left_over = [one.name for one in found if one.what == "left over"]
    if lost := services_without_rules(left_over, files, run.program) + services_out_of(folder, files, run.program):
        say(f"a build removes {listed(lost)}. If this is a mistake, restore their sources first", err=True)
    added = sum(one.what == "added" for one in found)
    if added:
        more, it = plural(added, "file"), "it" if added == 1 else "them"
        advice = f"a server would load {it}, too. Move {it} to another folder, or remove {it}"
        say(f"{more} added beside the generated ones: {advice}", err=True)
    if len(found) > added:
        outdated = plural(len(found) - added, "file")
        say(f"{outdated} out of date: run this without --check, and commit the files", err=True)
    if found:
        sys.exit(1)
    note(f"{plural(len(files), 'file')} up to date")
