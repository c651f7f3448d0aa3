"""The values of the syntax tree: names, literals and parameters, each with its span."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from slocompiler.record import record
from slocompiler.source import Span


@record
class Node:
    """Anything with a span."""

    span: Span

    @property
    def intact(self) -> bool:
        """Whether no syntax error is inside it or at its ends: only then may it be checked."""
        return not self.span.source.damage or self.span.intact

    @property
    def is_stand_in(self) -> bool:
        """Whether recovery inserted it for something that is missing, which is reported already."""
        return self.span.start == self.span.end


# Values


@record
class Name(Node):
    """An identifier, such as the name of a service, a stream, a label or a metric."""

    text: str


@record
class Text(Node):
    """A string with its escapes decoded; `${…}` is still in it."""

    value: str


@record
class Param(Node):
    """`$name`, inside a template."""

    name: str


@record
class Percent(Node):
    """A percentage as an exact ratio: 0.1% is 0.001."""

    ratio: Decimal


@record
class Duration(Node):
    """A duration in seconds: whole seconds, except in bounds and conditions."""

    seconds: Decimal


@record
class Number(Node):
    """A plain number."""

    value: Decimal


@record
class Size(Node):
    """A size in bytes."""

    bytes: Decimal


@record
class Date(Node):
    """A date."""

    value: date


@record
class Moment(Node):
    """A moment in seconds since the epoch."""

    seconds: int


@record
class Calendar(Node):
    """`calendar month`: parsed so that it can be rejected with a reason."""

    unit: Name


@record
class Promql(Node):
    """Raw PromQL, without its back-quotes."""

    text: str


PercentLike = Percent | Param
DurationLike = Duration | Param
TextLike = Text | Param
Quantity = Duration | Number | Size | Percent | Param
Literally = Text | Number | Duration | Size | Percent | Date


def text_of(name: Name | Text) -> str:
    """A name, whether written with or without quotes."""
    return name.text if isinstance(name, Name) else name.value
