"""Texts after edits."""

from __future__ import annotations

from slocompiler.diagnostics import Edit


def changed(text: str, changes: tuple[Edit, ...]) -> str:
    """The text after edits that do not overlap."""
    for edit in sorted(changes, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text
