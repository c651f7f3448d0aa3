"""Texts and labels as `.slo` files have them: for what sloc writes, fixes, proposes and explains."""

from __future__ import annotations

from slocompiler.promql import LABEL
from slocompiler.visible import quoted

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def text(of: str) -> str:
    """A text in quotes, without interpolation."""
    return quoted(of, lambda found: _ESCAPES.get(found[0]) or _code(found[0])).replace("${", "$${")


def label(name: str) -> str:
    """The name of a label, in quotes if it needs them."""
    return name if LABEL.match(name) else text(name)


def _code(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else "\\ufffd"
