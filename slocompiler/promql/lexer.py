"""Cuts PromQL into tokens, as a version of Prometheus does."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from slocompiler.promql.functions import NUMERIC_DURATIONS
from slocompiler.promql.refused import Fault, Refused, Version, needs

Kind = Literal["number", "duration", "string", "name", "sign", "end"]
_SIGN = r"(?P<sign>==|!=|<=|>=|=~|!~|[-+*/%^<>=@,:(){}\[\]])"
_SKIPPED = r"(?P<space>[ \t\r\n]+)|(?P<comment>\#[^\r\n]*)"
_STRING = r"""(?P<string>["'`])"""
_NUMERIC = r"(?P<numeric>0[xX][0-9A-Za-z_]*|\.?[0-9](?:[eE][+-](?=[0-9])|[0-9A-Za-z_.])*)"
_OUTSIDE = re.compile(rf"{_SKIPPED}|{_STRING}|{_NUMERIC}|(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|{_SIGN}")
_IN_BRACKETS = re.compile(rf"{_SKIPPED}|{_STRING}|{_NUMERIC}|(?P<name>[a-zA-Z_]+)|{_SIGN}")
_IN_BRACES = re.compile(rf"{_SKIPPED}|{_STRING}|(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)|(?P<sign>!=|=~|!~|[=,}}])")

_FLOAT = re.compile(r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?\Z")
_HEX = re.compile(r"0[xX][0-9a-fA-F]+\Z")
_OCTAL = re.compile(r"0[0-7]+\Z")
_DIGITS = r"[0-9](?:_?[0-9])*+"
_UNDERSCORED = re.compile(
    rf"(?:0[xX]_?[0-9a-fA-F](?:_?[0-9a-fA-F])*|(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)\Z"
)
_DURATION = re.compile(
    r"(?:([0-9]++)y)?(?:([0-9]++)w)?(?:([0-9]++)d)?(?:([0-9]++)h)?(?:([0-9]++)m)?(?:([0-9]++)s)?(?:([0-9]++)ms)?\Z"
)
_MILLIS = (365 * 86_400_000, 7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000, 1)
LONGEST = (2**63 - 1) // 10**6
"""The longest duration, in milliseconds: some 292 years."""
_ESCAPE = (
    r"\\(?:[abfnrtv\\QUOTE]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U(?:0000(?![dD][89a-fA-F])|000[1-9a-fA-F]|0010)[0-9a-fA-F]{4})"
)
_STRINGS = {
    '"': re.compile(rf'"(?:[^"\\\n\ufffd]|{_ESCAPE.replace("QUOTE", chr(34))})*"'),
    "'": re.compile(rf"'(?:[^'\\\n\ufffd]|{_ESCAPE.replace('QUOTE', chr(39))})*'"),
    "`": re.compile(r"`[^`\ufffd]*`"),
}
_ESCAPED = re.compile(r"\\([0-7]{3}|x..|u.{4}|U.{8}|.)")
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class Token(NamedTuple):
    """A token, with its offset in the text. A string has its quotes."""

    kind: Kind
    text: str
    at: int

    @property
    def end(self) -> int:
        """The offset of the first character after it."""
        return self.at + len(self.text)


def tokens(text: str, server: Version) -> list[Token]:
    """The tokens of an expression, without comments; the last is the end. Raises Refused."""
    found: list[Token] = []
    at, inside = 0, _OUTSIDE
    while at < len(text):
        match = inside.match(text, at)
        if match is None or (match.lastgroup == "comment" and found and found[-1].text == "["):
            raise refused(f"unexpected {shown(text[at])}", at, at + 1)
        kind, end = match.lastgroup or "", match.end()
        if kind == "string":
            end = _string_end(text, at)
        if kind == "numeric":
            kind = _numeric(match[0], at, server)
        if kind not in ("space", "comment"):
            found.append(Token(kind, text[at:end], at))  # type: ignore[arg-type]  # the groups are kinds
        if match["sign"]:
            inside = {"{": _IN_BRACES, "[": _IN_BRACKETS}.get(match[0], _OUTSIDE if match[0] in "}]" else inside)
        at = end
    return [*found, Token("end", "", len(text))]


def refused(message: str, start: int, end: int, help: str = "") -> Refused:
    """That no version of Prometheus loads it."""
    return Refused(Fault(message, start, end, help))


def shown(text: str) -> str:
    """A part of an expression in a message."""
    return f"`{text}`" if text.isprintable() and text != "`" else f"U+{ord(text[0]):04X}"


def _string_end(text: str, at: int) -> int:
    match = _STRINGS[text[at]].match(text, at)
    if match:
        return match.end()
    quote = text[at]
    bare = re.compile(rf"{quote}(?:[^{quote}\\]|\\.)*{quote}" if quote != "`" else "`[^`]*`", re.DOTALL).match(text, at)
    if bare is None:
        raise refused("this string is not closed", at, len(text))
    if "\ufffd" in bare[0]:
        raise refused("Prometheus does not read U+FFFD in a string", at, bare.end(), r"write the escape `\ufffd`")
    if quote != "`" and "\n" in bare[0]:
        raise refused("this string has a line end", at, bare.end(), r"write the escape `\n`, or use back-quotes")
    raise refused("this string has an unknown escape", at, bare.end(), "write a literal backslash twice")


def _numeric(text: str, at: int, server: Version) -> str:
    if _FLOAT.match(text) or _HEX.match(text):
        number(text, at)
        return "number"
    if text[-1].isalpha() and _DURATION.match(text):
        millis(text, at)
        return "duration"
    if _UNDERSCORED.match(text):
        if server < NUMERIC_DURATIONS:
            bare = text.replace("_", "") if len(text) <= 40 else ""
            help = f"write `{bare}`" if bare else ""
            raise needs("a number with underscores", NUMERIC_DURATIONS, at, at + len(text), help, bare)
        number(text, at)
        return "number"
    raise refused(f"`{text}` is no number and no duration", at, at + len(text))


def number(text: str, at: int = 0) -> float:
    """The value of a number. Raises Refused for one that is too large."""
    bare = text.replace("_", "")
    base = 16 if bare[:2] in ("0x", "0X") else 8 if _OCTAL.match(bare) else 10
    if base != 10 or bare.isdigit():
        whole = int(bare, base) if len(bare) < 400 else 2**2000
        if whole < 2**63:
            return float(whole)
    value = float("inf") if base == 16 else float(bare)
    if value == float("inf"):
        raise refused(f"`{text[:20]}` is too large", at, at + len(text))
    return value


def millis(text: str, at: int = 0) -> int:
    """A duration in milliseconds. Raises Refused for one that is too long."""
    match = _DURATION.match(text)
    assert match
    counts = [(count, size) for count, size in zip(match.groups(), _MILLIS, strict=True) if count]
    total = sum(min(int(count[:30]), 10**20) * size if len(count) < 30 else 10**40 for count, size in counts)
    if total > LONGEST:
        raise refused(f"`{text[:20]}` is too long for a duration", at, at + len(text))
    return total


def value(string: str) -> str:
    """The text in a string token; a byte that is no UTF-8 is a lone surrogate."""
    if string[0] == "`":
        return string[1:-1]
    if "\\" not in string:
        return string[1:-1]
    data = b"".join(
        _bytes(part) for part in re.split(rf"({_ESCAPED.pattern.replace('(', '(?:')})", string[1:-1], flags=re.S)
    )
    return data.decode("utf-8", "surrogateescape")


def _bytes(part: str) -> bytes:
    if not part.startswith("\\"):
        return part.encode()
    escape = part[1:]
    if escape[0] in "01234567":
        return bytes([int(escape, 8)])
    if escape[0] == "x":
        return bytes([int(escape[1:], 16)])
    if escape[0] in "uU":
        return chr(int(escape[1:], 16)).encode()
    return _CONTROLS.get(escape, escape).encode()
