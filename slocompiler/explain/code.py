"""The page of explanations, `diagnostics.md`: its section for a code."""

from __future__ import annotations

import re

from slocompiler.resources import resource


def explanation(code: str) -> str:
    """The section of `code`, without the markers that its test reads."""
    return explanations()[code]


def explanations() -> dict[str, str]:
    """Every section, by its code."""
    page = re.sub(r"(\n[ \t]*#\^|[ \t]*#) (error|warning): \[.*", "", resource("slocompiler", "diagnostics.md"))
    sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)[1:]
    return {section[3:7]: section.strip() for section in sections}
