"""Regular expressions of matchers: those that do not compile, and those that take something else than they seem to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache

from slocompiler.checks.selection import value_written, written
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Matcher
from slocompiler.promql import label_name
from slocompiler.promql.judge import regex_fault
from slocompiler.regex.parse import parsed
from slocompiler.regex.sets import plain, takes_absent
from slocompiler.source import Reached, Span
from slocompiler.syntax import tree as t

_HOST = re.compile(
    r"(?:(?<=[)\]*+])|(?<![\\\w.$-])[a-z0-9-]+)\.(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w*+?{(\[.-])"
    r"|(?<![\\\w.$-])[a-z0-9-]+\.(?:com|org|net|io|dev|local|internal)(?![\w*+?{(\[.-])"
)
"""Labels and dots: at least three, the last one of letters, `api.example.com`, or `.example.com` behind a group; or two,
of which the last is a usual one."""
_PARTS = re.compile(
    r"(?P<reference>\\[1-9])|\\.|(?P<around>\(\?<?[=!])|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*(?P<end>\]?))"
    r"|(?P<open>\()|(?P<close>\))",
    re.DOTALL,
)


_READ = re.compile(r'"(?:[^\\]|\\(?:["\\nt]|u[0-9a-fA-F]{4}))*"')
_ITSELF = "{}; the character itself is written `\\\\{}`"


def regexes(pairs: Iterable[tuple[Matcher, t.Matcher]], told: Container[t.Matcher]) -> Iterator[Diagnostic]:
    """E218, W308 and W309 for matchers of which nothing is told yet."""
    for matcher, said in pairs:
        if matcher.op == "!=" or (matcher.op == "=" and matcher.value) or not _was_read(said.value.span.text):
            continue
        if matcher.op != "=" and parsed(matcher.value) is None:
            fault = regex_fault(matcher.value)
            if fault:
                yield _faulty(fault, matcher, said)
        if said not in told:
            found = _doubt(matcher)
            if found and not (_is_handed_over(said) and plain(matcher.value)):
                yield Diagnostic(found[0], found[1], _place(said), help=found[2])


def _was_read(text: str) -> bool:
    """Of a string with an escape that is none nobody knows what was meant."""
    return "\\" not in text or _READ.fullmatch(text) is not None


def _place(said: t.Matcher) -> Span:
    """The matcher, or the value alone where that was handed over to it."""
    inside = said.span.source is said.value.span.source and said.span.start <= said.value.span.start < said.span.end
    return said.span if inside else said.value.span


def _is_handed_over(said: t.Matcher) -> bool:
    """Whether its pattern is of a template's parameter: one use gives a plain string, another one does not."""
    return _place(said) is not said.span or "${" in said.value.span.text


def _faulty(fault: str, matcher: Matcher, said: t.Matcher) -> Diagnostic:
    """E218, at the character that shows it where the file has the pattern as it is."""
    span, why = said.value.span, _why(matcher.value)
    if why is None:
        help, fault = "the syntax is that of RE2, which Prometheus reads", fault.removeprefix("it ")
        return Diagnostic("E218", f"this regular expression {fault}", span, help=help)
    message, help, start, end = why
    if span.text[1:-1] == matcher.value:
        first, last = span.start + 1 + start, span.start + 1 + end
        by = (span.by, span.because) if isinstance(span, Reached) else None
        span = Reached(span.source, first, last, *by) if by else Span(span.source, first, last)
    return Diagnostic("E218", f"this regular expression does not compile: {message}", span, help=help)


def _why(pattern: str) -> tuple[str, str, int, int] | None:
    """What is wrong with a pattern that does not compile, what helps, and where; None where nothing usual is."""
    above: list[int] = []
    for match in _PARTS.finditer(pattern):
        if match["reference"]:
            return (
                "there are no references",
                "RE2, which Prometheus reads, has none: write out what is repeated",
                *match.span(),
            )
        if match["around"]:
            return "there is no look-around", "what must not match is a matcher of its own, with `!~`", *match.span()
        if match["set"] and not match["end"]:
            return "`[` is not closed", _ITSELF.format("close it", "["), match.start(), match.start() + 1
        if match["open"]:
            above.append(match.start())
        elif match["close"] and not above:
            return "`)` closes nothing", _ITSELF.format("open it", ")"), *match.span()
        elif match["close"]:
            above.pop()
    if above:
        return "`(` is not closed", _ITSELF.format("close it", "("), above[-1], above[-1] + 1
    bare = re.search(r"(?:^|(?<!\\)\|)[*+?]|(?<!\\)\([*+]", pattern)
    if bare is None:
        return None
    help = _ITSELF.format("`.*` is any text", bare[0][-1])
    return f"`{bare[0][-1]}` repeats nothing", help, bare.end() - 1, bare.end()


@lru_cache(maxsize=8192)
def _doubt(matcher: Matcher) -> tuple[str, str, str] | None:
    """W309, or else W308, with its message and help."""
    label = label_name(matcher.label)
    if takes_absent(matcher):
        message = f"`{written(matcher)}` also matches what has no `{matcher.label}` at all"
        if matcher.op == "=":
            help = f'to ask for any value write `{label}!=""`; if it is meant, `allow W309 because "…"`'
        elif matcher.value in (".*", ".*?"):
            help = f'it selects nothing: leave it out, or ask for any value with `{label}!=""`'
        else:
            help = 'a label that is absent is an empty string: ask for a character, or `allow W309 because "…"`'
        return "W309", message, help
    return _plainly(matcher, label)


def _plainly(matcher: Matcher, label: str) -> tuple[str, str, str] | None:
    equal = "=" if matcher.op == "=~" else "!="
    text = plain(matcher.value)
    if text is not None:
        message = f"`{written(matcher)}` is a regular expression of one plain string"
        return "W308", message, f"write `{written(Matcher(matcher.label, equal, text))}`"  # type: ignore[arg-type]  # an op
    host = _HOST.search(matcher.value)
    if host:
        name = host[0].replace(".", r"\.")
        message = f"a dot in `{host[0]}` stands for any character"
        whole = f', or `{label}{equal}"{host[0]}"`' if host[0] == matcher.value else ""
        return "W308", message, f"write `{value_written(name)}`{whole}"
    inner = matcher.value[2:-2]
    if matcher.value.startswith(".*") and matcher.value.endswith(".*") and inner and not inner.endswith("\\"):
        message = f"`{written(matcher)}` matches wherever `{value_written(inner)}` stands"
        help = f"say where it stands, such as `{value_written(inner)}.*`: else it takes values that nobody thought of"
        return "W308", message, help
    return None
