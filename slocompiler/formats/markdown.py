"""Text that people wrote, quoted for GitHub's Markdown, in which it must mean nothing."""

from __future__ import annotations

import re

from slocompiler.diagnostics import visible

_MEANING = re.compile(r"[!-/:-@\[-`{-~]")
"""ASCII punctuation: each may be escaped by a backslash, and without one may mean something."""


def text(raw: str) -> str:
    """One line of plain text: no markup, HTML, link, cell or heading begins in it."""
    return _MEANING.sub(lambda match: f"\\{match[0]}", visible(" ".join(raw.split("\n"))))


def code(raw: str) -> str:
    """One line in the type of code; backquotes in it need a longer fence, and `|` would end the cell of a table."""
    line = visible(" ".join(raw.split("\n")))
    if not line.strip() or "|" in line:
        return text(line)
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    blank = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{blank}{line}{blank}{fence}"


def prose(raw: str) -> str:
    """A message of sloc: what stands in backquotes there is code, the rest plain text."""
    parts = re.split(r"`([^`\n]+)`", raw)
    return "".join(code(part) if index % 2 else text(part) for index, part in enumerate(parts))
