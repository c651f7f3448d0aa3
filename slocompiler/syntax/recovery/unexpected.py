"""The diagnostics of tokens that the grammar does not expect."""

from __future__ import annotations

import re

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits, remove
from slocompiler.source import Span
from slocompiler.suggest import similar
from slocompiler.syntax.lexemes import STRING
from slocompiler.syntax.recovery.habits import named_argument
from slocompiler.syntax.recovery.stack import VALUES
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.tokens import ODD
from slocompiler.syntax.vocabulary import SIGNS, STATEMENTS, TERMINALS, WORDS, argument, describe, either

_LAST = re.compile(rf"({STRING}|[\w.:%$-]+|[=!<>~]+|\S)\s*\Z")
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
"""Statements, by their names in other tools."""
_IN_HEAD = ("objective", "goal", "window", "period", "over", "timeWindow")
_KEPT = "an override keeps the target and the window of its template: write `{`, or give the template a parameter"
_MANY = 5
"""With this many alternatives or more, a message does not list them."""


def unexpected(trouble: Trouble, missing: list[tuple[str, ...]]) -> Diagnostic:
    """The diagnostic of an unexpected token; `missing` are the chains of terminals that may be missing before it."""
    token = trouble.token
    if token.kind == "RBRACE" and trouble.block == "file":
        return Diagnostic(
            "E102", "this `}` has no matching `{`", trouble.span, fixes=remove("remove `}`", trouble.span)
        )
    statement = _statement(trouble)
    if missing:
        what, fixes = _chain(missing[0], statement, trouble), _insertions(missing, trouble)
        if trouble.block and trouble.starts_line:
            return Diagnostic("E101", f"expected {what} before `{token.value}`", trouble.span, fixes=fixes)
        help = named_argument(trouble) if missing[0] == ("NAME", "EQ") and statement == "USE" else ""
        either_kind = missing[0] == ("EVENTS",) and "BAD" in trouble.expected
        help = "or `bad events`, to count only those" if either_kind else help
        return Diagnostic("E101", f"expected {what} {after(trouble)}", trouble.gap, help=help, fixes=fixes)
    if trouble.block and trouble.starts_line and (token.kind == ODD or token.value[0].isalpha()):
        return _unknown_statement(trouble)
    what = _expected(trouble, statement)
    on_next_line = trouble.source.text.find("\n", trouble.before, trouble.at) >= 0
    if on_next_line or (token.kind in ("LBRACE", "RBRACE") and not trouble.block):
        return Diagnostic("E101", f"expected {what} {after(trouble)}", trouble.gap)
    message = f"expected {what} {after(trouble)}, not `{_short(trouble.span.text)}`"
    if statement == "SLO" and trouble.stack.top() == "NAME" and "PERCENT" not in trouble.expected:
        return Diagnostic("E101", message, trouble.span, help=_KEPT)
    return _misspelt(trouble, message, trouble.keywords())


def _misspelt(trouble: Trouble, message: str, words: list[str]) -> Diagnostic:
    """E101 for a token that may be one of these words misspelt, the most similar first."""
    if not words:
        return Diagnostic("E101", message, trouble.span)
    fixes = edits(f"write `{words[0]}`", (trouble.span, words[0]), safe=len(words) == 1)
    return Diagnostic("E101", message, trouble.span, help=f"did you mean `{words[0]}`?", fixes=fixes)


def _insertions(missing: list[tuple[str, ...]], trouble: Trouble) -> tuple[Fix, ...]:
    """The fix that adds the first of these chains; none if others are as likely."""
    chain, several = missing[0], len(missing) > 1
    if _is_first_argument(trouble) or (several and not set(chain) <= SIGNS.keys()):
        return ()
    # words that the tree omits have no meaning of their own
    return _insertion(chain, trouble, safe=not several and all(name.startswith("_") for name in chain))


def _insertion(chain: tuple[str, ...], trouble: Trouble, safe: bool) -> tuple[Fix, ...]:
    """The fix that adds a chain of words and signs; none for a value, or for a bracket whose end is unknown."""
    words = [SIGNS.get(name) or ("" if name in TERMINALS else name.strip("_").lower()) for name in chain]
    added, text, at = " ".join(words), trouble.source.text, trouble.before
    opens = "LPAR" in chain or ("LBRACE" in chain and not trouble.starts_line)
    if opens or not all(words) or text[:at].endswith(added):
        return ()
    title = f"add `{added}`"
    if trouble.block and trouble.starts_line:
        return edits(title, (Span(trouble.source, trouble.at, trouble.at), f"{added} "), safe=safe)
    begin = "" if added[0] in ",)=" or text[at - 1 : at] + added == '"}' else " "
    end = "" if text[at : at + 1].strip() == "" else " "
    return edits(title, (trouble.gap, f"{begin}{added}{end}"), safe=safe)


def _is_first_argument(trouble: Trouble) -> bool:
    """Whether the first argument of a statement is missing: there are several kinds of them."""
    return trouble.stack.top() == trouble.stack.statement() and bool({*VALUES, "LBRACE"} & set(trouble.expected))


def incomplete(trouble: Trouble) -> Diagnostic:
    """E101 for a file that ends inside a statement."""
    names = [name for name in trouble.expected if name != "PARAM"]
    gaps = trouble.stack.missing(names, lambda chain: bool(trouble.stack.block(*chain)))
    statement = _statement(trouble)
    what = _chain(gaps[0], statement, trouble) if gaps else _expected(trouble, statement)
    return Diagnostic("E101", f"expected {what} {after(trouble)}", trouble.gap)


def misplaced(trouble: Trouble) -> Diagnostic:
    """E103 for a statement of another block."""
    word, opened = trouble.token.value, trouble.stack.open_braces()
    help = homes(word)
    if trouble.block == "override" and word in STATEMENTS["slo"].split():
        help = "a `use` overrides settings, not what is measured: give the template a parameter"
    if help.endswith("blocks") and opened and opened[0].start:
        head = trouble.source.text[trouble.scan.line_start(opened[0].start) : opened[0].start].split()
        help = f"{help}: move it above `{' '.join(head[:2])}`"
    return Diagnostic("E103", f"`{word}` is not allowed here", trouble.span, help=help)


def homes(word: str) -> str:
    """Where a statement belongs."""
    names = {"slo": "an SLO", "service": "a service", "journey": "a journey", "alerts": "alerts", "policy": "a policy"}
    found = [name for block, name in names.items() if word in STATEMENTS[block].split()]
    return f"`{word}` belongs in {either(found)}" if found else f"`{word}` belongs outside of all blocks"


def after(trouble: Trouble) -> str:
    """Where an error is: `after the name`, or after the quoted token before it."""
    last = _LAST.search(trouble.source.text, trouble.scan.line_start(trouble.before), trouble.before)
    if not last:
        return "at the beginning"
    return "after the name" if trouble.stack.top() == "NAME" else f"after `{_short(last[1])}`"


def _chain(names: tuple[str, ...], statement: str, trouble: Trouble) -> str:
    """A missing chain in words; keywords in a row share one pair of back-quotes."""
    if _is_first_argument(trouble):
        first = argument(statement, names[0])
        if names[0] not in (*VALUES, "LBRACE"):
            return first  # the chain is only one of several
    else:
        first = _anything(trouble) or describe(names[0], statement)
    parts = [first, *(describe(name, statement) for name in names[1:])]
    if not set(names) & {*VALUES, "LBRACE"}:
        return " ".join(parts).replace("` `", " ")
    *head, last = parts
    return f"{', '.join(head)} and {last}" if head else last


def _statement(trouble: Trouble) -> str:
    """The terminal with which the statement around the token begins; "LIST" inside of a filter or a list of labels."""
    return "LIST" if trouble.stack.list_brace() else trouble.stack.statement()


def _anything(trouble: Trouble) -> str:
    """The values that may follow the `=` of an argument or a parameter; "" elsewhere."""
    if not {"DATE", "NUMBER"} <= set(trouble.expected):
        return ""
    return "a value, a stream or a filter" if "LBRACE" in trouble.expected else 'a value such as `99.9%` or `"/pay"`'


def _expected(trouble: Trouble, statement: str) -> str:
    if _anything(trouble):
        return _anything(trouble)
    if not trouble.block:
        if trouble.stack.top() == "BELOW" and "DURATION" in trouble.expected:
            return "a bound such as `300ms`"
        if trouble.stack.top() == statement and {"LBRACE", *VALUES} & set(trouble.expected):
            return argument(statement, next(name for name in trouble.expected if name != "PARAM"))
        names = [name for name in trouble.expected if name not in ("PARAM", "CALENDAR")] or ["PARAM"]
        return either(sorted({describe(name, statement) for name in names}))
    if trouble.starts_line or trouble.stack.top() == "LBRACE":
        return "a statement"
    starts = {word.upper() for word in STATEMENTS[trouble.block].split()} | {"SEVERITY", "RBRACE", "$END", "PARAM"}
    names = [describe(name, statement) for name in trouble.expected if name not in starts]
    return either([*names, "the end of the line"]) if len(names) < _MANY else "the end of the line"


def _unknown_statement(trouble: Trouble) -> Diagnostic:
    words = STATEMENTS[trouble.block].split()
    token, bare = trouble.token.value, trouble.token.value.rstrip(":")
    if trouble.token.kind == ODD:
        token = bare = trouble.span.text
    if bare != token and bare in words:
        colon = edits("remove the colon", (trouble.span.part(trouble.at + len(bare), trouble.span.end), ""), safe=True)
        return Diagnostic("E101", f"`{bare}` takes no colon", trouble.span, help=f"write `{bare} …`", fixes=colon)
    message = f"`{_short(token)}` is not a statement here"
    if bare in _IN_HEAD and trouble.block == "slo":
        help = "write the target and the window in the head: `slo availability 99.9% over 30d {`"
        return Diagnostic("E101", message, trouble.span, help=help)
    if _MEANT.get(bare) in words:
        meant = _MEANT[bare]
        fixes = edits(f"write `{meant}`", (trouble.span, meant))
        return Diagnostic("E101", message, trouble.span, help=f"did you mean `{meant}`?", fixes=fixes)
    close = similar(bare, words) if trouble.token.kind in ("NAME", ODD) else []
    if close:
        return _misspelt(trouble, message, close)
    elsewhere = similar(bare, WORDS, 0.75)
    if elsewhere:
        return Diagnostic("E101", message, trouble.span, help=homes(elsewhere[0]))
    return Diagnostic(
        "E101", message, trouble.span, help=f"a statement here begins with {either(f'`{w}`' for w in words)}"
    )


def _short(text: str) -> str:
    """The text, cut to the length that a message can hold."""
    return text if len(text) <= 24 else text[:20] + "…"
