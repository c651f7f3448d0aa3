"""The types of PromQL: what functions, aggregations and operators take."""

from __future__ import annotations

from typing import Literal, NamedTuple

from slocompiler.promql.functions import AGGREGATIONS, Function, Type
from slocompiler.promql.lexer import Token, refused
from slocompiler.promql.node import COMPARISONS, SETS, Labels, Node

_TYPES: dict[Type, str] = {
    "vector": "an instant vector",
    "range": "a range such as `x[5m]`",
    "scalar": "a number",
    "string": "a string",
}


class Operand(NamedTuple):
    """A node with the offsets of its text, and whether parentheses, an offset or `@` are around or behind it."""

    node: Node
    start: int
    end: int
    is_wrapped: bool = False
    has_offset: bool = False
    has_time: Literal["", "fixed", "edge"] = ""
    """`@` with a number, or with `start()` or `end()`."""

    @property
    def takes_modifiers(self) -> bool:
        """Whether an offset and `@` can stand behind it."""
        return self.node.kind in ("selector", "range", "subquery") and not self.is_wrapped


def aggregation(name: str, arguments: list[Operand], kept: Labels | None, start: int, end: int) -> Operand:
    """An aggregation of its last argument; the first one is the parameter, for those that have one."""
    wanted: list[Type] = [needed for needed in (AGGREGATIONS[name],) if needed] + ["vector"]
    if len(arguments) != len(wanted):
        raise refused(f"`{name}` takes {_count(len(wanted))}, and has {len(arguments)}", start, end)
    for argument, needed in zip(arguments, wanted, strict=True):
        _expect(name, argument, needed)
    parts = tuple([argument.node for argument in reversed(arguments)])
    return Operand(Node("aggregation", name, "vector", parts, labels=kept), start, end)


def call(name: str, function: Function, arguments: list[Operand], start: int, end: int) -> Operand:
    """A call of a function."""
    most = len(function.arguments) + max(function.repeats, 0)
    least = len(function.arguments) - function.optional
    if len(arguments) < least or (len(arguments) > most and function.repeats >= 0):
        counted = _count(least) if least == most else f"{'at least' if len(arguments) < least else 'at most'} "
        counted += "" if least == most else _count(least if len(arguments) < least else most)
        raise refused(f"`{name}` takes {counted}, and has {len(arguments)}", start, end)
    for index, argument in enumerate(arguments):
        _expect(name, argument, function.arguments[min(index, len(function.arguments) - 1)])
    return Operand(Node("call", name, function.returns, tuple([one.node for one in arguments])), start, end)


def negation(sign: str, of: Operand, start: int) -> Operand:
    """An operand with a sign before it."""
    if of.node.type not in ("scalar", "vector"):
        raise refused(f"`{sign}` needs a number or an instant vector, not {_TYPES[of.node.type]}", of.start, of.end)
    if of.node.kind == "number" and not of.is_wrapped:
        number = -of.node.number if sign == "-" else of.node.number
        return Operand(of.node._replace(number=number), start, of.end)
    return Operand(Node("negation", sign, of.node.type, (of.node,)), start, of.end)


def operation(node: Node, token: Token) -> None:
    """Raise Refused for an operation whose sides or modifiers do not fit its operator."""
    name, types = node.name, [part.type for part in node.parts]
    wrong = ""
    other = next((one for one in types if one not in ("scalar", "vector")), None)
    if other:
        wrong = f"`{name}` needs numbers and instant vectors, not {_TYPES[other]}"
    elif node.is_bool and name not in COMPARISONS:
        wrong = f"`bool` only goes with a comparison, not with `{name}`"
    elif types == ["scalar", "scalar"] and name in COMPARISONS and not node.is_bool:
        wrong = f"two numbers are compared with `{name} bool`"
    elif "scalar" in types and name in SETS:
        wrong = f"`{name}` needs instant vectors on both sides"
    elif "scalar" in types and node.labels and node.labels.names:
        wrong = "`on` and `ignoring` need instant vectors on both sides"
    elif name in SETS and node.many:
        wrong = f"`group_{node.many}` does not go with `{name}`"
    elif node.labels and node.labels.keeps and set(node.labels.names) & set(node.added):
        wrong = f"the same label in `on` and in `group_{node.many}`"
    if wrong:
        raise refused(wrong, token.at, token.end)


def _expect(name: str, argument: Operand, needed: Type) -> None:
    if argument.node.type != needed:
        given = _TYPES[argument.node.type]
        raise refused(f"`{name}` needs {_TYPES[needed]}, not {given}", argument.start, argument.end)


def _count(count: int) -> str:
    return f"{count} argument" + ("s" if count != 1 else "")
