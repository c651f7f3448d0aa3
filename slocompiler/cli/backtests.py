"""The options of backtests, and the replays of two sides, for `sloc backtest` and `sloc diff --backtest`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import reduce, wraps
from typing import Any, NamedTuple

import click

from slocompiler.burn import DAY, HOUR, LADDER
from slocompiler.cli import declared
from slocompiler.cli.connection import Served
from slocompiler.cli.durations import Duration
from slocompiler.cli.messages import say
from slocompiler.cli.sides import Compiled
from slocompiler.cli.zones import ZoneType
from slocompiler.formats.markdown import text as in_markdown
from slocompiler.ir import Program, Slo
from slocompiler.live import backtest_formats, backtest_json, tiles
from slocompiler.live.backtest import Compared, Unknown, replayed, tried
from slocompiler.live.backtest_formats import View
from slocompiler.live.complaints import by_slo
from slocompiler.live.questions import Asking, answered, together
from slocompiler.live.shifts import FEW, Shifts
from slocompiler.promql import seconds
from slocompiler.record import record
from slocompiler.visible import visible

LONGEST = 400 * DAY
MOST = 20_000
"""Characters of a backtest in the comment of a pull request, which has space for what changes, too."""
MEANINGS = (
    "target",
    "window",
    "indicator",
    "exclude_when",
    "maintenance",
    "exceptions",
    "per",
    "overrides",
    "alerts",
    "policy",
)
"""What of an SLO a backtest depends on."""


class TargetsType(click.ParamType[tuple[Decimal, ...]]):
    """Targets such as `99,99.5%`, as shares of 1."""

    name = "targets"

    def convert(
        self, value: object, parameter: click.Parameter | None, context: click.Context | None
    ) -> tuple[Decimal, ...]:
        """The targets."""
        try:
            found = tuple(Decimal(one.strip().removesuffix("%")) / 100 for one in str(value).split(","))
        except InvalidOperation:
            found = ()
        if not found or not all(0 < one < 1 for one in found):
            self.fail(f"`{value}`: write targets between 0% and 100%, such as 99,99.5", parameter, context)
        return found


class ShiftsType(click.ParamType[Shifts]):
    """Shifts such as `12h@08:00Europe/Berlin`; in UTC if no time zone is given."""

    name = "shifts"
    _FORM = re.compile(r"([0-9]{1,6}[wdhms])@([01][0-9]|2[0-3]):([0-5][0-9])(.*)")

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> Shifts:
        """The shifts."""
        text = str(value)
        found = self._FORM.fullmatch(text)
        if not found:
            self.fail(f"`{text}`: write when shifts begin, such as 12h@08:00Europe/Berlin", parameter, context)
        length = seconds(found[1])
        if not length or length % HOUR or DAY % length:
            self.fail(
                f"`{found[1]}`: shifts of whole hours have to fill a day, such as 24h, 12h or 8h", parameter, context
            )
        zone = ZoneType().convert(found[4] or "UTC", parameter, context)
        return Shifts(length, 60 * int(found[2]) + int(found[3]), zone, text)


@record
class Settings:
    """What the options of a backtest say."""

    over: int | None
    """How far back, in seconds; None is the window of each SLO."""
    targets: tuple[Decimal, ...] | None
    """Those that are tried; None are usual ones."""
    shift: Shifts | None
    pages_a_shift: int


over_option = declared.option(
    "--over", type=lambda: Duration(LONGEST), help="How far back; by default the window of each SLO."
)
targets_option = declared.option(
    "--targets",
    type=TargetsType,
    metavar="P,…",
    help="The targets to try, such as 99,99.5; else usual ones from 90% up.",
)
shift_option = declared.option(
    "--shift",
    type=ShiftsType,
    metavar="HOURS@TIME",
    help="When shifts begin, such as 12h@08:00Europe/Berlin; else the busiest 12 hours count as one.",
)
_OPTIONS = (
    over_option,
    targets_option,
    shift_option,
    declared.option(
        "--pages-a-shift",
        type=lambda: click.IntRange(0),
        default=FEW,
        show_default=True,
        help="How many pages of an SLO a shift can bear.",
    ),
)


def backtesting(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: the options of backtests. The command gets them as one argument, `settings`."""

    @wraps(command)
    def with_settings(*arguments: Any, **values: Any) -> Any:
        names = ("over", "targets", "shift", "pages_a_shift")
        return command(*arguments, settings=Settings(**{key: values.pop(key) for key in names}), **values)

    return reduce(lambda function, option: option(function), reversed(_OPTIONS), with_settings)


class Found(NamedTuple):
    """The replays of all SLOs that differ, on all servers."""

    slos: list[Compared]
    unknown: list[Unknown]
    same: int
    """The number of SLOs that do not differ."""
    view: View
    servers: tuple[str, ...]
    """Their addresses, without passwords."""

    def text(self) -> str:
        """Paragraphs and a summary for terminals."""
        parts = backtest_formats.as_text(self.slos, self.view)
        return "\n\n".join(part for part in (*parts, "\n".join(self._last(f" on {', '.join(self.servers)}"))) if part)

    def markdown(self) -> str:
        """Sections and a summary. It has no address: comments are public where logs are not."""
        return "\n\n".join((*backtest_formats.as_markdown(self.slos, self.view), *self._noted()))

    def folded(self) -> str:
        """The same for the comment of a pull request: the summary, and as many sections as have space, folded."""
        *notes, last = self._noted()
        parts, left = list[str](), MOST - sum(map(len, notes))
        for part in backtest_formats.as_markdown(self.slos, self.view):
            left -= len(part)
            if left < 0:
                parts.append("More is not shown, because a comment has a limit. `sloc backtest` prints all.")
                break
            parts.append(part)
        more = "\n\n".join((*parts, *notes))
        details = f"\n<details><summary>The past of each SLO</summary>\n\n{more}\n\n</details>\n" if more else ""
        return f"**Backtest of what differs:** {last}\n{details}"

    def data(self, now: int) -> dict[str, Any]:
        """The same for programs."""
        return backtest_json.data(self.slos, self.unknown, self.view, now)

    def _noted(self) -> list[str]:
        return [in_markdown(line) for line in self._last("")]

    def _last(self, where: str) -> list[str]:
        summary = backtest_formats.summary(self.slos, self.same, self.view.compares, where)
        return [*backtest_formats.not_replayed(self.unknown), summary]

    def too_many_pages(self) -> bool:
        """Whether a shift of an SLO has more pages than it can bear, and more above that than before: says which."""
        worse = []
        for one in self.slos:
            before, after = (backtest_formats.busy(side, self.view) for side in (one.before, one.after))
            if after.excess(self.view.limit) > before.excess(self.view.limit):
                worse.append((one, after))
        for one, after in worse:
            say(visible(f"sloc: pages: {backtest_formats.too_many(one.after, after, self.view)} (--fail-on)"), err=True)
        return bool(worse)


def backtested(
    sides: tuple[Compiled, Compiled | None], programs: tuple[Program, Program | None], servers: Sequence[Served],
    now: int, settings: Settings,
) -> Found:  # fmt: skip  # HEAD first; the programs are those of the sides
    """Replay the SLOs of HEAD, with BASE only those that differ, on the servers of HEAD."""
    after, earlier = programs
    found: list[Compared | Unknown] = []
    same = 0
    for served in servers:
        chosen = _changed(served, earlier)
        same += len(served.program.slos) - len(chosen)
        askings = [tried(slo, _compared((slo, old), sides, now, settings)) for slo, old in chosen]
        found += answered(together(askings), served.answer)
    known = [one for one in found if isinstance(one, Compared)]
    unknown = [one for one in found if isinstance(one, Unknown)]
    view = View(earlier is not None, settings.targets or (), settings.shift, settings.pages_a_shift, by_slo(after))
    return Found(known, unknown, same, view, tuple(dict.fromkeys(one.url for one in servers)))


def _changed(served: Served, earlier: Program | None) -> list[tuple[Slo, Slo | None]]:
    """The SLOs to replay, each with what it was before; with BASE only those that differ."""
    known = {slo.id: slo for slo in served.here(earlier).slos} if earlier else {}
    pairs = [(slo, known.get(slo.id)) for slo in served.program.slos]
    return [
        (slo, old) for slo, old in pairs if old is None or any(getattr(slo, of) != getattr(old, of) for of in MEANINGS)
    ]


def _compared(
    pair: tuple[Slo, Slo | None], sides: Sequence[Compiled | None], now: int, settings: Settings
) -> Asking[Compared]:
    length = settings.over or max(slo.window for slo in pair if slo)
    asked = [
        replayed(slo, side.project.options(), now - length, tiles.latest(now), settings.targets or LADDER)
        for slo, side in zip(pair, sides, strict=True)
        if slo and side
    ]
    after, *before = yield from together(asked)
    return Compared(before[0] if before else None, after)
