"""Regular expressions of matchers: those that do not compile, and those that match other values than they seem to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import Literal

from slocompiler import quoting
from slocompiler.checks.lookalikes import Misleading, pattern_like_glob, text_like_pattern
from slocompiler.checks.selection import in_full, value_written, written
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits, remove_item
from slocompiler.ir import Filter, Matcher
from slocompiler.pattern import lazy_pattern
from slocompiler.promql import is_version_3
from slocompiler.regex.judge import regex_fault
from slocompiler.regex.sets import plain, takes_absent
from slocompiler.resolve import Choice, Term
from slocompiler.source import Span
from slocompiler.syntax import tree as t

_HOST = lazy_pattern(
    r"(?:(?<=[)\]*+])|(?<![\\\w.$-])[a-z0-9-]+)\.(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w*+?{(\[.-])"
    r"|(?<![\\\w.$-])[a-z0-9-]+\.(?:com|org|net|io|dev|local|internal)(?![\w*+?{(\[.-])"
)
"""The name of a host with dots that are not escaped: of at least three parts, `api.example.com`, or of two that end with
a usual word. After a group or a repetition the first part may be missing: `(a|b).example.com`."""
_PARTS = lazy_pattern(
    r"(?P<reference>\\[1-9])|\\.|(?P<around>\(\?<?[=!])|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*(?P<end>\]?))"
    r"|(?P<open>\()|(?P<close>\))",
    re.DOTALL,
)
"""The parts of a pattern that show why it does not compile."""
_READ = lazy_pattern(r'"(?:[^\\]|\\(?:["\\nt]|u[0-9a-fA-F]{4}))*"')
"""A string without an unknown escape."""
_LITERAL = "{0}; for a literal `{1}`, write `\\\\{1}`"


def regexes(nodes: Iterable[Term | Choice], reported: Container[t.Matcher], server: str) -> Iterator[Diagnostic]:
    """E218 for matchers, and W308, W309 or W335 for those that have not been `reported` for something else."""
    new = is_version_3(server)
    odd = [
        (matcher, node)
        for one in nodes
        if not _are_fine(one.matchers, new)
        for matcher, node in zip(one.matchers, one.nodes, strict=True)
    ]
    for matcher, node in odd:
        if not _was_read(node.value.span.text):
            continue
        if fault := _fault(matcher, new):
            yield _faulty(fault, matcher, node)
        if node not in reported:
            found = _warning(matcher)
            if found and not (found.is_same and _is_argument(node)):
                fixes = () if _is_argument(node) else _fixes(found, node)
                yield Diagnostic(found.code, found.message, _span(node), help=found.help, fixes=fixes)


@lru_cache(maxsize=8192)
def _are_fine(matchers: Filter, is_version_3: bool) -> bool:
    """Whether there is nothing to say about matchers; many SLOs have the same."""
    return not any(_fault(matcher, is_version_3) or _warning(matcher) for matcher in matchers)


def _fault(matcher: Matcher, is_version_3: bool) -> str:
    return regex_fault(matcher.value, is_version_3) if matcher.op in ("=~", "!~") else ""


def _was_read(text: str) -> bool:
    """Whether a string has no unknown escape; with one, its value is not what was meant."""
    return "\\" not in text or _READ.fullmatch(text) is not None


def _span(node: t.Matcher) -> Span:
    """The span of the matcher; of its value alone if that is an argument of a template."""
    inside = node.span.source is node.value.span.source and node.span.start <= node.value.span.start < node.span.end
    return node.span if inside else node.value.span


def _is_argument(node: t.Matcher) -> bool:
    """Whether its value comes from a template's parameter: one use may give a plain string, another one a pattern."""
    return _span(node) is not node.span or "${" in node.value.span.text


def _faulty(fault: str, matcher: Matcher, node: t.Matcher) -> Diagnostic:
    """E218, at the faulty characters if the file has the pattern without escapes."""
    span, why = node.value.span, _why(matcher.value)
    if why is None:
        help = "patterns use the syntax of RE2"
        return Diagnostic("E218", f"this regular expression {fault}", span, help=help)
    message, help, start, end = why
    if span.text[1:-1] == matcher.value:
        span = span.part(span.start + 1 + start, span.start + 1 + end)
    return Diagnostic("E218", f"this regular expression does not compile: {message}", span, help=help)


def _why(pattern: str) -> tuple[str, str, int, int] | None:
    """Why a pattern does not compile: a message, a help, and the offsets of the fault; None for an unusual fault."""
    above: list[int] = []
    for match in _PARTS.finditer(pattern):
        if match["reference"]:
            help = "write the repeated pattern again: Prometheus uses RE2, which has no back-references"
            return "back-references are not supported", help, *match.span()
        if match["around"]:
            return "look-around is not supported", "exclude values with a `!~` matcher of its own", *match.span()
        if match["set"] and not match["end"]:
            return "`[` is not closed", _LITERAL.format("close it", "["), match.start(), match.start() + 1
        if match["open"]:
            above.append(match.start())
        elif match["close"] and not above:
            return "`)` closes nothing", _LITERAL.format("open it", ")"), *match.span()
        elif match["close"]:
            above.pop()
    if above:
        return "`(` is not closed", _LITERAL.format("close it", "("), above[-1], above[-1] + 1
    bare = re.search(r"(?:^|(?<!\\)\|)[*+?]|(?<!\\)\([*+]", pattern)
    if bare is None:
        return None
    help = _LITERAL.format("`.*` matches any text", bare[0][-1])
    return f"`{bare[0][-1]}` repeats nothing", help, bare.end() - 1, bare.end()


def _fixes(found: Misleading, node: t.Matcher) -> tuple[Fix, ...]:
    fixes = remove_item("remove this matcher", node.span) if found.is_needless else ()
    for matcher in found.instead:
        safe = found.is_same and matcher.label != "job"  # a fixed job is watched: that is another alert
        fixes += edits(f"write `{written(matcher)}`", (node.span, in_full(matcher)), safe=safe)
    return fixes


def _warning(matcher: Matcher) -> Misleading | None:
    """W335, W309 or W308; None for a matcher that is fine."""
    label = quoting.label(matcher.label)
    if matcher.value and matcher.op in ("=", "!="):
        return text_like_pattern(matcher)
    glob = pattern_like_glob(matcher) if matcher.value else None
    if matcher.op == "!=" or glob:
        return glob
    if not takes_absent(matcher):
        return _misleading(matcher)
    message = f"`{written(matcher)}` also matches series without the label `{matcher.label}`"
    present = Matcher(matcher.label, "!=", "")
    if matcher.op == "=":
        help = f'to match any value, write `{label}!=""`; if this is intended, `allow W309 because "…"`'
        return Misleading("W309", message, help, (present,))
    if matcher.value in (".*", ".*?"):
        help = f'it restricts nothing: remove it, or write `{label}!=""` to match any value'
        return Misleading("W309", message, help, (present,), is_needless=True)
    help = 'a missing label is an empty string: require a character, or `allow W309 because "…"`'
    return Misleading("W309", message, help)


def _misleading(matcher: Matcher) -> Misleading | None:
    """W308 for a pattern that needs no regular expression, has a bare dot in the name of a host, or is not anchored."""
    equal: Literal["=", "!="] = "=" if matcher.op == "=~" else "!="
    text = plain(matcher.value)
    if text is not None:
        literal = Matcher(matcher.label, equal, text)
        message = f"`{written(matcher)}` is a regular expression that matches only one value"
        return Misleading("W308", message, f"write `{written(literal)}`", (literal,), is_same=True)
    host = _HOST.search(matcher.value)
    if host:
        escaped = Matcher(matcher.label, matcher.op, _HOST.sub(lambda name: _escaped(name[0]), matcher.value))
        literals = (Matcher(matcher.label, equal, host[0]),) if host[0] == matcher.value else ()
        help = f"write `{value_written(_escaped(host[0]))}`"
        help += "".join(f", or `{written(literal)}`" for literal in literals)
        return Misleading("W308", f"a dot in `{host[0]}` matches any character", help, (escaped, *literals))
    inner = matcher.value[2:-2]
    if matcher.value.startswith(".*") and matcher.value.endswith(".*") and inner and not inner.endswith("\\"):
        message = f"`{written(matcher)}` matches every value that contains `{value_written(inner)}`"
        help = f"anchor it, such as `{value_written(inner)}.*`: new values may contain it by chance"
        return Misleading("W308", message, help)
    return None


def _escaped(host: str) -> str:
    return host.replace(".", r"\.")
