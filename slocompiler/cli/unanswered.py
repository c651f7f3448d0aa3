"""Why a server did not answer, as one line without a secret: an address has no user name, a header only its name."""

from __future__ import annotations

import ssl
from typing import IO, Any

import click
from urllib3 import exceptions

from slocompiler.cli.messages import say
from slocompiler.promql import duration
from slocompiler.visible import visible


class Unanswered(click.ClickException):
    """A question has no answer. The command ends with 2 and this line, unless it knows better."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line like every other failure."""
        del file
        say(visible(f"sloc: {self.message}"), err=True)


class Lost(Exception):
    """A connection failed in a way that may not last."""


def failure(error: Exception, server: str, proxy: str, timeout: int) -> Exception:
    """What to raise for an exception of urllib3: `Lost` if another attempt may succeed, else `Unanswered`."""
    if isinstance(error, exceptions.ProxyError):
        refused = str(error.original_error).partition("Tunnel connection failed: ")[2]
        if refused.startswith("407"):
            return Unanswered(f"{server}: the proxy {proxy} needs another login (407)")
        if refused:
            return Unanswered(f"{server}: the proxy {proxy} answers {refused}")
        return Unanswered(f"{server}: the proxy {proxy} cannot be reached: {_reason(error.original_error)}")
    if isinstance(error, exceptions.NameResolutionError):
        return Unanswered(f"{server}: no such host")
    if isinstance(error, exceptions.NewConnectionError):  # urllib3 counts it among the time-outs, too
        return Lost(_reason(error))
    if isinstance(error, exceptions.ConnectTimeoutError | exceptions.ReadTimeoutError | TimeoutError):
        return Unanswered(f"{server}: no answer within {duration(timeout)}; `--timeout` waits longer")
    if isinstance(error, exceptions.SSLError | ssl.SSLError):
        return Unanswered(f"{server}: no trusted connection: {_reason(error)}")
    if isinstance(error, exceptions.DecodeError):
        return Unanswered(f"{server}: the answer is not what its Content-Encoding says")
    if "IncompleteRead" in str(error):
        return Lost("the answer is cut off")
    return Lost(_reason(error))


def _reason(error: BaseException) -> str:
    """Why a connection failed, in the words of the system."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f"{seen.verify_message}; `ca_file` in --http-config names the authority"
        if isinstance(seen, ssl.SSLError):
            return (seen.reason or "TLS failed").replace("_", " ").lower()
        if isinstance(seen, exceptions.ConnectTimeoutError) and not isinstance(seen, exceptions.NewConnectionError):
            return "no answer in time"
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror.lower()
        inner = [one for one in seen.args if isinstance(one, BaseException)]
        seen = inner[-1] if inner else seen.__cause__ or seen.__context__
    return "the connection ends without an answer"
