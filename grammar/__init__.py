"""The grammar, its parse tables, and the JSON schemas that ship with the package."""

from __future__ import annotations

import json
import zlib
from functools import cache
from typing import Any

from slocompiler.resources import resource


@cache
def text(name: str) -> str:
    """The text of a file in this folder: `slo.lark`, its tables or a schema."""
    return resource(__name__, name)


def fingerprint(lark_version: str) -> str:
    """Identifies what the tables depend on: the grammar, and the version of Lark that generates them."""
    return f"{zlib.crc32(text('slo.lark').encode()):08x} {lark_version}"


def tables(lark_version: str) -> dict[str, Any] | None:
    """Lark's saved parser: `data` and `memo`. None if they belong to another grammar or another version of Lark.

    Constructing the tables would take most of the time of a start; `make update` writes them. They are JSON, because
    reading a pickle can run code.
    """
    saved: dict[str, Any] = json.loads(text("slo.tables.json"))
    if saved.pop("made of") != fingerprint(lark_version):
        return None
    saved["memo"] = {int(number): entry for number, entry in saved["memo"].items()}
    parser = saved["data"]["parser"]["parser"]
    parser["tokens"] = {int(number): name for number, name in parser["tokens"].items()}
    parser["states"] = {
        int(state): {int(token): action for token, action in actions.items()}
        for state, actions in parser["states"].items()
    }
    return saved
