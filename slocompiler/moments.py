"""Moments: a day and a time with its offset from UTC, as the language writes them and as seconds since the epoch."""

from __future__ import annotations

from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
"""In the last year, a moment with an offset may be in no year."""


def read(text: str) -> int | None:
    """The seconds since the epoch of `2026-10-01T03:00Z`; None for a moment that does not exist, or is before 1970."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    is_known = text[11:13] < "24" and _EPOCH <= moment < _LAST  # newer versions of Python read 24:00
    return int((moment - _EPOCH).total_seconds()) if is_known else None


def write(at: int) -> str:
    """The moment in UTC: `2026-10-01T03:00Z`, or `2026-10-01T03:00:30Z` if it has seconds."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if moment.second else "%Y-%m-%dT%H:%MZ")
