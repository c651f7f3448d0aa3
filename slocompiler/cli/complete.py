"""Shell completion of arguments that are not paths: revisions, codes, kinds of changes."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem


def revisions(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Branches and tags of this repository; files if none matches, because a shell completes either names or files."""
    from pathlib import Path

    from slocompiler.cli.git import git

    del context, parameter
    try:
        done = git(Path.cwd(), "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
    except SystemExit:  # there is no git
        return [CompletionItem(incomplete, type="file")]
    names = done.stdout.decode("utf-8", "replace").split() if done.returncode == 0 else []
    return _matching(incomplete, names) or [CompletionItem(incomplete, type="file")]


def codes(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes of diagnostics."""
    from slocompiler.diagnostics import CODES

    del context, parameter
    return _matching(incomplete.upper(), CODES)


def kinds(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Kinds of changes after the last comma."""
    from slocompiler.diff.change import KINDS

    del context, parameter
    before, comma, last = incomplete.rpartition(",")
    return _matching(incomplete, (f"{before}{comma}{kind}" for kind in KINDS if kind.startswith(last)))


def _matching(incomplete: str, names: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
