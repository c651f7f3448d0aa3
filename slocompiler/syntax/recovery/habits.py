"""Slips of people who know other tools: lists in brackets, burn rates, titles in other places; `habit` finds them all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal

from slocompiler.syntax.lexemes import STRING
from slocompiler.syntax.recovery.expressions import bound, joint, promql_condition
from slocompiler.syntax.recovery.slip import Slip
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.tokens import kind
from slocompiler.syntax.values import UNITS

_ODD_BLANK = re.compile("[\u00a0\u00ad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000]")
_LIST = re.compile(r"\[([^\[\]{}\n]*)\]")
_PLAIN = re.compile(r"[\w -]+")
_FACTOR = re.compile(r"([0-9]+(?:\.[0-9]+)?)x?[ \t]+(?:over|in|for)[ \t]+([0-9]+)([smhdw])(?!\w)")
_BURN_RATE = re.compile(rf"burn[ _-]?rate(?:[ \t]*>=?[ \t]*{_FACTOR.pattern})?")
_WINDOW = re.compile(r"\bover[ \t]+([0-9]{1,5}[smhdw])[ \t]*\Z")
_MONTHS = re.compile(r"([0-9]+)M(?!\w)")
_HEAD = re.compile(r"\bslo[ \t]+[\w-]+[ \t]+([0-9.]+%[ \t]+(?:over[ \t]+\w+[ \t]+)?)\Z")
_TITLE = re.compile(STRING)
_EVERY = {
    "daily": "1d",
    "weekly": "7d",
    "monthly": "30d",
    "quarterly": "90d",
    "yearly": "365d",
    "annually": "365d",
}
_MONTH = Decimal(30 * 86400)


def habit(trouble: Trouble) -> Slip | None:
    """The habit of another tool that the token shows; None for none."""
    return next((slip for slip in (find(trouble) for find in _HABITS) if slip), None)


def _odd_blank(trouble: Trouble) -> Slip | None:
    match = _ODD_BLANK.match(trouble.source.text, trouble.at)
    if not match:
        return None
    char = match[0]
    name = unicodedata.name(char, "character").lower()
    message, is_blank = f"a {name} (U+{ord(char):04X})", char.isspace()
    help = "write a plain blank" if is_blank else "remove it"
    written, (start, end) = (" " if is_blank else "",), match.span()
    return Slip(message, help, start, end, "E101", dropped=True, written=written, safe=True, title=help)


def _list(trouble: Trouble) -> Slip | None:
    """`stakeholders ["a", "b"]`, `{code=["500", "502"]}`, `per [route]`."""
    match, stack = _LIST.match(trouble.source.text, trouble.at), trouble.stack
    names = ("NAME", "STRING") if stack.statement() == "PER" else ("STRING", "NAME")
    wanted = next((name for name in names if name in trouble.expected), "")
    if not match or not wanted or trouble.block:
        return None
    items = [item.strip().strip("\"'") for item in match[1].split(",") if item.strip()]
    if "DATE" not in trouble.expected and stack.top() in ("EQ", "MOP"):
        return _values(match, stack.values[-1].value, stack.values[-1].start, items)
    meant = ", ".join(f'"{item}"' if wanted == "STRING" else item for item in items)
    several = stack.statement() in ("STAKEHOLDERS", "PER", "")
    help = f"write `{meant}`" if several or len(items) == 1 else "write one text"
    written = (meant,) if help.endswith("`") and items else ()
    first = next(filter(_PLAIN.fullmatch, items), "unnamed")
    value, (start, end) = f'"{first}"' if wanted == "STRING" else first, match.span()
    return Slip("a list has no brackets", help, start, end, "E101", wanted, value, written=written)


def _values(match: re.Match[str], sign: str, start: int, items: list[str]) -> Slip:
    """A list as the value of a label, whose operator stands at `start`."""
    meant = f'{"!~" if sign.startswith("!") else "=~"}"{"|".join(items) or "a|b"}"'
    written = (meant,) if items and all(map(_PLAIN.fullmatch, items)) else ()
    message, help = "a label has no list of values", f"match one of several: `{meant}`"
    return Slip(message, help, start, match.end(), "E101", "STRING", '""', written=written, safe=True)


# Alerts


def _burn_rate(trouble: Trouble) -> Slip | None:
    """`page at 14.4 over 1h` and `page when burn rate > 14.4 in 1h`, as the SRE workbook and Sloth have them."""
    text, at, stack = trouble.source.text, trouble.at, trouble.stack
    if stack.statement() != "SEVERITY" or stack.top() not in ("_AT", "WHEN"):
        return None
    match = (_FACTOR if stack.top() == "_AT" else _BURN_RATE).match(text, at)
    if not match:
        return None
    start, message = stack.values[-1].start, "an alert line names a share of the budget, not a burn rate"
    window = _window(trouble)
    meant = _share(match, window) if match[1] else ""
    if not meant:
        help = "a burn rate of 14.4 over 1h is `at 2% of budget in 1h`, for a window of 30d"
        return Slip(message, help, at, match.end(), "E101")
    help = f"write `{meant}`: {match[1]} times the allowed rate spends that share of the budget of {window or '30d'}"
    return Slip(message, help, start, match.end(), "E101", written=(meant,))


def _window(trouble: Trouble) -> str:
    """The window of the SLO around; "" where it is not known, as in named alerts."""
    text, scan = trouble.source.text, trouble.scan
    heads = (text[scan.line_start(b.start) : b.start] for b in trouble.stack.open_braces())
    return next((match[1] for match in map(_WINDOW.search, heads) if match), "")


def _share(match: re.Match[str], window: str) -> str:
    """The line that a factor over a length of time is, for a window; "" where it would spend more than all."""
    whole = _MONTH
    if window:
        whole = Decimal(window[:-1]) * UNITS[window[-1]]
    share = Decimal(match[1]) * Decimal(match[2]) * UNITS[match[3]] / (whole or _MONTH) * 100
    percent = f"{float(share):.4g}%"
    return f"at {percent} of budget in {match[2]}{match[3]}" if 0 < share <= 100 and "e" not in percent else ""


# Heads and other statements


def _title(trouble: Trouble) -> Slip | None:
    """`slo a 99% over 30d "Title" {` and `slo "Title" 99%`."""
    text, at, stack = trouble.source.text, trouble.at, trouble.stack
    match = _TITLE.match(text, at)
    if not match or trouble.starts_line or stack.statement() not in ("SLO", "SERVICE"):
        return None
    if stack.top() == stack.statement():
        name = re.sub(r"[^a-z0-9]+", "-", match[0].lower()).strip("-0123456789")[:63] or "unnamed"
        help = f"write `{stack.values[-1].value} {name} {match[0]} …`"
        message, title = f"expected a name after `{stack.values[-1].value}`", f"add the name `{name}`"
        return Slip(message, help, at, at, "E101", "NAME", name, written=(f"{name} ",), title=title)
    head = _HEAD.search(text, trouble.scan.line_start(at), at)
    if not head or not {"_OVER", "LBRACE"} & set(trouble.expected):
        return None
    start, meant = head.start(1), f"{match[0]} {head[1].rstrip()}"
    message, help = "the title belongs after the name", f"write `{meant}`"
    return Slip(message, help, start, match.end(), "E101", dropped=True, written=(meant,), safe=True)


def named_argument(trouble: Trouble) -> str:
    """The help for an argument without its name: with that of the template's first parameter, if the file has it."""
    values = trouble.stack.values
    use = next(index for index in range(len(values) - 1, -1, -1) if kind(values[index]) == "USE")
    template = re.escape(values[use + 1].value)
    first = re.search(rf"\btemplate\s+{template}\s*\(\s*(\w+)", trouble.source.text)
    given = trouble.span.text if len(trouble.span.text) <= 24 else "…"
    return f"name it: `{first[1] if first else 'NAME'} = {given}`"


def _other_words(trouble: Trouble) -> Slip | None:
    """`over 1M`, `review quarterly`, `exclude every sunday`."""
    text, at, top = trouble.source.text, trouble.at, trouble.stack.top()
    months = _MONTHS.match(text, at)
    if months and top == "_OVER":
        meant = f"{30 * int(months[1])}d"
        message, help = f"`{months[0]}` is not a duration", f"a window rolls and has days: `{meant}`"
        return Slip(message, help, at, months.end(), "E107", "DURATION", meant, written=(meant,))
    word = trouble.token.value
    if top == "REVIEW" and word in _EVERY:
        meant, message = f"every {_EVERY[word]}", f"expected `every` after `review`, not `{word}`"
        return Slip(message, f"write `{meant}`", at, at + len(word), "E101", written=(meant,))
    before = trouble.stack.values[-2:]
    times = ("every", "on", "at", "from", "between", "weekends")
    if [*map(kind, before)] == ["EXCLUDE", "NAME"] and before[1].value in times:
        help = 'plan it: `maintenance "…" every sunday 02:00 for 1h in Europe/Berlin because "…"`'
        message = f"expected a filter or `when` after `exclude`, not `{before[1].value}`"
        return Slip(message, help, before[1].start, at + len(word), "E101")
    return None


_HABITS: tuple[Callable[[Trouble], Slip | None], ...] = (
    _odd_blank,
    _list,
    _burn_rate,
    promql_condition,
    joint,
    bound,
    _title,
    _other_words,
)
