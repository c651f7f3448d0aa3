"""Servers load the rules of every program that sloc accepts: here of 150, and of 2,000 with `make loads`."""

from __future__ import annotations

import pytest

from support.loads import SERVERS, refused


@pytest.mark.parametrize("server", SERVERS)
def test_generated_programs_load(server: str) -> None:
    assert refused(server, 75, seed=10_000) == []
