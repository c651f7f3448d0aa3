"""Asks servers in tests: `sloc ask`, a live command that asks each server one question; and what a server does not answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from slocompiler.cli import clicked, declared, group
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.messages import say
from slocompiler.cli.prometheus import Server
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.cli.unanswered import Unanswered
from slocompiler.live.questions import Asking, Instant, Question, Range, answered
from support.command import Answer, service, sloc
from support.stub import Reply, Response, prometheus

ONE = Instant(expr="vector(1)", at=0)
SECRET = "hunter2"
"""What tests have for passwords and tokens. No message has it."""


def problem(server: Server, *asked: Question) -> str:
    """What is reported if the questions are asked."""
    with pytest.raises(Unanswered) as caught:
        server.answer(asked or (ONE,))
    assert caught.value.exit_code == 2
    assert SECRET not in caught.value.message
    return caught.value.message


def always(response: Response) -> Reply:
    """This answer to every query; the server is known already."""
    return lambda request: prometheus(request) if request.path.endswith("buildinfo") else response


@declared.command("ask")
@declared.option("--cost", type=lambda: click.INT, default=0)
@paths_and_project
@connection
def command(paths: tuple[str, ...], project_file: str | None, connection: Connection, cost: int) -> None:
    """Ask each deployment's server how many series there are."""
    run = compile_paths(paths, project_file)
    for one in connection.servers(run.program, run.project):
        name = one.deployment.name if one.deployment else "-"
        say(f"{name} {one.url} {answered(_asking(connection.now, cost), one.answer)}")


def _asking(now: int, cost: int) -> Asking[float]:
    question = Instant(expr="count(up)", at=now)
    yield (Range(expr="up", start=now, end=now, step=1, cost=cost),) if cost else ()
    return (yield (question,)).vector(question)[0].value


def ask(folder: Path, *arguments: str, project: str = "") -> Answer:
    """Run the command on a project with this file."""
    (folder / "a.slo").write_text(service("a"))
    (folder / "sloc.yaml").write_text(project)
    answer = sloc(folder, "ask", *arguments)
    assert SECRET not in answer.out + answer.err
    return answer


@contextmanager
def with_ask() -> Iterator[None]:
    """Inside, `sloc` has this command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "slocompiler.cli.commands.ask", sys.modules[__name__])
        names = (*group.COMMANDS, "ask")
        for module in (group, clicked):
            patch.setattr(module, "COMMANDS", names)
        yield
