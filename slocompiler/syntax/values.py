"""Tokens with a value: their text becomes an exact value, or a diagnostic."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from slocompiler import moments
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.source import Span
from slocompiler.syntax.limits import LONGEST_STRING
from slocompiler.syntax.tree import Date, Duration, Literally, Moment, Number, Percent, Promql, Size, Text

Report = Callable[[Diagnostic], None]

UNITS = {
    unit: Decimal(s) for unit, s in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", "0.001"))
}
"""Seconds in a unit, largest first."""
_SIZES = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}
_PART = lazy_pattern(r"([0-9.]+)(ms|[smhdw])")
_ESCAPE = lazy_pattern(r"\\(u[0-9a-fA-F]{4}|.)")
_ZERO = Decimal(0)
_PLAIN = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
MAX_DIGITS = 24
"""The most characters of a number: more than any target needs, and exact decimals keep all of them."""
LARGEST = Decimal("1.7976931348623157e308")
"""The largest number of 64 bits with a fraction."""


def text(token: str, span: Span, report: Report) -> Text:
    """The text of `"…"`, with its escapes decoded."""
    body = token[1:-1]
    if "\\" not in body and len(body) <= LONGEST_STRING:
        return Text(span, body)  # the usual case

    def decode(match: re.Match[str]) -> str:
        escape = match[1]
        here = Span(span.source, span.start + 1 + match.start(), span.start + 1 + match.end())
        if len(escape) == 5:
            char = chr(int(escape[1:], 16))
            if not "\ud800" <= char <= "\udfff":
                return char
            report(
                Diagnostic(
                    "E105",
                    f"`{match[0]}` is only half of a character",
                    here,
                    help="write the character itself: files are UTF-8",
                )
            )
        elif escape in _PLAIN:
            return _PLAIN[escape]
        else:
            report(
                Diagnostic(
                    "E105",
                    f"`{match[0]}` is not a valid escape",
                    here,
                    help='use \\", \\\\, \\n, \\t or \\uXXXX; for a backslash, write \\\\',
                    fixes=edits(f"write `\\{match[0]}`", (here, f"\\{match[0]}")),
                )
            )
        return ""

    return Text(span, _bounded(_ESCAPE.sub(decode, body), span, report))


def _bounded(text: str, span: Span, report: Report) -> str:
    if len(text) <= LONGEST_STRING:
        return text
    help = "put a long text into a document, and add a `link` to it"
    report(Diagnostic("E109", f"this string is longer than {LONGEST_STRING // 1024} KiB", span, help=help))
    return ""


def percent(token: str, span: Span, report: Report) -> Percent:
    """The exact ratio of `99.9%`, which is 0.999."""
    number = token[:-1]
    if number.startswith("-"):
        fixes = edits(f"write `{token[1:]}`", (span, token[1:]))
        report(Diagnostic("E107", "a percentage cannot be negative", span, fixes=fixes))
        number = number[1:]
    return Percent(span, _decimal(number, span, report).scaleb(-2))


def number(token: str, span: Span, report: Report) -> Number:
    """The exact value of a plain number; E107 if Prometheus, whose numbers have 64 bits, refuses a rule with it."""
    value = _decimal(token, span, report)
    if abs(value) > LARGEST:
        report(Diagnostic("E107", f"Prometheus has no number as large as {token}", span))
        value = Decimal(1)
    return Number(span, value)


def duration(token: str, span: Span, report: Report) -> Duration:
    """The seconds of `1h30m`; its units must descend."""
    if (seconds := _in_one_unit(token)) is not None:
        return Duration(span, seconds)
    parts = _PART.findall(token)
    order = [list(UNITS).index(unit) for _, unit in parts] if len(parts) > 1 else []
    if order != sorted(set(order)):
        report(
            Diagnostic(
                "E107",
                f"the units in `{token}` must descend, each at most once",
                span,
                help="the units are w, d, h, m, s and ms, in this order, such as `1h30m`",
                fixes=_reordered(parts, span) if len(set(order)) == len(order) else (),
            )
        )
    return Duration(span, sum([_decimal(count, span, report) * UNITS[unit] for count, unit in parts], _ZERO))


@lru_cache(maxsize=1024)
def _in_one_unit(token: str) -> Decimal | None:
    """The seconds of a duration such as `30d`; None for others."""
    digits = token.rstrip("wdhms")
    is_one = digits.isdigit() and len(digits) <= MAX_DIGITS
    return Decimal(digits) * UNITS[token[len(digits) :]] if is_one else None


def _reordered(parts: list[tuple[str, str]], span: Span) -> tuple[Fix, ...]:
    text = "".join(count + unit for count, unit in sorted(parts, key=lambda part: list(UNITS).index(part[1])))
    return edits(f"write `{text}`", (span, text))


def not_whole(text: str, value: Duration) -> str:
    """Why a duration is not allowed where whole seconds, longer than zero, are needed; "" if it is."""
    if "ms" in text or "." in text:
        return f"`{text}` is not allowed here: use a whole number of seconds or of a larger unit"
    return "" if value.seconds else f"`{text}` is not allowed here: use a duration longer than zero"


def size(token: str, span: Span, report: Report) -> Size:
    """The bytes of `10MiB`."""
    match = re.fullmatch(r"([0-9.]+)(\w+)", token)
    assert match, "the grammar's SIZE"
    return Size(span, _decimal(match[1], span, report) * _SIZES[match[2]])


def day(token: str, span: Span, report: Report) -> Date:
    """The date `2026-10-01`."""
    try:
        return Date(span, date.fromisoformat(token))
    except ValueError:
        report(
            Diagnostic(
                "E107", f"{token} is not a valid date", span, help="dates are year-month-day, such as 2026-10-01"
            )
        )
        return Date(span, date.min)


def time(token: str, span: Span, report: Report) -> Duration:
    """The time of day `02:30`, as the time after midnight."""
    hours, minutes = map(int, token.split(":"))
    if hours > 23 or minutes > 59:
        report(Diagnostic("E107", f"{token} is not a time of day", span, help="a day has 00:00 to 23:59"))
        hours = minutes = 0
    return Duration(span, Decimal(hours * 3600 + minutes * 60))


def moment(token: str, span: Span, report: Report) -> Moment:
    """The moment `2026-10-01T03:00Z`, which has an offset from UTC."""
    written = token.replace(" ", "T")
    has_offset = written[-1] == "Z" or written[-6] in "+-"
    at = moments.read(written if has_offset else f"{written}Z")
    if at is None:
        help = "use a day, a time and its offset from UTC, such as `2026-10-01T03:00Z`"
        report(Diagnostic("E107", f"{token} is not a valid moment", span, help=help))
    elif not has_offset:
        help = "add `Z` for UTC, or the offset from UTC, such as `+02:00`"
        fixes = edits(f"write `{written}Z`", (span, f"{written}Z"))
        report(Diagnostic("E107", f"{token} has no offset from UTC", span, help=help, fixes=fixes))
    elif written != token:
        help = f"write `{written}`"
        fixes = edits(help, (span, written), safe=True)
        report(Diagnostic("E107", "a `T` stands between the day and the time", span, help=help, fixes=fixes))
    return Moment(span, at or 0)


def promql(token: str, span: Span, report: Report) -> Promql:
    """Raw PromQL, without its back-quotes."""
    del report
    return Promql(span, token[1:-1])


def _decimal(digits: str, span: Span, report: Report) -> Decimal:
    if len(digits) > MAX_DIGITS:
        report(Diagnostic("E107", f"this number has more than {MAX_DIGITS} characters", span))
        return Decimal(1)
    return Decimal(digits)


LITERALS: dict[str, Callable[[str, Span, Report], Literally | Moment | Promql]] = {
    "STRING": text,
    "PERCENT": percent,
    "NUMBER": number,
    "DURATION": duration,
    "SIZE": size,
    "DATE": day,
    "TIME": time,
    "MOMENT": moment,
    "PROMQL": promql,
}
"""The terminals of the grammar with a value."""
