"""The options of live commands, and the servers that they ask."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce, wraps
from typing import Any, NamedTuple

import click

from slocompiler.cli.declared import PATH, option
from slocompiler.cli.durations import Duration
from slocompiler.cli.messages import fail
from slocompiler.deployments import deployed
from slocompiler.ir import Deployment, Program
from slocompiler.live.questions import Answers, NotKept, Question
from slocompiler.live.snapshot import Snapshot
from slocompiler.project import Project
from slocompiler.project.live import MOST_CONCURRENCY, Live
from slocompiler.record import record, replace

_TENANT = "X-Scope-OrgID"


class Served(NamedTuple):
    """The program of a deployment, or of a project without deployments, and the server that has its series."""

    program: Program
    answer: Callable[[Sequence[Question]], Answers]
    """Answers the questions of a round, for `answered`. It raises `Unanswered`, which ends a command with 2."""
    url: str
    """The address of the server for messages, without a password."""
    deployment: Deployment | None
    """None for a project without deployments."""

    def here(self, program: Program) -> Program:
        """Another program, as it runs in this deployment."""
        return _in(self.deployment, program)


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
        except (ValueError, OverflowError):
            self.fail("write it as 2026-11-28T19:40Z or as seconds since the epoch", parameter, context)


class Header(click.ParamType[tuple[str, str]]):
    """A header, `Name: value`; in the environment one a line. No message has its value."""

    name = "header"

    def split_envvar_value(self, rv: str) -> list[str]:
        """The lines of a variable that are not empty."""
        return [line for line in rv.splitlines() if line.strip()]

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[str, str]:
        """Its name and its value."""
        from slocompiler.cli.http_config import wrong_header

        name, colon, text = (part.strip() for part in value.partition(":"))
        if wrong := wrong_header(name, text) if colon else "write a header as `Name: value`":
            self.fail(wrong, parameter, context)
        return name, text


@record
class Connection:
    """What the options of a live command say."""

    now: int
    """The command answers as of this time, in seconds since the epoch."""
    url: str | None
    tenant: str | None
    http_config: str | None
    headers: tuple[tuple[str, str], ...]
    limits: Mapping[str, int]
    """Those of `timeout`, `concurrency` and `max_samples` that an option sets."""
    partial: bool
    snapshots: Mapping[str | None, Snapshot]
    """What answers instead of servers, by deployment; empty without `--snapshot`."""

    def servers(self, program: Program, project: Project) -> list[Served]:
        """Each deployment of the program with its server. Nothing is sent yet.

        The command ends if an address is missing, or if credentials would go to an address that a pull request may change.
        """
        if self.snapshots:
            return [self._kept(program, one) for one in project.deployments or [None]]
        live = replace(project.live, **self.limits)
        places: list[Deployment | None] = [*project.deployments] or [None]
        addresses = [self._address(one, live) for one in places]
        if self.http_config or self.headers:
            self._guard([url for url, _ in addresses])
        from slocompiler.cli.http import shown  # only live commands wait for urllib3
        from slocompiler.cli.http_config import HttpConfig, merged, read_http_config
        from slocompiler.cli.prometheus import Samples, Server

        config = read_http_config(self.http_config) if self.http_config else HttpConfig()
        samples = Samples(live.max_samples)
        known: dict[tuple[str, str], Server] = {}
        for url, tenant in addresses:
            headers = merged({_TENANT: tenant} if tenant else {}, config.headers, dict(self.headers))
            own = replace(config, headers=headers)
            known[url, tenant] = known.get((url, tenant)) or Server(url, own, live, samples, self.partial)
        return [
            Served(_in(one, program), known[key].answer, shown(key[0]), one)
            for one, key in zip(places, addresses, strict=True)
        ]

    def _kept(self, program: Program, deployment: Deployment | None) -> Served:
        """What the snapshot has of a deployment."""
        name = deployment.name if deployment else None
        if name not in self.snapshots:
            fail(
                f"the snapshot has nothing of {f'the deployment `{name}`' if name else 'a project without deployments'}"
            )
        return Served(_in(deployment, program), self.snapshots[name].answer, "the snapshot", deployment)

    def _address(self, deployment: Deployment | None, live: Live) -> tuple[str, str]:
        """The address and the tenant, which may be empty, of a deployment: of an option or the environment, its own, or the project's."""
        own = live.deployments.get(deployment.name, {}) if deployment else {}
        url = self.url or own.get("url") or live.url
        if url is None:
            of = f" of the deployment `{deployment.name}`" if deployment else ""
            fail(f"no server{of}: give its address with `--url` or SLOC_URL, or as `url` in sloc.yaml")
        from slocompiler.cli.http import origin
        from slocompiler.cli.http_config import wrong_header

        try:
            origin(url)
        except ValueError as error:
            fail(f"{'--url' if self.url else '`url` in sloc.yaml'}: {error}")
        tenant = self.tenant or own.get("tenant") or live.tenant or ""
        if wrong_header(_TENANT, tenant):
            fail("--tenant: a tenant is printable ASCII")
        return url, tenant

    def _guard(self, addresses: Sequence[str]) -> None:
        """End the command if the project file alone says where credentials would go."""
        from slocompiler.cli.http import allowed, origin, shown

        try:
            hosts = {allowed(one) for one in os.environ.get("SLOC_HOSTS", "").replace(",", " ").split()}
        except ValueError:
            fail("SLOC_HOSTS: write hosts without a path, such as `https://mimir.example.org`")
        for url in () if self.url else addresses:
            if origin(url) not in hosts:
                fail(
                    f"nothing was sent: there are credentials, and {shown(url)} is from sloc.yaml, which a pull request"
                    " may change. Give the address with `--url` or SLOC_URL, or its host in SLOC_HOSTS"
                )


def _in(deployment: Deployment | None, program: Program) -> Program:
    return deployed(program, deployment) if deployment else program


_SERVER = (
    option("--url", envvar="SLOC_URL", metavar="URL", help="The server: its address, up to `/api/v1`. Also SLOC_URL."),
    option(
        "--tenant", envvar="SLOC_TENANT", metavar="NAME", help="The tenant, sent as X-Scope-OrgID. Also SLOC_TENANT."
    ),
    option(
        "--http-config",
        envvar="SLOC_HTTP_CONFIG",
        metavar="FILE",
        help="Credentials, TLS and a proxy, as in Prometheus' http_config. Also SLOC_HTTP_CONFIG.",
    ),
    option(
        "--header",
        "headers",
        envvar="SLOC_HEADERS",
        type=Header,
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Another header. Also SLOC_HEADERS, one a line: others on this machine can read options, so keep secrets there.",
    ),
)
_OPTIONS = (
    *_SERVER,
    option("--timeout", type=Duration, metavar="DURATION", help="How long one answer may take; 30s."),
    option(
        "--concurrency",
        type=lambda: click.IntRange(1, MOST_CONCURRENCY),
        help="How many questions are asked at a time; 4.",
    ),
    option(
        "--max-samples",
        type=lambda: click.IntRange(1),
        help="How many samples the servers may read for this; 500,000,000.",
    ),
    option("--snapshot", metavar="FILE", type=PATH, help="Ask a file of `sloc snapshot` instead of a server."),
    option("--partial", is_flag=True, help="Take answers that lack the data of some stores."),
    option(
        "--now", type=Time, metavar="TIME", help="Answer as of this time, such as 2026-11-28T19:40Z, instead of now."
    ),
)
_CHOICE = ("url", "tenant", "http_config", "headers")
_LIMITS = ("timeout", "concurrency", "max_samples")


def connection(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the options of all live commands. The command gets them as one argument, `connection`."""

    @wraps(command)
    def connected(*arguments: Any, **values: Any) -> Any:
        limits = {key: values.pop(key) for key in _LIMITS}
        file = values.pop("snapshot")
        taken, snapshots = int(time.time()), dict[str | None, Snapshot]()
        if file:
            from slocompiler.cli.snapshots import read_snapshot

            taken, snapshots = read_snapshot(file)
        given = Connection(
            now=values.pop("now") or taken,
            snapshots=snapshots,
            limits={key: limit for key, limit in limits.items() if limit is not None},
            **{key: values.pop(key) for key in (*_CHOICE, "partial")},
        )
        try:
            return command(*arguments, connection=given, **values)
        except NotKept as error:
            asked = getattr(error.args[0], "path", "") or error.args[0].expr
            fail(f"{file}: it has no answer to `{asked}`; take a new one with `sloc snapshot`")

    return reduce(lambda function, one: one(function), reversed(_OPTIONS), connected)


def addressed(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: those of the options that choose a server. `connection` is None without `--url`, whatever sloc.yaml says."""

    @wraps(command)
    def connected(*arguments: Any, **values: Any) -> Any:
        given = Connection(0, limits={}, partial=False, snapshots={}, **{key: values.pop(key) for key in _CHOICE})
        return command(*arguments, connection=given if given.url else None, **values)

    return reduce(lambda function, one: one(function), reversed(_SERVER), connected)
