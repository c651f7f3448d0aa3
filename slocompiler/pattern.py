"""Regular expressions that are compiled when they are first used: a run has about a hundred, and uses few of them."""

from __future__ import annotations

import re
from typing import Any, cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, as `re.compile` returns it, but not compiled yet. For inner loops, use `re.compile`."""
    return cast("re.Pattern[str]", _Lazy(text, flags))


class _Lazy:
    """Has what the pattern has. What was used once is its own attribute, so that the next use takes no longer."""

    def __init__(self, text: str, flags: int) -> None:
        self._source = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._source), name)
        setattr(self, name, found)
        return found
