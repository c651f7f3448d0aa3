"""The options of live commands, and the servers that they ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import reduce, wraps
from typing import Any, NamedTuple

import click

from slocompiler.cli.messages import fail
from slocompiler.deployments import deployed
from slocompiler.ir import Program
from slocompiler.live.questions import Answers, Question
from slocompiler.project import Project
from slocompiler.record import record


class Served(NamedTuple):
    """The program of a deployment, or of a project without deployments, and the server that has its series."""

    program: Program
    answer: Callable[[Sequence[Question]], Answers]
    """Answers the questions of a round, for `answered`. It ends the command if the server does not answer."""
    url: str
    """The address of the server for messages, without a password."""


class Time(click.ParamType[int]):
    """Seconds since the epoch, written as such or as `2026-11-28T19:40Z`; UTC if no zone is given."""

    name = "time"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> int:
        """The seconds since the epoch."""
        try:
            if isinstance(value, int) or value.isdecimal():
                return int(value)
            moment = datetime.fromisoformat(value)
            return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
        except ValueError:
            self.fail("write it as 2026-11-28T19:40Z or as seconds since the epoch", parameter, context)


@record
class Connection:
    """What the options of a live command say."""

    url: str | None
    now: int
    """The time as of which the command answers, in seconds since the epoch."""

    def servers(self, program: Program, project: Project) -> list[Served]:
        """Each deployment of the program with its server; ends the command if there is no address of one."""
        from slocompiler.cli.prometheus import Server  # only live commands wait for urllib3

        if self.url is None:
            fail("which server? Give `--url URL`")
        server = Server(self.url)
        programs = [deployed(program, one) for one in project.deployments] or [program]
        return [Served(one, server.answer, self.url) for one in programs]


_OPTIONS = (
    click.option("--url", envvar="SLOC_URL", metavar="URL", help="The server: its address, up to `/api/v1`."),
    click.option(
        "--now", type=Time(), metavar="TIME", help="Answer as of this time, such as 2026-11-28T19:40Z, instead of now."
    ),
)


def connection(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the options of all live commands. The command gets them as one argument, `connection`."""

    @wraps(command)
    def connected(*arguments: Any, url: str | None, now: int | None, **others: Any) -> Any:
        given = Connection(url, int(time.time()) if now is None else now)
        return command(*arguments, connection=given, **others)

    return reduce(lambda function, option: option(function), reversed(_OPTIONS), connected)
