"""What a shell offers for arguments: names of services and SLOs, owners, revisions, codes, kinds of changes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import redirect_stderr
from io import StringIO
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from slocompiler.ir import Program


def revisions(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Branches and tags of the repository here; files where none is meant, for shells take one or the other."""
    from pathlib import Path

    from slocompiler.cli.git import git

    del context, parameter
    try:
        done = git(Path.cwd(), "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    except SystemExit:  # there is no git
        return [CompletionItem(begun, type="file")]
    names = done.stdout.decode("utf-8", "replace").split() if done.returncode == 0 else []
    return _beginning(begun, names) or [CompletionItem(begun, type="file")]


def owners(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Owners of the project's services."""
    del context, parameter
    return _beginning(begun, sorted({service.owner for service in _program().services}))


def names(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Services and SLOs of the project; files where none begins so, for shells take one or the other."""
    from slocompiler.cli.named import names as named

    del context, parameter
    return _beginning(begun, named(_program())) or [CompletionItem(begun, type="file")]


def explained(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Codes of diagnostics; services and SLOs of the project where no code begins so."""
    from slocompiler.cli.named import names as named
    from slocompiler.diagnostics import CODES

    del context, parameter
    found = _beginning(begun.upper(), CODES)
    return found if found and begun else found + _beginning(begun, named(_program()))


def kinds(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Kinds of changes behind the last comma."""
    from slocompiler.diff.change import KINDS

    del context, parameter
    before, comma, last = begun.rpartition(",")
    return _beginning(begun, (f"{before}{comma}{kind}" for kind in KINDS if kind.startswith(last)))


def _program() -> Program:
    """The program of the project here; an empty one where it does not compile."""
    from slocompiler.cli.session import compile_paths
    from slocompiler.ir import SCHEMA, Program

    try:
        with redirect_stderr(StringIO()):
            return compile_paths((), None, tell=lambda _: None).program
    except SystemExit:
        return Program(schema=SCHEMA, services=())


def _beginning(begun: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(begun)]
