"""Copies the body of a template, with values for its parameters and spans that know the `use`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.record import fields, replace
from slocompiler.resolve.interpolate import Filled
from slocompiler.resolve.raw import misplaced, substituted
from slocompiler.resolve.streams import Passed, Streams
from slocompiler.source import Reached, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.values import not_whole
from slocompiler.syntax.vocabulary import either

N = TypeVar("N", bound=t.Node)
Value = t.Literally | t.Selector | t.Filter
WORDS: dict[type, str] = {
    t.Text: "a string", t.Number: "a number", t.Duration: "a duration", t.Size: "a size", t.Percent: "a percentage",
    t.Date: "a date", t.Selector: "a stream", t.Filter: "a filter",
}  # fmt: skip  # a table
_BARE: dict[type, re.Pattern[str]] = {
    t.Number: lazy_pattern(r"[0-9]{1,9}(\.[0-9]{1,9})?"),
    t.Duration: lazy_pattern(r"[0-9]{1,6}(ms|s|m|h|d|w)"),
    t.Percent: lazy_pattern(r"[0-9]{1,2}(\.[0-9]{1,9})?%"),
    t.Date: lazy_pattern(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])"),
}
"""Texts that are certainly values of these kinds, without their quotes."""
FRACTIONS = (t.Bound, t.Comparison, t.Arg)
"""Nodes in which a duration may have fractions. An argument is checked where the template uses it."""
COUNTED = (t.Sum, t.Fold, t.Quotient, t.Comparison)
"""Nodes in which the tree accepts a filter only to report it."""


class Substitution:
    """Copies parts of one template for one `use` of it."""

    def __init__(
        self,
        template: t.Template,
        use: Span,
        values: Mapping[str, tuple[Value, Streams]],
        problems: list[Diagnostic],
    ) -> None:
        """`values` have the streams that their names refer to; a missing value is already reported."""
        self.values, self.problems = values, problems
        self.texts: dict[str, str | None] = {parameter.name.text: "" for parameter in template.parameters}
        self.texts |= {name: _as_text(value) for name, (value, _) in values.items()}
        """The texts of parameters in strings; None for streams and filters."""
        self.damaged: set[t.Statement] = set()
        """Copies of statements in which a parameter remains: it has no value, or one that does not fit."""
        self._left = 0
        self.use, self.because = use, f"the template `{template.name.text}` is used here"

    def statement(self, item: t.Statement) -> t.Statement:
        """A copy of one of the template's statements."""
        before = self._left
        copy = self.copy(item)
        if self._left > before:
            self.damaged.add(copy)
        return copy

    def copy(self, node: N) -> N:
        """`node` with values for parameters; a parameter without a fitting value remains, and is reported."""
        kind = type(node)
        copied: list[Any] = [self._reached(node.span)]
        for name in fields(kind)[1:]:
            value = getattr(node, name)
            if isinstance(value, t.Node):
                value = self._put(value, kind, name)
            elif type(value) is tuple:
                value = tuple(self._put(x, kind, name) if isinstance(x, t.Node) else x for x in value)
            copied.append(value)
        if isinstance(node, t.Promql):
            values = {name: value for name, (value, _) in self.values.items()}
            self.problems += misplaced(t.Promql(copied[0], node.text), values, self.texts)
            copied[1] = substituted(node, values, self.texts)
        if kind is t.Text and "${" in copied[1]:
            return cast(N, Filled(copied[0], copied[1], self.texts))
        return kind(*copied)

    def _reached(self, span: Span) -> Span:
        return Reached(span.source, span.start, span.end, self.use, self.because)

    def _put(self, node: t.Node, kind: type, field: str) -> t.Node:
        """The copy of a field of a node of `kind`, or the value for its parameter."""
        param = node.name if isinstance(node, t.Selector) else node
        if isinstance(param, t.Param) and kind is not t.Selector:  # the selector was tried as a whole
            value = self._value(param, node, kind, field)
            self._left += value is None
            return value or self.copy(node)
        return self.copy(node)

    def _value(self, param: t.Param, node: t.Node, kind: type, field: str) -> t.Node | None:
        if param.name not in self.values:
            return None  # reported where the template is declared
        value, streams = self.values[param.name]
        span = self._given(value.span, param)
        if type(value) not in _fitting(kind, field):
            wanted = either([word for one, word in WORDS.items() if one in _fitting(kind, field)])
            given = next(word for one, word in WORDS.items() if isinstance(value, one))
            message = f"`${param.name}` must be {wanted}, and this is {given}"
            quoted = value.value if isinstance(value, t.Text) else ""
            bare = quoted if any(_BARE[one].fullmatch(quoted) for one in _fitting(kind, field) & _BARE.keys()) else ""
            help = f"write `{bare}`, without quotes" if bare else ""
            fixes = edits(f"write `{bare}`", (value.span, bare)) if bare else ()
            self.problems.append(Diagnostic("E305", message, span, help=help, fixes=fixes))
            return None
        narrowed = node.filter if isinstance(node, t.Selector) else None
        if isinstance(value, t.Selector):
            more, of = self.copy(narrowed) if narrowed else None, _anew(value, lambda span: span)
            return Passed(self._reached(node.span), value.name, more, of, streams)
        if narrowed:
            message = f"`${param.name}` is followed by braces, and this is not a stream"
            self.problems.append(Diagnostic("E305", message, span, help="write all matchers in one filter"))
            return None
        fault = not_whole(value.span.text, value) if isinstance(value, t.Duration) and kind not in FRACTIONS else ""
        if fault:
            self.problems.append(Diagnostic("E107", fault, span))
            return None
        return _anew(value, lambda span: self._given(span, param))

    def _given(self, value: Span, param: t.Param) -> Span:
        """The span of an argument, reached from the parameter, and from where it was reached before."""
        here = param.span
        by = Reached(here.source, here.start, here.end, value.by, value.because) if isinstance(value, Reached) else here
        return Reached(value.source, value.start, value.end, by, f"the template uses `${param.name}` here")


def _anew(node: N, span_of: Callable[[Span], Span]) -> N:
    """A copy of an argument for one of its uses, which is checked by itself."""
    copied: dict[str, Any] = {"span": span_of(node.span)}
    for name in fields(type(node))[1:]:
        value = getattr(node, name)
        if isinstance(value, t.Node):
            copied[name] = _anew(value, span_of)
        elif type(value) is tuple:
            copied[name] = tuple(_anew(x, span_of) if isinstance(x, t.Node) else x for x in value)
    return replace(node, **copied)


def _as_text(value: Value) -> str | None:
    if isinstance(value, t.Text):
        return value.value
    return None if isinstance(value, t.Selector | t.Filter) else value.span.text


@cache
def _fitting(kind: type, field: str) -> frozenset[type]:
    """The kinds of values that a field of the tree allows, by its type hints."""
    found: set[type] = set()
    hints = [get_type_hints(kind)[field]]
    while hints:
        hint = hints.pop()
        hints += get_args(hint)
        if isinstance(hint, type) and hint in WORDS:
            found |= {hint, Filled, Passed} & {hint, *hint.__subclasses__()}
    return frozenset(found - {t.Filter} if kind in COUNTED else found)
