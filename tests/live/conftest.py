"""What all tests of live commands share."""

import os

import pytest

from slocompiler.cli import http


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server or proxy of the person who runs the tests counts, and nobody waits for the next attempt."""
    for name in os.environ:
        if (name.startswith("SLOC_") and name != "SLOC_CACHE") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(http, "FIRST_PAUSE", 0)
