"""Writes PromQL: selectors, the algebra of labels, quoting, durations and numbers.

User text becomes PromQL only here. All functions return text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler import visible
from slocompiler.ir import Filter, Matcher, Stream
from slocompiler.pattern import lazy_pattern
from slocompiler.promql.strings import windowed

OPPOSITE = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
METRIC = lazy_pattern(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
LABEL = lazy_pattern(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
NEVER_METRICS = frozenset(("atan2", "bool", "group_left", "group_right", "ignoring", "inf", "nan", "on"))
"""Words that no server reads as a metric, in any case of letters; it reads other keywords as one where one can stand."""
NEVER_GROUPED = frozenset(("inf", "nan", "without"))
"""Words that no server reads as a label in `by (…)` or `on (…)`, in any case of letters. Matchers can have them."""
RESERVED = (
    "slo",
    "service",
    "owner",
    "severity",
    "alertname",
    "below",
    "judged",
    "title",
    "target",
    "window",
    "draft",
    "le",
)
"""Labels that sloc or Prometheus sets, besides those that begin with `__`."""

UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
"""The whole seconds of a unit."""
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_PRECISION = 12
"""Significant digits of a number without a finite decimal; more than alerts can distinguish."""


@lru_cache(maxsize=4096)
def quote(text: str) -> str:
    """A PromQL string literal on one line. Escaped are characters that do not print, and U+FFFD, which no server reads."""
    return visible.quoted(text, _escape, besides=r"\xa0\ufffd")


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def replacement(text: str) -> str:
    """A text as what `label_replace` puts in: there, `$` would begin the name of a group."""
    return quote(text.replace("$", "$$"))


def selector(metric: str, matchers: Filter = ()) -> str:
    """`metric{label="value"}`; for a metric that is called like a keyword, `{__name__="on",label="value"}`."""
    if metric.lower() in NEVER_METRICS:
        return braced("", (Matcher("__name__", "=", metric), *matchers))
    return braced(metric, matchers)


def braced(metric: str, matchers: Filter, quoted: Callable[[str], str] = quote) -> str:
    """`metric{label="value"}`; a metric name with other characters is quoted in the braces.

    The language has it too, with texts that are `quoted` in its own way.
    """
    parts = [f"{m.label if LABEL.match(m.label) else quoted(m.label)}{m.op}{quoted(m.value)}" for m in matchers]
    if METRIC.match(metric) or not metric:
        return f"{metric}{{{','.join(parts)}}}" if parts else metric
    return "{" + ",".join([quoted(metric), *parts]) + "}"


def label_name(label: str) -> str:
    """A label name, quoted if it must be."""
    return label if LABEL.match(label) else quote(label)


def can_group(label: str) -> bool:
    """Whether `by` and `on` can name a label. Quotes do not help: Prometheus 3 drops them before it evaluates a rule."""
    return label.lower() not in NEVER_GROUPED


def rate(stream: Stream, window: str, function: str = "rate", modifier: str = "") -> str:
    """The per-second rate of each series of `stream` over `window`, as one vector; the modifier is one such as ` offset 5m`.

    A filter with one matcher becomes a matcher. An exclusion with several becomes a set difference, because the opposite
    of "a and b" is not "not a and not b".
    """
    return _united(stream, lambda selected: f"{function}({selected}[{window}]{modifier})")


def instant(stream: Stream, modifier: str = "") -> str:
    """The samples of each series of `stream`, as an instant vector with a modifier such as ` offset 5m`."""
    return _united(stream, lambda selected: selected + modifier)


def _united(stream: Stream, read: Callable[[str], str]) -> str:
    chosen, removed = _selected(stream)
    expr = " or ".join([read(selected) for selected in chosen])
    if not removed:
        return expr
    expr = f"({expr})" if len(chosen) > 1 else expr
    return " unless ".join([expr, *(read(selected) for selected in removed)])


@lru_cache(maxsize=64)
def _selected(stream: Stream) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The selectors whose series are selected, and those whose series are excluded. Rules of an SLO use them many times."""
    base = fixed(stream)
    choices = tuple([selector(stream.metric, base + choice) for choice in stream.any or ((),)])
    return choices, tuple([selector(stream.metric, base + f) for f in stream.none if len(f) > 1])


def fixed(stream: Stream) -> Filter:
    """The matchers of all its series: an exclusion with one matcher becomes the opposite matcher."""
    return stream.all + tuple([opposite(f[0]) for f in stream.none if len(f) == 1])


def is_simple(stream: Stream) -> bool:
    """Whether `rate` of it is a single call, without set operators."""
    return len(stream.any) < 2 and all(len(f) == 1 for f in stream.none)


def embedded(text: str, window: str = "") -> str:
    """Raw PromQL in parentheses, with a duration for its `$window`; a comment in it ends before the parenthesis."""
    filled = windowed(text.strip(), window)
    return f"({filled}\n)" if "#" in filled else f"({filled})"


@lru_cache(maxsize=8192)
def opposite(matcher: Matcher) -> Matcher:
    """The matcher that selects exactly the series that this one does not."""
    return Matcher(matcher.label, OPPOSITE[matcher.op], matcher.value)  # type: ignore[arg-type]  # OPPOSITE holds ops


@lru_cache(maxsize=1024)
def duration(seconds: int | Fraction) -> str:
    """A duration such as `1h30m`, `14d` or `4m59s999ms`, from seconds."""
    millis = int(seconds * 1000)
    parts = []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, millis = divmod(millis, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def seconds(text: str) -> int:
    """The seconds of a duration in whole units, such as `1h30m` or `2w`."""
    return sum(int(count) * UNITS[unit] for count, unit in re.findall(r"([0-9]+)([wdhms])", text))


@lru_cache(maxsize=1024)
def number(value: Decimal | Fraction | int) -> str:
    """A number as a decimal: exact if it is finite, else with 12 significant digits."""
    fraction = Fraction(value)
    rest = fraction.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    digits = 60 if rest == 1 else _PRECISION
    exact = _divide(fraction, digits)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal | Fraction) -> str:
    """A ratio as an exact percentage: 0.999 is `99.9%`."""
    return f"{number(share * 100)}%"


def rounded(value: Fraction) -> str:
    """A number for people, with four significant digits."""
    return number(Fraction(f"{float(value):.4g}"))


def _divide(fraction: Fraction, digits: int) -> Decimal:
    context = Context(prec=digits)
    return context.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def is_version_3(server: str) -> bool:
    """Whether Prometheus `server` has what came with version 3: quoted names and native histograms."""
    return int(server.partition(".")[0]) >= 3


def is_reserved(label: str) -> bool:
    """Whether users may not set this label."""
    return label in RESERVED or label.startswith("__")
