"""The table of known mistakes that begin at a token, each with its pattern and its message."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from slocompiler.syntax.lexemes import OPEN_STRING
from slocompiler.syntax.recovery.slip import Slip

UNITS = {
    "millisecond": "ms",
    "msec": "ms",
    "second": "s",
    "sec": "s",
    "minute": "m",
    "min": "m",
    "hour": "h",
    "hr": "h",
    "day": "d",
    "week": "w",
}


def _value(
    match: re.Match[str], message: str, terminal: str, meant: str, code: str = "E107", safe: bool = False
) -> Slip:
    help = f"write `{meant}`"
    return Slip(message, help, match.start(), match.end(), code, terminal, meant, written=(meant,), safe=safe)


def _comma(match: re.Match[str]) -> Slip:
    meant = f"{match[1]}.{match[2]}%"
    help = f"write `{meant}`, with a decimal point"
    message = f"`{match[0]}` has a comma"
    return Slip(message, help, match.start(), match.end(), "E107", "PERCENT", meant, written=(meant,))


def _blank_percent(match: re.Match[str]) -> Slip:
    return _value(match, "there is a space before `%`", "PERCENT", f"{match[1]}%", safe=True)


def _share(match: re.Match[str]) -> Slip:
    meant = f"{Decimal(match[0]).scaleb(2).normalize():f}%"
    return _value(match, f"`{match[0]}` is not a percentage", "PERCENT", meant)


def _percent_word(match: re.Match[str]) -> Slip:
    return _value(match, f"`{match[0]}` is not a percentage", "PERCENT", f"{match[1]}%", safe=True)


def _no_percent(match: re.Match[str]) -> Slip:
    return _value(match, f"`{match[0]}` has no `%`", "PERCENT", f"{match[0]}%")


def blank_unit(match: re.Match[str]) -> Slip:
    """`300 ms`."""
    return _value(match, "there is a space before the unit", "DURATION", match[1] + match[2], safe=True)


def long_unit(match: re.Match[str]) -> Slip:
    """`30 days`."""
    meant = match[1] + UNITS[match[2].lower()]
    return _value(match, f"`{match[0]}` is not a duration", "DURATION", meant, safe=True)


def _capital_unit(match: re.Match[str]) -> Slip:
    meant, safe = match[0].lower(), "M" not in match[0]  # minutes or months
    return _value(match, f"the unit of `{match[0]}` must be lowercase", "DURATION", meant, safe=safe)


def _months(match: re.Match[str]) -> Slip:
    help = "use a number of days, such as `30d`, `90d` or `365d`"
    return Slip(f"`{match[0]}` is not a duration", help, match.start(), match.end(), "E107", "DURATION", "30d")


def _no_unit(match: re.Match[str]) -> Slip:
    help = f"write `{match[0]}d`, `{match[0]}h` or `{match[0]}m`"
    message, written = f"`{match[0]}` has no unit", tuple(match[0] + unit for unit in "dhm")
    return Slip(message, help, match.start(), match.end(), "E107", "DURATION", written[0], written=written)


def _glued(match: re.Match[str]) -> Slip:
    message, help = f"a space is missing after `{match[1]}`", f"write `{match[1]} {match[2]}`"
    terminal, written = f"_{match[1].upper()}", (f"{match[1]} ",)
    return Slip(
        message, help, match.start(), match.end(1), "E101", terminal, match[1], written=written, safe=True, title=help
    )


def _single_quotes(match: re.Match[str]) -> Slip:
    meant = '"' + match[1].replace('"', '\\"') + '"'
    help = f"write `{meant}`, in double quotes"
    return _quoted(match, "this string is in single quotes", help, meant)


def _curly_quotes(match: re.Match[str]) -> Slip:
    meant = f'"{match[1]}"'
    help = f"write `{meant}`, in straight quotes"
    return _quoted(match, "this string is in typographic quotes", help, meant)


def _quoted(match: re.Match[str], message: str, help: str, meant: str) -> Slip:
    safe = "\\" not in match[0] and "${" not in match[0]  # both have a meaning in double quotes
    return Slip(message, help, match.start(), match.end(), "E101", "STRING", meant, written=(meant,), safe=safe)


def bare_value(match: re.Match[str]) -> Slip:
    """`{code=500}`."""
    return _value(match, "a label value must be in quotes", "STRING", f'"{match[0]}"', "E101")


def bare_text(match: re.Match[str]) -> Slip:
    """`owner payments`."""
    safe = re.fullmatch(r"[\w.@:/-]+", match[0]) is not None  # several words may be more than one argument
    return _value(match, "this text must be in quotes", "STRING", f'"{match[0]}"', "E101", safe=safe)


def _braced(match: re.Match[str]) -> Slip:
    meant = f"${match[1]}"
    message = f"`{match[0]}` is for strings only"
    return _value(match, message, "PARAM", meant, "E101", safe=True)


def open_string(match: re.Match[str]) -> Slip:
    """`"x`, up to the end of its line."""
    help = 'end it with `"`; for a line break inside it, write `\\n`'
    meant = match[0].rstrip("\\ \t\r") + '"'
    message, start, end = "this string is not closed on its line", match.start(), match.end()
    written, title = (meant,), "add the closing quote"
    return Slip(message, help, start, end, "E102", "STRING", meant, clear=False, written=written, title=title)


def open_promql(match: re.Match[str]) -> Slip:
    """An unclosed back-quote."""
    help = "write raw PromQL between two back-quotes"
    message, start, end, meant = "this back-quote is not closed", match.start(), match.end(), f"{match[0].rstrip()}`"
    written, title = (meant,), "add the closing back-quote"
    return Slip(message, help, start, end, "E102", "PROMQL", "``", clear=False, written=written, title=title)


def inner_quote(match: re.Match[str]) -> Slip:
    """`"it's "quoted" here"`."""
    help = 'for a quote inside a string, write `\\"`; or a quote before this one is missing'
    return Slip('this `"` ends the string', help, match.start() - 1, match.start(), "E101", clear=False)


def _conflict(match: re.Match[str]) -> Slip:
    help = "keep the right lines, and remove the conflict markers"
    return Slip("an unresolved merge conflict", help, match.start(), match.end(), "E101", dropped=True)


def _semicolon(match: re.Match[str]) -> Slip:
    message = "statements do not end with `;`"
    help = "remove the `;`: a statement ends with its line"
    return Slip(message, help, match.start(), match.end(), "E101", dropped=True, written=("",), safe=True)


def _comment(match: re.Match[str]) -> Slip:
    message, meant = "comments begin with `#`", f"# {match[1].strip()}"
    help = f"write `{meant}`"
    start, end, written = match.start(), match.end(), (meant,)
    return Slip(message, help, start, end, "E101", dropped=True, written=written, safe=True, title="write `#`")


def _bare_tilde(match: re.Match[str]) -> Slip:
    return _value(match, f"`{match[0]}` is not an operator", "MOP", "=~", "E101", safe=match[0] != "~")


def _by_size(match: re.Match[str]) -> Slip:
    help = 'label values are text: match a pattern, such as `code=~"5.."`'
    return Slip("labels cannot be compared by size", help, match.start(), match.end(), "E101", "EQ", "=", clear=False)


def _bound(match: re.Match[str]) -> Slip:
    word = "below" if match[0][0] == "<" else "above"
    return _value(match, f"`{match[0]}` is for conditions only: `good when …`", word.upper(), word, "E101", safe=True)


def _range(match: re.Match[str]) -> Slip:
    message, help = "a selector has no range", f"remove `{match[0]}`: sloc chooses the windows of its queries"
    return Slip(message, help, match.start(), match.end(), "E101", dropped=True, written=("",), safe=True)


def _block_comment(match: re.Match[str]) -> Slip:
    help = "each line of a comment begins with `#`"
    return Slip("a comment begins with `#`", help, match.start(), match.end(), "E101", dropped=True)


def _minus(match: re.Match[str]) -> Slip:
    help = "to exclude events, use `exclude {…}`; to select them, use `good` or `bad`"
    return Slip("events cannot be subtracted", help, match.start(), match.end(), "E101", "PLUS", "+")


def _division(match: re.Match[str]) -> Slip:
    help = "count all events with `events`, and the failed ones with `bad`: sloc divides"
    return Slip("events cannot be divided", help, match.start(), match.end(), "E101", dropped=True)


LONG_UNITS = "|".join(UNITS)
NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_SLIPS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], Slip]], ...] = tuple(
    (needs, re.compile(pattern, re.IGNORECASE if make in (long_unit, _months) else 0), make)
    for needs, pattern, make in (
        ("PERCENT", r"([0-9]+),([0-9]+)[ \t]?%", _comma),
        ("PERCENT", rf"({NUMBER})[ \t]+%", _blank_percent),
        ("PERCENT", rf"({NUMBER})[ \t]*(?:per ?cent|pct)(?!\w)", _percent_word),
        ("PERCENT", r"0?\.[0-9]{1,18}(?![\w.,%])", _share),
        ("PERCENT", rf"{NUMBER}(?![\w.,%])", _no_percent),
        ("DURATION", rf"({NUMBER})[ \t]+(ms|[smhdw])(?!\w)", blank_unit),
        ("DURATION", rf"([0-9]+)[ \t]*({LONG_UNITS})s?(?!\w)", long_unit),
        ("DURATION", r"(?:[0-9]+[ \t]*)?(?:months?|quarters?|years?)(?!\w)", _months),
        ("DURATION", rf"(?:{NUMBER}(?:ms|[smhdwSMHDW]))*{NUMBER}[SMHDW](?!\w)", _capital_unit),
        ("DURATION", r"[0-9]+(?![\w.%])", _no_unit),
        ("", r"(over|in|of|every|for|within|lasting|hitting)([0-9][\w.%]*)", _glued),
        ("PARAM", r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", _braced),
        ("", r"'([^'\n]*)'", _single_quotes),
        ("", '[“„]([^“”\n"\\\\]*)[”“]', _curly_quotes),
        ("", OPEN_STRING, open_string),
        ("", r"`[^\n`]*", open_promql),
        ("MOP", r"~=?", _bare_tilde),
        ("MOP", r"[<>]=?", _by_size),
        ("BELOW", r"[<>]=?(?![<>=])", _bound),
        ("", r"\[[0-9][\w.:]*\]", _range),
        ("", r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?", _block_comment),
        ("PLUS", r"-(?!\w)", _minus),
        ("PLUS", r"/(?![/*])(?:[ \t]*[\w:]+(?:\{[^{}\n]*\})?)?", _division),
        ("", r"//([^\n]*)", _comment),
        ("", r";", _semicolon),
        ("", r"(?<![^\n\ufeff])(?:<{7}|\|{7}|={7}|>{7})[^\n]*", _conflict),
    )
)
_OPEN_VALUE = re.compile(r'"[^"\\\n{},]*')


def slip_at(text: str, at: int, expected: list[str], inside: bool, closed: bool) -> Slip | None:
    """The known mistake that begins at `at`, if there is one.

    `inside`: a label's value is expected there; `closed`: the token there is a string or raw PromQL.
    """
    for needs, pattern, make in _SLIPS:
        if (needs and needs not in expected) or (closed and make in (open_string, open_promql)):
            continue
        match = pattern.match(text, at)
        if match and make is open_string and inside:
            match = _OPEN_VALUE.match(text, at)  # without the braces around it
        if match:
            return make(match)
    return None
