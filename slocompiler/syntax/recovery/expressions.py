"""Slips in conditions, filters and bounds of people who know PromQL or another programming language."""

from __future__ import annotations

import re

from slocompiler.syntax.lexemes import STRING
from slocompiler.syntax.recovery.slip import Slip
from slocompiler.syntax.recovery.trouble import Trouble
from slocompiler.syntax.tokens import kind

_JOINT = re.compile(r"(?:and|or)(?!\w)|&&?|\|\|?")
_AND = re.compile(r"\{([^{}\n]*)\}[ \t]*(?:and|&&?)[ \t]*\{([^{}\n]*)\}")
_OPERATOR = re.compile(r"[\[(/*+-]|(?:and|or|unless)(?!\w)")
_RATE = re.compile(r"((?:sum|max|min|avg)\(rate\([\w:]+\{[^{}\n]*\})\[\w+\](\)\)\s*[<>=!]=?\s*[\w.%]+)")
_QUOTIENT = re.compile(r"([\w:]+\{[^{}\n]*\}\s*/\s*[\w:]+\{[^{}\n]*\})\s*([<>=!]=?\s*[\w.%]+)")
_OR_BOUND = re.compile(r"(good|bad)[ \t]+(\{[^{}\n]*\})[ \t]+or[ \t]+(?:above|below)[ \t]+([\w.%]+)")
_MATCHER = re.compile(rf"\{{[ \t]*([\w.]+)[ \t]*(=~|!~|!=|=)[ \t]*({STRING})[ \t]*\}}")
_OPPOSITE = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_BELOW = ("under", "within", "less", "faster", "max", "atmost")
"""Names that people give to the bound `below`."""


def promql_condition(trouble: Trouble) -> Slip | None:
    """`good when sum(rate(x[5m])) < 1`: a condition that only PromQL can say."""
    text, at, stack, scan = trouble.source.text, trouble.at, trouble.stack, trouble.scan
    word = next((i for i in range(len(stack.values) - 1, -1, -1) if kind(stack.values[i]) == "WHEN"), None)
    if word is None or not word or kind(stack.values[word - 1]) not in ("GOOD", "BAD") or trouble.starts_line:
        return None
    inside = stack.top() == "LPAR" and re.compile(r"[0-9)]").match(text, at)
    call = stack.top() == "NAME" and text.startswith(("(", "["), at)
    if not (inside or call or _OPERATOR.match(text, at)):
        return None
    statement, start = stack.values[word - 1], stack.values[word].end
    begin, end = start, scan.code_end(at)
    begin += len(text[begin:end]) - len(text[begin:end].lstrip())
    condition = _balanced(text[begin:end])
    end = begin + len(condition)
    alone = scan.begins_line(statement.start) and not re.search(r"`|#|\n", condition)
    rate = _RATE.fullmatch(condition)
    if rate:
        meant = rate[1] + rate[2]
        help = f"leave out the range, a slice has its own: {statement.value} when {meant}"
        return Slip("a rate has no range here", help, begin, end, "E101", written=(meant,), title="remove the range")
    quotient = _QUOTIENT.fullmatch(condition)
    if quotient:
        meant = f"min({quotient[1]}) {quotient[2]}"
        help = f"say which of all quotients: {statement.value} when {meant}; or `max`, `avg`, `sum`"
        title = "write the smallest quotient"
        return Slip("a quotient needs a function", help, begin, end, "E101", written=(meant,), title=title)
    meant = f"`{condition}`"
    help = f"write it in back-quotes: {statement.value} when {meant}"
    if not alone:
        help = f"PromQL belongs in back-quotes: {statement.value} when `…`"
    if condition.startswith("histogram_quantile"):
        help += "; or, with the percentile as the target, a bound on the histogram: `good below 300ms`"
    written, title = (meant,) if alone else (), "write it in back-quotes"
    return Slip("this condition is PromQL", help, begin, end, "E101", written=written, title=title)


def _balanced(code: str) -> str:
    """The code up to the brace that closes the block around it."""
    depth = 0
    for match in re.finditer(rf"{STRING}|[{{}}]", code):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth < 0:
            return code[: match.start()].rstrip()
    return code


def joint(trouble: Trouble) -> Slip | None:
    """`and`, `|` and the like between filters; `and` and `or` inside of one."""
    text, at, stack = trouble.source.text, trouble.at, trouble.stack
    match = _JOINT.match(text, at)
    if not match or trouble.starts_line:
        return None
    is_or = match[0][0] in "o|"
    if "OR" in trouble.expected:
        if is_or:
            help = "write `or`"
            return Slip(f"`{match[0]}` joins no filters", help, at, match.end(), "E101", "OR", "or", written=("or",))
        pair = _AND.match(text, text.rfind("{", 0, at), trouble.scan.line_end(at))
        meant = f"{{{pair[1]}, {pair[2]}}}" if pair else "{…, …}"
        help = f"all matchers of one filter must match: `{meant}`"
        return Slip(f"`{match[0]}` joins no filters", help, at, match.end(), "E101", "OR", "or")
    brace = stack.open_brace()
    if "COMMA" not in trouble.expected or stack.top() != "STRING" or brace is None:
        return None
    blank = len(text[match.end() :]) - len(text[match.end() :].lstrip(" \t"))
    start, end, message = trouble.before, match.end() + blank, f"`{match[0]}` cannot stand in a filter"
    if not is_or:
        help = "matchers are joined with a comma: all of them must match"
        return Slip(message, help, start, end, "E101", "COMMA", ",", written=(", ",), safe=True, title="write `,`")
    joins = kind(stack.values[brace - 1]) in ("GOOD", "BAD", "EXCLUDE", "OR")
    help = "filters are joined: `{…} or {…}`" if joins else 'match one of several values: `=~"a|b"`'
    written = ("} or {",) if joins else ()
    return Slip(message, help, start, end, "E101", "COMMA", ",", written=written)


def bound(trouble: Trouble) -> Slip | None:
    """`good under 300ms`, and `good {…} or above 1s`, which reads `above` as a stream."""
    text, at, stack = trouble.source.text, trouble.at, trouble.stack
    if stack.top() != "NAME" or trouble.token.kind not in ("DURATION", "NUMBER", "SIZE") or trouble.starts_line:
        return None
    name, before = stack.values[-1].value, kind(stack.values[-2])
    start, end = stack.values[-1].start, stack.values[-1].end
    if before in ("GOOD", "BAD") and name in _BELOW:
        message = f"`{name}` is not a bound"
        return Slip(message, "write `below`", start, end, "E101", "BELOW", "below", replaces=True, written=("below",))
    if before != "OR" or name not in ("above", "below"):
        return None
    said = next((m for m in _OR_BOUND.finditer(text, trouble.scan.line_start(at)) if m.end() >= at), None)
    good = _as_good(said[1], said[2]) if said else ""
    bound = said[3] if said else trouble.token.value
    help = f"a bound says what is good, and follows the filter: `good {good or '{…}'} below {bound}`, over a histogram"
    return Slip("a bound is not joined with `or`", help, start, at + len(trouble.token.value), "E101")


def _as_good(side: str, filter: str) -> str:
    """The filter of what is good; "" where that is not one filter."""
    if side == "good":
        return filter
    match = _MATCHER.fullmatch(filter)
    return f"{{{match[1]}{_OPPOSITE[match[2]]}{match[3]}}}" if match else ""
