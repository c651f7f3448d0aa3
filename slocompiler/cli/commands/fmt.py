"""`sloc fmt`: formats .slo files."""

from __future__ import annotations

import sys
from pathlib import Path

from slocompiler.cli import declared, trace
from slocompiler.cli.messages import fail, give, note, quiet, report, say
from slocompiler.cli.session import find_project, find_sources, paths_and_project, read_project
from slocompiler.cli.sources import find, read
from slocompiler.cli.terminal import difference
from slocompiler.cli.writer import replace_all
from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.source import Source
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse
from slocompiler.visible import visible


@declared.command("fmt", short_help="Format .slo files.")
@paths_and_project
@quiet
@trace.no_cache
@declared.option(
    "--check", is_flag=True, help="Write nothing. List the files that would change, and exit with 1 if there are any."
)
@declared.option("--diff", is_flag=True, help="Write nothing. Print a diff of the changes.")
def command(paths: tuple[str, ...], project_file: str | None, check: bool, diff: bool) -> None:
    """Format .slo files in the standard layout. Comments stay, and the meaning of a file does not change.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input, which is formatted to standard
    output. Without one, the project is formatted. A file with syntax errors does not change.
    """
    piped = "-" in paths
    if piped and len(paths) > 1:
        fail("`-` excludes other paths: it is formatted to standard output")
    files = find(paths) if paths else find_sources(*read_project(project_file))
    changed, refused = 0, 0
    problems: list[Diagnostic] = []
    project = find_project(project_file)
    root = project.absolute().parent if project else Path.cwd()
    for file in files:
        source, text, found = _formatted(file, root)
        problems += found
        refused += bool(found)
        changed += text != source.text
        if found:
            continue
        if piped and not (check or diff):
            give(text)
        elif text != source.text:
            _change(file, source, text, check, diff)
    report(problems)
    if not piped or check or diff:
        done = f"{plural(changed, 'file')} {'would change' if check or diff else 'formatted'}"
        errors = f", {refused} with errors" if refused else ""
        note(f"{done}, {len(files) - changed - refused} unchanged{errors}", err=diff)
    if problems or (check and changed):
        sys.exit(1)
    if check or diff or not changed:  # else the next run prints that nothing has changed
        trace.keep()


def _change(file: str, source: Source, text: str, check: bool, diff: bool) -> None:
    """Print a diff, or the name of a file that would change, or write the file."""
    if diff:
        say(_diff(source, text).removesuffix("\n"), look=difference)
    elif check:
        say(visible(source.shown_as))
    else:
        _replace(file, text)
        note(source.shown_as)


def _formatted(file: str, root: Path) -> tuple[Source, str, list[Diagnostic]]:
    """The source of the file, its formatted text, and its syntax errors, with which the text is the same."""
    sources, problems = read([file], root)
    if problems:
        return problems[0].span.source, problems[0].span.source.text, problems
    (source,) = sources
    tree, found = parse(source)
    problems = [problem for problem in found if problem.code < "E2"]
    return source, source.text if problems else layout(tree), problems


def _diff(source: Source, text: str) -> str:
    from difflib import unified_diff

    name = source.shown_as
    return "".join(unified_diff(_lines(source.text), _lines(text), f"{name} (now)", f"{name} (formatted)"))


def _lines(text: str) -> list[str]:
    """The lines with their line feeds, and a mark if the last one has none. Nothing else ends a line."""
    *lines, rest = text.split("\n")
    return [f"{line}\n" for line in lines] + ([f"{rest}\n\\ No newline at end of file\n"] if rest else [])


def _replace(file: str, text: str) -> None:
    try:
        replace_all([(Path(file), text.encode())])
    except OSError as error:
        fail(f"{file}: {error.strerror}; it was not changed")
