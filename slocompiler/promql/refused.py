"""Why Prometheus does not load an expression, and by which version of it."""

from __future__ import annotations

from typing import NamedTuple

Version = tuple[int, int]
"""Major and minor version of a server, such as (2, 42)."""
ANY: Version = (9999, 0)
"""A server that knows all that some version knows, for questions about the meaning of an expression."""


class Fault(NamedTuple):
    """What is wrong with a text, the offsets of the faulty characters, and how to mend it."""

    message: str
    start: int
    end: int
    help: str = ""
    instead: str = ""
    """What to write for the faulty characters; "" if that is unknown."""
    is_version: bool = False
    """Whether another version of Prometheus, or a server with a feature flag, loads it."""
    since: str = ""
    """The first version that loads it, if a newer one does."""


class Refused(Exception):
    """Prometheus does not load an expression."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def version(server: str) -> Version:
    """Major and minor version, from text such as `2.42` or `3.5.1`."""
    major, minor, *_ = server.split(".")
    return int(major), int(minor)


def needs(what: str, since: Version, start: int, end: int, help: str = "", instead: str = "") -> Refused:
    """That servers load `what` from a version on. Another way to write it, in `help`, goes before a newer server."""
    newest = f"{since[0]}.{since[1]}"
    return Refused(Fault(f"{what} needs Prometheus {newest}", start, end, help or newer(newest), instead, True, newest))


def newer(since: str) -> str:
    """A help for what servers load from a version on."""
    return f'this needs Prometheus {since}: if all of your servers have it, write `server: "{since}"` in sloc.yaml'


def gone(what: str, until: Version, instead: str, start: int, end: int) -> Refused:
    """That servers no longer load `what` from a version on."""
    message = f"{what} is not in Prometheus {until[0]}.{until[1]} and newer"
    return Refused(Fault(message, start, end, f"these have `{instead}`, which is an experiment", "", True))


def experiment(what: str, flag: str, start: int, end: int, since: Version | None = None) -> Refused:
    """That `what` is an experiment, which servers load with a feature flag only; or without one from a version on."""
    if since:
        return needs(f"without a feature flag, {what}", since, start, end)
    message = f"{what} is an experiment: Prometheus only loads it with the feature flag `{flag}`"
    help = "record it in a rule of your own, on servers with this flag, and use the recorded series here"
    return Refused(Fault(message, start, end, help, "", True))
