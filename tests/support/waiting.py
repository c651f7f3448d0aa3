"""Waits for a condition: no test sleeps for a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable

from support.server import POLL, START_TIMEOUT, T


def wait_for(predicate: Callable[[], T | None], what: str) -> T:
    """Call the predicate until it returns something true, and return that."""
    deadline = time.monotonic() + START_TIMEOUT
    while not (value := predicate()):
        assert time.monotonic() < deadline, f"there is still no {what}"
        time.sleep(POLL)
    return value
