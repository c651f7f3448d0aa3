"""`except`: incidents that do not count. While one lasts, zeros are recorded; what was recorded is subtracted afterwards.

Both are in the rules, whenever they are loaded: what was recorded as zero is not subtracted a second time. An incident
leaves a window piece by piece, so its pieces are short; each is there only while the window has it. A piece that the
server does not keep any more has no result, and the others are subtracted all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler import promql
from slocompiler.ir import Excepted, Slo
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.prometheus.series import folded, history, over_time
from slocompiler.targets.shared import Options

PIECES = 24
"""How many pieces of an exception leave a window one after the other, and a few more for what is counted late."""
NUMBER = "__piece__"
"""The label that tells the pieces apart until they are added."""


def masked(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, or 0 while an exception lasts and rates still see it: zeros keep counts and coverage right."""
    after = schedule.tail(slo, options)
    for one in slo.exceptions:
        if not one.filter:
            expr = f"({expr})\n* ((time() < bool {one.begin}) + (time() >= bool {one.end + after}))"
    some = [one for one in slo.exceptions if one.filter]
    return f"{_without(some, f'({expr})', after)}\nor 0 * ({expr})" if some else expr


def without(slo: Slo, expr: str, after: int) -> str:
    """`expr`, which has the labels of `per`, with no result for what is excepted, and for `after` seconds afterwards."""
    return _without(slo.exceptions, expr, after)


def _without(some: Iterable[Excepted], expr: str, after: int) -> str:
    return "\nunless ".join([expr, *(_lasts(one, after) for one in some)])


def _lasts(of: Excepted, after: int) -> str:
    """What to match with: no labels but those of its filter, while an exception lasts and `after` seconds more."""
    lasts = schedule.between(of.begin, of.end + after)
    for one in of.filter:
        lasts = f'label_replace({lasts}, {promql.quote(one.label)}, {promql.replacement(one.value)}, "", "")'
    return f"on({', '.join(promql.label_name(one.label) for one in of.filter)}) {lasts}"


def summed(slo: Slo, name: str, window: int, options: Options) -> str:
    """The sum of a series of counts over a window in seconds, without what is excepted in it."""
    if not slo.exceptions:
        return over_time("sum", name, slo, f"[{promql.duration(window)}]")
    every = f"sum_over_time({history(name, slo)}[{promql.duration(window)}])"
    pieces = "".join(f"\n  or {piece}" for piece in _pieces(slo, name, window, options))
    return f"clamp_min({folded(slo, 'sum', f'{every}{pieces}')}, 0)"


def _pieces(slo: Slo, name: str, window: int, options: Options) -> Iterator[str]:
    """What is subtracted, with a label that makes each piece a series of its own."""
    number = 0
    for one in slo.exceptions:
        for begin, end in _parts(one, slo, options):
            number += 1
            over = promql.duration(end - begin - schedule.MOMENT)
            counted = f"-1 * sum_over_time({history(name, slo, one.filter)}[{over}] @ {end})"
            there = f"{counted} and on() {schedule.between(begin, end + window)}"
            yield f'label_replace({there}, "{NUMBER}", "{number}", "", "")'


def _parts(of: Excepted, slo: Slo, options: Options) -> Iterator[tuple[int, int]]:
    """The begin and the end of each piece, in seconds since the epoch; a count holds events until a while after them."""
    step = schedule.rollup(slo)
    length = max(1, -(-(of.end - of.begin) // (PIECES * step))) * step
    last = of.end + schedule.tail(slo, options) + step
    for begin in range(of.begin, last, length):
        yield begin, min(begin + length, last)
