"""Terminals of the grammar as regular expressions, for what reads a text that may be damaged or is not parsed."""

from __future__ import annotations

STRING = r'"(?:[^"\\\n]++|\\[^\n])*+"'
OPEN_STRING = STRING.removesuffix('"')
"""A string up to where its closing quote would stand."""
PROMQL = r"`[^`]*`"
COMMENT = r"#[^\n]*"
BLANK = r"[ \t\r\n\f\ufeff]+"
BLANKS = " \t\r\n\f\ufeff"
"""The characters of BLANK."""
