"""`sloc ask`: a live command of the tests. It asks each server one question, and prints the answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import pytest

from slocompiler.cli import group
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.messages import say
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.live.questions import Asking, Instant, Range, answered


@click.command("ask")
@click.option("--cost", type=int, default=0)
@paths_and_project
@connection
def command(paths: tuple[str, ...], project_file: str | None, connection: Connection, cost: int) -> None:
    """Ask each deployment's server how many series there are."""
    run = compile_paths(paths, project_file)
    for program, answer, url in connection.servers(run.program, run.project):
        deployment = program.slos[0].deployment
        say(f"{deployment.name if deployment else '-'} {url} {answered(_asking(connection.now, cost), answer)}")


def _asking(now: int, cost: int) -> Asking[float]:
    question = Instant(expr="count(up)", at=now)
    yield (Range(expr="up", start=now, end=now, step=1, cost=cost),) if cost else ()
    return (yield (question,)).vector(question)[0].value


@contextmanager
def with_ask() -> Iterator[None]:
    """Inside, `sloc` has this command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "slocompiler.cli.commands.ask", sys.modules[__name__])
        patch.setattr(group, "COMMANDS", (*group.COMMANDS, "ask"))
        yield
