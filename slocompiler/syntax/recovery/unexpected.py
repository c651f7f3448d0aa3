"""What to say about a token that the grammar does not expect."""

from __future__ import annotations

import re
from difflib import get_close_matches

from lark import Token

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.record import record
from slocompiler.source import Source, Span
from slocompiler.syntax.lexemes import STRING
from slocompiler.syntax.recovery.scan import WORDS, Scan
from slocompiler.syntax.recovery.stack import VALUES, Stack
from slocompiler.syntax.vocabulary import STATEMENTS, TERMINALS, argument, describe, either

_LAST = re.compile(rf"({STRING}|[\w.:%$-]+|[=!<>~]+|\S)\s*\Z")
_MATCHER = re.compile(r"[\w.-]+[ \t]*[=!:~]")
_MEANT = {
    "team": "owner",
    "contact": "owner",
    "reason": "because",
    "description": "because",
    "ignore": "exclude",
    "without": "exclude",
    "total": "events",
    "counter": "events",
    "metric": "events",
    "error": "bad",
    "errors": "bad",
    "success": "good",
    "url": "link",
    "dashboard": "link",
    "include": "import",
}
"""Statements by the names that other tools have for them."""
_IN_HEAD = ("objective", "goal", "window", "period", "over", "timeWindow")
_MANY = 5
"""More alternatives than this help nobody."""


@record
class Trouble:
    """A token that the parser cannot take: where it stands, and what could stand there."""

    source: Source
    scan: Scan
    stack: Stack
    token: Token
    at: int
    before: int
    """The end of the token before."""
    expected: list[str]
    block: str
    """The block of which a statement may begin here; "" inside a statement."""

    @property
    def starts_line(self) -> bool:
        """Whether the token is the first of its line."""
        return self.scan.begins_line(self.at)

    @property
    def span(self) -> Span:
        """The place of the token; of a character that begins none, all up to the next blank or bracket."""
        text = self.scan.word(self.at) if self.token.type == "?" else self.token
        return Span(self.source, self.at, self.at + len(text))

    @property
    def gap(self) -> Span:
        """The empty place behind the token before."""
        return Span(self.source, self.before, self.before)

    def fits(self, chain: tuple[str, ...]) -> bool:
        """Whether these terminals, put before the token, let the parse go on."""
        if chain[-1] == "LBRACE" and self.token.type == "RBRACE":
            return False  # it closes what stands around
        if self.stack.accepts(*chain, self.token.type):
            return True
        return self.starts_line and self.token.type == "NAME" and bool(self.stack.block(*chain))

    def missing(self) -> tuple[str, ...]:
        """What was forgotten before the token, if that is clear."""
        if self.block:
            joints = () if self.starts_line or self.token.type == "NAME" else ("COMMA", "OR")
            severity = ("SEVERITY",) if self.block == "alerts" else ()
            return self.stack.missing([name for name in (*joints, *severity) if name in self.expected], self.fits)
        first = [name for name in self.expected if name not in ("PARAM", "CALENDAR", "$END")]
        listed = _MATCHER.match(self.source.text, self.at) is not None
        return self.stack.missing(sorted(first, key=lambda name: name == ("RBRACE" if listed else "COMMA")), self.fits)

    def keyword(self) -> tuple[str, str]:
        """The keyword that was misspelt, and its terminal; "" for none."""
        if self.token.type != "NAME" or len(self.token) < 2:
            return "", ""
        keywords = {name.strip("_").lower(): name for name in self.expected if name not in TERMINALS}
        if self.stack.accepts("SEVERITY"):
            keywords |= dict.fromkeys(("page", "ticket", "notify"), "SEVERITY")
        sure = 0.75 if self.block and not self.starts_line else 0.6
        found = get_close_matches(self.token.rstrip(":"), keywords, 1, sure)
        return (found[0], keywords[found[0]]) if found else ("", "")


def unexpected(trouble: Trouble, missing: tuple[str, ...]) -> Diagnostic:
    """The diagnostic of a token that nothing known explains; `missing` was forgotten before it, if that is clear."""
    token, stack = trouble.token, trouble.stack
    if token.type == "RBRACE" and trouble.block == "file":
        return Diagnostic("E102", "a `}` without its `{`", trouble.span)
    statement = stack.statement()
    if missing:
        what = _chain(missing, statement, trouble)
        if trouble.block and trouble.starts_line:
            return Diagnostic("E101", f"expected {what} before `{token}`", trouble.span)
        return Diagnostic("E101", f"expected {what} {after(trouble)}", trouble.gap)
    if trouble.block and trouble.starts_line and token.type in ("NAME", "?"):
        return _unknown_statement(trouble)
    what = _expected(trouble, statement)
    on_next_line = trouble.source.text.find("\n", trouble.before, trouble.at) >= 0
    if on_next_line or (token.type in ("LBRACE", "RBRACE") and not trouble.block):
        return Diagnostic("E101", f"expected {what} {after(trouble)}", trouble.gap)
    keyword, _ = trouble.keyword()
    help = f"did you mean `{keyword}`?" if keyword else ""
    return Diagnostic(
        "E101", f"expected {what} {after(trouble)}, not `{_short(trouble.span.text)}`", trouble.span, help=help
    )


def incomplete(trouble: Trouble) -> Diagnostic:
    """The file ends inside a statement."""
    names = [name for name in trouble.expected if name != "PARAM"]
    gap = trouble.stack.missing(names, lambda chain: bool(trouble.stack.block(*chain)))
    statement = trouble.stack.statement()
    what = _chain(gap, statement, trouble) if gap else _expected(trouble, statement)
    return Diagnostic("E101", f"expected {what} {after(trouble)}", trouble.gap)


def unclosed(trouble: Trouble, where: str) -> Diagnostic:
    """The innermost brace that is still open lacks its other half."""
    index = trouble.stack.open_brace()
    assert index is not None, "a block is open"
    token = trouble.stack.values[index]
    brace = Span(trouble.source, token.start_pos, token.end_pos)
    half = trouble.scan.half_open(brace.end, trouble.before)
    if half >= 0:
        line = trouble.source.line_number(half)
        closing = Span(trouble.source, trouble.before - 1, trouble.before)
        here = (Label(closing, f"this one closes what line {line} opens"),)
        return Diagnostic("E102", "a `}` is missing on this line", Span(trouble.source, half, half), here)
    labels = (Label(brace, "opened here"),) if brace.text else ()
    return Diagnostic("E102", f"a `}}` is missing {where}", trouble.gap, labels)


def overclosed(trouble: Trouble) -> Diagnostic:
    """The `}` before the token closed its block too early."""
    brace = trouble.stack.values[-1]
    homes = _homes(str(trouble.token))
    return Diagnostic(
        "E102",
        "this `}` closes too much",
        Span(trouble.source, brace.start_pos, brace.end_pos),
        (Label(trouble.span, homes),),
        "there is one `}` more than there are `{`: leave one out",
    )


def misplaced(trouble: Trouble) -> Diagnostic:
    """A statement of another block."""
    return Diagnostic("E103", f"`{trouble.token}` cannot stand here", trouble.span, help=_homes(str(trouble.token)))


def _homes(word: str) -> str:
    known = {"slo": "an slo", "service": "a service", "defaults": "defaults", "alerts": "alerts", "policy": "a policy"}
    homes = [name for block, name in known.items() if word in STATEMENTS[block].split() and block != "defaults"]
    return f"`{word}` stands in {either(homes)}" if homes else f"`{word}` stands outside of all braces"


def after(trouble: Trouble) -> str:
    """`after the name`, `after `over``: what stands before the place."""
    last = _LAST.search(trouble.source.text, trouble.scan.line_start(trouble.before), trouble.before)
    if not last:
        return "at the beginning"
    return "after the name" if trouble.stack.top() == "NAME" else f"after `{_short(last[1])}`"


def _chain(names: tuple[str, ...], statement: str, trouble: Trouble) -> str:
    """What is missing, in order; keywords in a row stand in one pair of back-quotes."""
    if trouble.stack.top() == statement and {*VALUES, "LBRACE"} & set(trouble.expected):
        first = argument(statement, names[0])
    else:
        first = _anything(trouble) or describe(names[0], statement)
    parts = [first, *(describe(name, statement) for name in names[1:])]
    if not set(names) & {*VALUES, "LBRACE"}:
        return " ".join(parts).replace("` `", " ")
    *head, last = parts
    return f"{', '.join(head)} and {last}" if head else last


def _anything(trouble: Trouble) -> str:
    """What stands behind the `=` of an argument or a parameter."""
    if not {"DATE", "NUMBER"} <= set(trouble.expected):
        return ""
    return "a value, a stream or a filter" if "LBRACE" in trouble.expected else 'a value such as `99.9%` or `"/pay"`'


def _expected(trouble: Trouble, statement: str) -> str:
    if _anything(trouble):
        return _anything(trouble)
    if not trouble.block:
        if trouble.stack.top() == statement and {"LBRACE", *VALUES} & set(trouble.expected):
            return argument(statement, next(name for name in trouble.expected if name != "PARAM"))
        names = [name for name in trouble.expected if name not in ("PARAM", "CALENDAR")] or ["PARAM"]
        return either(sorted({describe(name, statement) for name in names}))
    if trouble.starts_line:
        return "a statement"
    starts = {word.upper() for word in STATEMENTS[trouble.block].split()} | {"SEVERITY", "RBRACE", "$END", "PARAM"}
    names = [describe(name, statement) for name in trouble.expected if name not in starts]
    return either([*names, "the end of the line"]) if len(names) < _MANY else "the end of the line"


def _unknown_statement(trouble: Trouble) -> Diagnostic:
    words = STATEMENTS[trouble.block].split()
    token, bare = str(trouble.token), trouble.token.rstrip(":")
    if trouble.token.type == "?":
        token = bare = trouble.span.text
    if bare != token and bare in words:
        return Diagnostic("E101", f"`{bare}` takes no colon", trouble.span, help=f"write `{bare} …`")
    message = f"`{_short(token)}` is not a statement here"
    close = [_MEANT[bare]] if _MEANT.get(bare) in words else get_close_matches(bare, words, 1, 0.6)
    if bare in _IN_HEAD and trouble.block == "slo":
        help = "target and window stand in the head: `slo availability 99.9% over 30d {`"
        return Diagnostic("E101", message, trouble.span, help=help)
    if close:
        return Diagnostic("E101", message, trouble.span, help=f"did you mean `{close[0]}`?")
    elsewhere = get_close_matches(bare, WORDS, 1, 0.75)
    if elsewhere:
        return Diagnostic("E101", message, trouble.span, help=_homes(elsewhere[0]))
    return Diagnostic(
        "E101", message, trouble.span, help=f"here a statement begins with {either(f'`{w}`' for w in words)}"
    )


def _short(text: str) -> str:
    """Not more of it than a message can hold."""
    return text if len(text) <= 24 else text[:20] + "…"
