"""Fixtures of tests that ask a stub of a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.asking import with_ask
from support.stub import Stub, serving


@pytest.fixture
def live_command() -> Iterator[None]:
    """`sloc ask` is a command."""
    with with_ask():
        yield


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A server that answers as Prometheus does, and keeps the requests."""
    with serving() as found:
        yield found
