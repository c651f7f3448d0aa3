"""Values of matchers that look like a pattern of another kind: a regular expression under `=`, or a glob under `=~`."""

from __future__ import annotations

from typing import Literal

from slocompiler.checks.selection import value_written, written
from slocompiler.ir import Matcher
from slocompiler.pattern import lazy_pattern
from slocompiler.record import value
from slocompiler.regex.parse import parsed
from slocompiler.regex.sets import plain

_CLASS = lazy_pattern(r"([1-5])(?:xx|XX|\*)")
"""A class of HTTP status codes, as people write it: `5xx`, `5*`."""
_DIGIT = lazy_pattern("[1-5]")
_STATUS = lazy_pattern(r"^(?!.*(?:grpc|class)).*(?:code|status)")
"""Labels for codes of three digits. Those of gRPC have one or two, and classes one."""
_PATTERN = lazy_pattern(
    r"\.[*+]|\[\^?\w-\w\]|\\d(?:[\\+*{]|$)|^\(\?i\)|^\^"  # parts that no plain value has
    r"|[\d\]]\.\.(?=$|[|)])|^[\w.-]+(?:\|[\w.-]+)+$"  # `5..`, `[45]..`, `500|502`
)
"""A part that shows that a value is meant as a regular expression. A value with blanks may be a query: `select a.* from b`."""
_GLOB = lazy_pattern(r"(?<![\\*])([\w/:-])\*(?=\||$)")
"""A `*` that ends a value and repeats one plain character: in a regular expression it does not stand for any text."""
_SHELL = lazy_pattern(r"[\w-]+\*")
"""A word that ends with `*`. Values with a slash are left alone: `/static/*` is the name of a route."""


@value()
class Misleading:
    """A warning about a matcher, and what may replace it."""

    code: str
    message: str
    help: str
    instead: tuple[Matcher, ...] = ()
    is_needless: bool = False
    """Whether the matcher can be removed."""
    is_same: bool = False
    """Whether the replacement selects the same series."""


def text_like_pattern(matcher: Matcher) -> Misleading | None:
    """W335 for a value under `=` or `!=` that looks like a regular expression or a glob."""
    value = _meant(matcher.value)
    if not value:
        return None
    pattern = Matcher(matcher.label, _regex(matcher), value)
    verb = "matches only" if matcher.op == "=" else "excludes only"
    message = f"`{written(matcher)}` {verb} the text `{value_written(matcher.value)}`"
    help = f'a pattern needs `{pattern.op}`: write `{written(pattern)}`; or `allow W335 because "…"`'
    return Misleading("W335", message, help, (pattern,))


def pattern_like_glob(matcher: Matcher) -> Misleading | None:
    """W308 for a regular expression that is written like a glob, such as `/api/*`, or a class of codes, such as `5xx`."""
    codes, text = _class_of_codes(matcher.value), plain(matcher.value)
    if text and not codes and _DIGIT.fullmatch(text) and _STATUS.search(matcher.label):
        codes = f"{text}.."
    if codes and text is not None:
        instead = Matcher(matcher.label, matcher.op, codes), Matcher(matcher.label, _equal(matcher), text)
        message = f"`{written(matcher)}` matches only the text `{text}`"
        help = (
            f"write `{written(instead[0])}` for all codes from {codes[0]}00 to {codes[0]}99, or `{written(instead[1])}`"
        )
        return Misleading("W308", message, help, instead)
    glob = _GLOB.search(matcher.value)
    if not glob:
        return None
    any_text = Matcher(matcher.label, matcher.op, codes or _GLOB.sub(r"\1.*", matcher.value))
    message = f"`{glob[0]}` matches only repetitions of `{glob[1]}`: this is a regular expression"
    return Misleading("W308", message, f"write `{written(any_text)}`", (any_text,))


def _meant(value: str) -> str:
    """The regular expression that a text looks like; "" for one that is only a text. Some exporters have the value `5xx`."""
    if _SHELL.fullmatch(value):
        return _class_of_codes(value) or value.replace("*", ".*")
    return value if " " not in value and _PATTERN.search(value) and parsed(value) else ""


def _class_of_codes(value: str) -> str:
    found = _CLASS.fullmatch(value)
    return f"{found[1]}.." if found else ""


def _equal(matcher: Matcher) -> Literal["=", "!="]:
    return "!=" if matcher.op.startswith("!") else "="


def _regex(matcher: Matcher) -> Literal["=~", "!~"]:
    return "!~" if matcher.op.startswith("!") else "=~"
