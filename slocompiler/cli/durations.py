"""Durations as options: `30s`, `1h30m`."""

from __future__ import annotations

import re

import click

from slocompiler.promql import UNITS, duration, seconds

_FORM = re.compile(r"(?:[0-9]{1,6}[wdhms])+")


class Duration(click.ParamType[int]):
    """A duration such as `30s` or `1h30m`, in seconds: at least one, and `most`. `form` says how to write it."""

    name = "duration"

    def __init__(self, most: int = UNITS["d"], form: str = "write one such as 30s, 2m or 1d") -> None:
        self._most = most
        self._form = form

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> int:
        """The seconds."""
        text = str(value)
        found = seconds(text) if _FORM.fullmatch(text) else 0
        if not found:
            self.fail(f"`{text}` is no duration: {self._form}", parameter, context)
        if found > self._most:
            self.fail(f"{text} is too long: at most {duration(self._most)}", parameter, context)
        return found
