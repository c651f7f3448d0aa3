"""The alert chart: errors by their share and length, where a page or a ticket fires, and where the budget is gone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler import burn, promql
from slocompiler.explain import words
from slocompiler.ir import Alert, Burn, Exhausted, Remaining, Severity, Unmeasured
from slocompiler.record import record
from slocompiler.targets.docs.charts import svg
from slocompiler.targets.docs.charts.scale import SHARES, TIMES, Box, Log, spread, ticks, width, wrapped


@record
class Frame:
    """The size of the chart, and where its lines are drawn."""

    width: float
    height: float
    left: float
    right: float
    bottom: float
    beside: bool
    """Whether the lines have their names beside them; if not, below the chart."""


WIDE = Frame(width=720, height=380, left=64, right=500, bottom=320, beside=True)
NARROW = Frame(width=358, height=310, left=46, right=338, bottom=250, beside=False)
TOP = 34.0
SIZE = 13.0
ROW = 18.0
"""The height of a label at the end of a line."""
POINTS = 24
"""The number of points of a curved line."""
ABOVE = Fraction(1001, 1000)
"""A line does not fire at its own share yet: its first point is computed this much above it."""
DESCRIPTION = (
    "Both axes are logarithmic. The horizontal axis is the share of bad events, the vertical axis the time until an "
    "alert fires. Each line starts at the share above which its alert fires. In the area above a solid "
    "line, a page fires; above a dashed one, a ticket. On the dotted line, the whole budget is gone."
)


Lines = Sequence[tuple[Alert, list[tuple[float, float]]]]
"""Each alert line with its points: share of bad events, seconds."""
End = tuple[str, float, str]
"""The name of a line, the seconds at its right end, and its look."""


@lru_cache(maxsize=64)
def draw(
    name: str, alerts: tuple[Alert, ...], target: Decimal, period: int, unit: str, frame: Frame, slice_seconds: int = 0
) -> str:
    """The chart of these alerts, for a target and a window in seconds; `unit` is the noun for events.

    `slice_seconds` is the length of a slice of time, and 0 if events are counted.
    """
    budget = burn.budget(target)
    lines = [
        (line, _points(line, target, period, slice_seconds)) for line in alerts if not isinstance(line, Unmeasured)
    ]
    lines = [(line, points) for line, points in lines if points]
    quickest = min([float(points[-1][1]) for _, points in lines] + [float(budget * period)])
    across = Log(float(budget), 1.0, frame.left, frame.right)
    along = Log(quickest / 1.6, float(period), frame.bottom, TOP)
    gone = [(float(budget), float(period)), (1.0, float(budget * period))]
    body = "".join(_heat(severity, lines, across, along) for severity in ("ticket", "page"))
    body += _grid(across, along, unit) + svg.path([(across.at(bad), along.at(time)) for bad, time in gone], "edge")
    for line, points in lines:
        drawn = [(across.at(bad), along.at(time)) for bad, time in points]
        body += svg.path(drawn, f"line {line.severity}")
        body += svg.element("circle", cx=drawn[0][0], cy=drawn[0][1], r=4, class_=f"dot {line.severity}")
    body += _begins(lines, across, along)
    ends = _named_ends(lines, gone)
    body += _beside(ends, along, frame) if frame.beside else _below(ends, frame)
    height = frame.height + (0 if frame.beside else ROW * len(ends))
    title = f"Time until each alert fires, by share of bad {unit}"
    return svg.drawing(name, title, DESCRIPTION, frame.width, height, body)


def _points(line: Alert, target: Decimal, period: int, slice_seconds: int) -> list[tuple[float, float]]:
    """Shares of bad events in rising order, with the seconds until the line fires; none if it never fires."""
    budget = burn.budget(target)
    begin = burn.least(line, target, period, slice_seconds) * budget
    if isinstance(line, Burn):
        return [(float(begin), float(line.window)), (1.0, float(line.window * begin))] if begin < 1 else []
    if isinstance(line, Remaining):
        gone = (1 - Fraction(line.below)) * budget
        return [(float(gone), float(period)), (1.0, float(gone * period))]
    assert isinstance(line, Exhausted), "other lines have no share of bad events"
    if begin >= 1:
        return []
    steps = [Fraction(float(begin) ** (1 - n / POINTS)).limit_denominator(10**9) for n in range(1, POINTS)]
    found = []
    for bad in (begin, *steps, Fraction(1)):
        time = burn.detection(line, target, period, max(bad, begin * ABOVE), slice_seconds)
        if time is not None:
            found.append((float(bad), float(time)))
    return sorted(found)


def _grid(across: Log, along: Log, unit: str) -> str:
    left, right, bottom = across.begin, across.end, along.begin
    shares = ticks(SHARES, across, lambda share: width(words.percent(Fraction(share)), SIZE) + 14, (1.0,))
    times = ticks(reversed(TIMES), along, lambda _: 26.0)
    body = "".join(svg.line(x, TOP, x, bottom, "grid") for x in map(across.at, shares))
    body += "".join(svg.line(left, y, right, y, "grid") for y in map(along.at, times))
    body += "".join(
        svg.label(words.percent(Fraction(share)), across.at(share), bottom + 20, anchor="middle") for share in shares
    )
    body += "".join(svg.label(promql.duration(int(t)), left - 8, along.at(t) + 4, anchor="end") for t in times)
    body += svg.label("fires after", 0, TOP - 18, "quiet")
    return body + svg.label(f"share of bad {unit}", (left + right) / 2, bottom + 44, "quiet", "middle")


def _heat(severity: Severity, lines: Lines, across: Log, along: Log) -> str:
    """The area in which an alert of the severity fires: errors of that share that last so long."""
    outlines = []
    for line, points in lines:
        if line.severity == severity:
            edge = [(across.at(bad), along.at(time)) for bad, time in points]
            outlines.append([*edge, (across.end, TOP), (edge[0][0], TOP)])
    return svg.area(outlines, f"heat {severity}")


def _begins(lines: Lines, across: Log, along: Log) -> str:
    """The share above which each line fires, as a label at the start of the line if there is room."""
    body = ""
    taken: list[Box] = []
    for line, points in lines:
        if isinstance(line, Remaining):
            continue
        text = f"above {words.percent(Fraction(points[0][0]))}"
        x, y = across.at(points[0][0]) - 5, along.at(points[0][1]) + 16
        box: Box = (x - width(text, SIZE), y - SIZE, x, y + 4)
        if box[0] > across.begin and box[3] < along.begin and not any(_touch(box, other) for other in taken):
            taken.append(box)
            body += svg.label(text, x, y, anchor="end")
    return body


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _named_ends(lines: Lines, gone: list[tuple[float, float]]) -> list[End]:
    """Each line with the time at its right end, and the edge of the budget if no line is there."""
    ends: list[End] = [(_named(line), points[-1][1], line.severity) for line, points in lines]
    if not any(isinstance(line, Remaining) and line.below == 0 for line, _ in lines):
        ends.append(("budget exhausted", gone[-1][1], "edge"))
    return ends


def _beside(ends: list[End], along: Log, frame: Frame) -> str:
    """The name of each line at its right end."""
    wanted, right = [along.at(time) for _, time, _ in ends], frame.right
    placed = spread(wanted, [ROW] * len(ends), TOP - 10, max(frame.bottom + 10, TOP - 10 + ROW * len(ends)))
    body = ""
    for (text, _, class_), begin, y in zip(ends, wanted, placed, strict=True):
        body += svg.path([(right + 2, begin), (right + 14, y)], f"lead {class_}")
        body += svg.label(wrapped(text, SIZE, frame.width - right - 22, 1)[0], right + 18, y + 4, f"end {class_}")
    return body


def _below(ends: list[End], frame: Frame) -> str:
    """The name of each line below the chart, in the order of their right ends from the top."""
    body, y = "", frame.height
    for text, _, class_ in sorted(ends, key=lambda end: -end[1]):
        body += svg.path([(0, y), (36, y)], "edge" if class_ == "edge" else f"line {class_}")
        body += svg.label(wrapped(text, SIZE, frame.width - 44, 1)[0], 44, y + 4, f"end {class_}")
        y += ROW
    return body


def _named(line: Alert) -> str:
    if isinstance(line, Burn):
        share = promql.percent(line.share) if line.share else f"{promql.percent(line.ceiling or Decimal(0))} bad"
        return f"{line.severity}: {share} in {promql.duration(line.window)}"
    if isinstance(line, Exhausted):
        return f"{line.severity}: exhausted within {promql.duration(line.within)}"
    assert isinstance(line, Remaining), "a no-data line is not drawn"
    return f"{line.severity}: {f'below {promql.percent(line.below)}' if line.below else 'budget exhausted'}"
