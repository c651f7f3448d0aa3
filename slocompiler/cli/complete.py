"""Shell completion of arguments: services, SLOs, owners, git revisions, files of the library, codes, kinds of changes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from slocompiler.ir import Program


def revisions(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Branches and tags of this repository; files if none matches, because a shell completes either names or files."""
    from pathlib import Path

    from slocompiler.cli.git import git

    del context, parameter
    try:
        done = git(Path.cwd(), "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    except SystemExit:  # there is no git
        return _files(incomplete)
    names = done.stdout.decode("utf-8", "replace").split() if done.returncode == 0 else []
    return _matching(incomplete, names) or _files(incomplete)


def owners(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Owners of the project's services."""
    del context, parameter
    return _matching(incomplete, sorted({service.owner for service in _program().services}))


def names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Services and SLOs of the project; files if none matches, because a shell completes either names or files."""
    from slocompiler.cli.named import names as named

    del context, parameter
    return _matching(incomplete, named(_program())) or _files(incomplete)


def library(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files of the library."""
    from slocompiler.library import ENDING, FOLDER
    from slocompiler.resources import names

    del context, parameter
    return _matching(incomplete, names("slocompiler", FOLDER, ENDING))


def explained(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes of diagnostics, and services and SLOs of the project if no code matches."""
    from slocompiler.cli.named import names as named
    from slocompiler.codes import CODES

    del context, parameter
    found = _matching(incomplete.upper(), CODES)
    return found if found and incomplete else found + _matching(incomplete, named(_program()))


def kinds(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Kinds of changes after the last comma, and the pages of a backtest."""
    from slocompiler.diff.change import KINDS, PAGES

    del context, parameter
    before, comma, last = incomplete.rpartition(",")
    return _matching(incomplete, (f"{before}{comma}{kind}" for kind in (*KINDS, PAGES) if kind.startswith(last)))


def _program() -> Program:
    """The program of the project in this folder; an empty one if it does not compile."""
    from slocompiler.cli.session import compile_paths
    from slocompiler.ir import SCHEMA, Program

    try:
        with redirect_stderr(StringIO()):
            return compile_paths((), None, reporter=lambda _: None).program
    except SystemExit:
        return Program(schema=SCHEMA, services=())


def _matching(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _files(incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]
