"""Names of the language for services and SLOs of other tools."""

from __future__ import annotations

import re

from slocompiler.promql import is_reserved

LONGEST = 63
_VALID = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")


def named(text: str, instead: str = "x") -> str:
    """The nearest valid name: lowercase letters, digits and hyphens, a letter first. A valid one stays as it is."""
    if _VALID.match(text):
        return text
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    found = words if words[:1].isalpha() else f"{instead}-{words}".strip("-")
    return found[:LONGEST].rstrip("-")


def recorded(label: str) -> str:
    """The name under which a label of `per` is recorded: that which Prometheus gives to one that is taken."""
    return f"exported_{label}" if is_reserved(label) else label


class Names:
    """Names that are taken. Of equal ones, each gets the next free number, without a search from the first."""

    def __init__(self) -> None:
        self._taken = set[str]()
        self._last = dict[str, int]()

    def free(self, name: str) -> str:
        """The name, or with a number if it is taken; it is taken from now on."""
        found = name
        while found in self._taken:
            self._last[name] = self._last.get(name, 1) + 1
            found = f"{name[: LONGEST - 7]}-{self._last[name]}"
        self._taken.add(found)
        return found
