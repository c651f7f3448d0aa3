"""What an alert on a burn rate says: the ratio that it compares, the target, and its lines."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite

from slocompiler.importers.document import Field
from slocompiler.importers.query import Halves, Query, bare, parsed, split, windows, with_window
from slocompiler.ir import Filter
from slocompiler.promql import duration, number, seconds, selector
from slocompiler.promql.node import Node
from slocompiler.promql.tree import all_of
from slocompiler.record import record
from slocompiler.regex.sets import never

_USUAL = {3600: Decimal("14.4"), 21_600: Decimal(6), 86_400: Decimal(3), 259_200: Decimal(1)}
"""The burn rates of the SRE Workbook by their windows, in seconds, for a window of 30 days."""
_PERIODS = tuple(days * 86_400 for days in (30, 28, 7, 90, 14))
_LARGEST = 10**6
"""The largest number that can be a factor, a budget or a part of them. The digits of larger ones would not suffice."""
_OPERATIONS = {"*": operator.mul, "-": operator.sub, "+": operator.add, "/": operator.truediv}
_PAGES = ("page", "critical", "sev1", "p1")


@record
class Line:
    """A burn rate over a window, in seconds."""

    severity: str
    factor: Decimal
    window: int

    def share(self, period: int) -> Decimal:
        """The percentage of a budget for a period in seconds that it spends in its window."""
        return round(self.factor * self.window * 100 / period, 4)

    def period(self, lines: Iterable[Line], otherwise: int) -> int:
        """The window of an SLO, in which all lines spend whole percents of the budget; `otherwise` if there is none."""
        fits = [one for one in (otherwise, *_PERIODS) if all(line.share(one) % 1 == 0 for line in lines)]
        return fits[0] if fits else otherwise

    def written(self, period: int) -> str:
        """The line in the language."""
        needs = " needs 1 bad events" if self.severity == "page" else ""
        return f"{self.severity} at {number(self.share(period))}% of budget in {duration(self.window)}{needs}"


@record
class Recorded:
    """A recorded ratio, with a placeholder for the window in its expression, and the labels that its rule sets."""

    ratio: str
    window: int
    labels: Filter


Known = Mapping[str, Sequence[Recorded]]
"""The ratios that each recorded name has, by the labels of their rules."""


@record
class Told:
    """What an alert says about a ratio."""

    ratio: str
    """Its expression, with a placeholder for the window."""
    target: Decimal | None
    """The target, as a share; None if no number says it."""
    lines: tuple[Line, ...]


@record
class _Compared:
    """A ratio that is compared with a number: `ratio > factor * budget`, or with their product."""

    ratio: str
    window: int
    factor: Decimal | None
    budget: Decimal | None
    limit: Decimal | None


def told(rule: Field, recorded: Known, matched: list[str]) -> Iterator[Told]:
    """What an alert says, once for each ratio. `matched` gets the selectors that look at some of the values only."""
    found = dict[str, list[list[_Compared]]]()
    for choice in _operands(rule.get("expr").text, "or"):
        every = [_compared(one, recorded, matched) for one in _operands(_plain(choice), "and")]
        both = [one for one in every if one]
        if both:
            found.setdefault(both[0].ratio, []).append(both)
    severity = "page" if rule.get("labels").first("sloth_severity", "severity").text.lower() in _PAGES else "ticket"
    for ratio, choices in found.items():
        pairs = [_line(both, severity) for both in choices]
        budgets = {budget for budget, _ in pairs if budget}
        lines = tuple([line for _, line in pairs if line])
        if lines:
            yield Told(ratio, 1 - min(budgets) if budgets else None, lines)


def _line(both: list[_Compared], severity: str) -> tuple[Decimal | None, Line | None]:
    """The budget and the line of ratios over a long and a short window that are compared with the same number."""
    long = max(both, key=lambda one: one.window)
    factor, budget = long.factor, long.budget
    usual = _USUAL.get(long.window)
    if factor is None and usual and long.limit:
        budget = long.limit / usual
        factor = usual if budget * 100_000 % 1 == 0 else None
    if factor is None or not (budget is None or 0 < budget < 1):
        return None, None
    return round(budget, 10) if budget else None, Line(severity, factor, long.window)


def _operands(text: str, operator: str) -> list[str]:
    """The operands of a chain of `and` or `or`, without what they match by."""
    text = _plain(text)
    cut = split(text)
    if not cut or cut[1] != operator:
        return [text]
    right = re.sub(r"^(?:on|ignoring)\s*\([^)]*\)\s*(?:group_(?:left|right)\s*(?:\([^)]*\))?)?", "", cut[2])
    return [*_operands(cut[0], operator), *_operands(right, operator)]


def _plain(text: str) -> str:
    """An expression without parentheses, and without an aggregation of the result, around it."""
    while True:
        before, text = text, bare(text)
        found = parsed(text)
        if (
            isinstance(found, Query)
            and found.node.kind == "aggregation"
            and found.node.name in ("max", "min", "sum", "avg")
        ):
            text = re.sub(r"^\w+\s*(?:(?:by|without)\s*\([^)]*\))?\s*", "", text)
            text = (
                re.sub(r"\s*(?:by|without)\s*\([^)]*\)$", "", text)
                if text.endswith(")") and bare(text) == text
                else text
            )
        if text == before:
            return text


def _compared(text: str, recorded: Known, matched: list[str]) -> _Compared | None:
    """A comparison of a ratio; None for anything else."""
    cut, whole = split(_plain(text)), parsed(text)
    if not cut or cut[1] not in (">", ">=") or not isinstance(whole, Query):
        return None
    left, right = parsed(_plain(cut[0])), whole.node.parts[-1]
    if not isinstance(left, Query):
        return None
    known = _selected(left.node, recorded, matched) if left.node.kind == "selector" else as_ratio(left.text)
    if known is None:
        return None
    factor, budget = _product(right)
    return _Compared(known[0], known[1], factor, budget, _number(right))


def _selected(node: Node, recorded: Known, matched: list[str]) -> tuple[str, int] | None:
    """The ratio and the window of the recorded series that a selector selects; None if they have several ratios."""
    found = [one for one in recorded.get(node.name, ()) if _is_selected(one, node.matchers)]
    if len({(one.ratio, one.window) for one in found}) != 1:
        return None
    set_by_rules = {matcher.label for matcher in found[0].labels}
    rest = tuple([matcher for matcher in node.matchers if matcher.label not in set_by_rules])
    matched += [selector("", rest)] if rest else []
    return found[0].ratio, found[0].window


def _is_selected(one: Recorded, matchers: Filter) -> bool:
    return not any(x.label == y.label and never((x, y)) for x in matchers for y in one.labels)


def _product(node: Node) -> tuple[Decimal | None, Decimal | None]:
    """The factor and the budget of `14.4 * 0.001`; only the factor, if the budget is no number."""
    if node.kind != "operation" or node.name != "*":
        return None, None
    numbers = sorted(filter(None, map(_number, node.parts)))
    if len(numbers) == 2 and numbers[0] < 1 <= numbers[1]:
        return numbers[1], numbers[0]
    return (numbers[0], None) if len(numbers) == 1 and numbers[0] >= 1 else (None, None)


def _number(node: Node) -> Decimal | None:
    """The value of an expression of numbers, exactly as they are written; None beyond _LARGEST."""
    found = None
    if node.kind == "number":
        found = Decimal(str(node.number)) if isfinite(node.number) else None
    elif node.kind == "operation" and node.name in _OPERATIONS:
        left, right = map(_number, node.parts)
        found = None if left is None or right is None or not right else _OPERATIONS[node.name](left, right)
    return found if found is not None and abs(found) <= _LARGEST else None


def as_ratio(text: str) -> tuple[str, int] | None:
    """An expression that divides events of one window, with MARK for it, and the window in seconds; None for any other."""
    found = windows(text)[1]
    if len(found) != 1 or "[" not in Halves(text).total:
        return None  # a ratio of a ratio and its budget counts no events
    query = parsed(with_window(text))
    is_counted = isinstance(query, Query) and any(node.name in ("rate", "increase") for node in all_of(query.node))
    return (with_window(text).strip(), seconds(found.pop())) if is_counted else None
