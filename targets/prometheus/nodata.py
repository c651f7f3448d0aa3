"""The condition of `SLONoData`: each way to know that data is missing, with its words. A service without traffic has data."""

from __future__ import annotations

from fractions import Fraction

from slocompiler import burn, jobs, promql
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import (
    Matcher,
    NoData,
    Proof,
    Raw,
    RawCondition,
    Slices,
    Slo,
    Through,
)
from slocompiler.promql.strings import windowed
from slocompiler.targets.prometheus import exclusion, schedule
from slocompiler.targets.prometheus.branch import Branch, first_of
from slocompiler.targets.prometheus.series import history, over_time, series, up
from slocompiler.targets.prometheus.unclassified import unsorted
from slocompiler.targets.shared import Options
from slocompiler.visible import shown

RESTART = 2 * burn.MINUTE
"""How long data is absent after a restart of Prometheus: a rate needs two scrapes."""
BUSY = 9
"""The number of events in five minutes above which a service is not idle."""
FULL = Fraction(94, 100)
"""The share of a day's counts that has to be there to say that it had no idle time."""
MEANT = ("or", "unless", "absent", "absent_over_time")
"""The words of a query that has a meaning for absent data."""


def branches(slo: Slo, line: NoData) -> list[Branch]:
    """Every way to know that data is missing; none if the SLO says that data may be missing, and nothing proves more."""
    if line.of_one:
        return [_gone_of_one(slo, line)]
    verdict = slo.indicator.missing if isinstance(slo.indicator, Slices) else "ignored"
    if verdict == "bad":
        return [
            Branch(expr + _unless(slo, line), (Code(shown(of)), " is absent", *_except(line)))
            for of, expr in _absent_of_condition(slo)
        ]
    found = [_gone_unproved(slo, line)] if line.unless else _gone_with_target(slo, line)
    if verdict == "ignored":
        found = [_never(slo), *found, *([] if line.unless else [_gone_after_a_busy_day(slo)])]
    return found if isinstance(slo.indicator, Slices) else [*unsorted(slo), *found]


def in_words(slo: Slo, line: NoData) -> list[Phrase]:
    """When the alert fires, and when it fires later than its line says: `fires if …`."""
    found: list[Phrase] = [("fires if ", *branch.when) for branch in branches(slo, line)]
    return [*found, rest] if (rest := otherwise(slo, line)) else found


def otherwise(slo: Slo, line: NoData) -> Phrase:
    """What happens if data is missing in another way than those of `branches`, and why; empty if that is impossible."""
    if line.of_one:
        return ("does not fire for a value that is new or was idle, nor for more than a day",)
    indicator, fixed = slo.indicator, jobs.of(slo.indicator)
    up = "a target that is up may have no events" if fixed else "without a fixed `job`, no events may mean no users"
    if isinstance(indicator, Through):
        up = "no journeys may mean no users"
    if isinstance(indicator, Slices) and indicator.missing == "bad":
        silent = not branches(slo, line)
        return ("never fires, because the condition decides what absent data means",) if silent else ()
    if not isinstance(indicator, Slices):
        because: Phrase = ("because ", up)
        if line.unless:
            return ("fires a day later if the events are gone while ", _proof(line.unless))
        return ("fires a day later if the events are gone in another way, ", *because)
    because = ("because the SLO says ", Code(f"no data is {indicator.missing}"))
    if indicator.missing == "ignored":
        return ("fires a day later if the data is gone in another way, ", *because)
    if line.unless:
        return ("does not fire while ", _proof(line.unless))
    return ("does not fire while a target is up, " if fixed else "never fires, ", *because)


def condition(slo: Slo, line: NoData, options: Options) -> str:
    """Data is missing; "" if nothing shows that. The value is the number of the first branch that holds, from 1."""
    found = branches(slo, line)
    if not found:
        return ""
    expr = f"1 + 0 * ({found[0].expr})" if line.of_one else first_of(found)  # which value it is remains as a label
    return exclusion.silenced(slo, expr, options)


def job(slo: Slo) -> dict[str, str]:
    """The label `job` of an alert about an SLO that fixes one, by which `SLODown` inhibits it; of several, all names."""
    fixed = jobs.of(slo.indicator)
    return {"job": ", ".join(fixed)} if fixed else {}


def waits(slo: Slo, line: NoData) -> int:
    """How long the condition has to hold, in seconds: the rest of the time that the line names."""
    late = schedule.outlives(slo) or (2 * burn.slice_of(slo) if line.of_one else 0)
    return max(line.lasting - late, RESTART)


# Gone


def disproof(slo: Slo, line: NoData) -> str:
    """What returns something while absent data is no outage: the proof of the line, or a target that is up; "" if nothing does."""
    if line.unless:
        read = promql.instant(line.unless.stream)
        read = read if promql.is_simple(line.unless.stream) else f"({read})"
        return f"{read} {line.unless.cmp} {promql.number(line.unless.value)}"
    scraped = " or ".join(up(slo, (Matcher("job", "=", name),)) for name in jobs.of(slo.indicator))
    return f"max({scraped}) == 1" if scraped and not line.of_one else ""


def _unless(slo: Slo, line: NoData) -> str:
    """The end of an expression that holds only while nothing proves that absent data is no outage."""
    return f" unless on() ({disproof(slo, line)})" if line.unless else ""


def _proof(of: Proof) -> Code:
    return Code(shown(language.proof(of, promql.instant)))


def _except(line: NoData) -> Phrase:
    return (" and no series has ", _proof(line.unless)) if line.unless else ()


def _gone_unproved(slo: Slo, line: NoData) -> Branch:
    return Branch(_absent(slo) + _unless(slo, line), (f"the {_data(slo)} gone", *_except(line)))


def _gone_of_one(slo: Slo, line: NoData) -> Branch:
    """A value of a label has no data, and was never idle the day before; of the values of other labels, one is enough."""
    label, errors = promql.label_name(line.of_one), series("slo:errors:rate5m", slo)
    here, by = f"on({label})", f"max by ({label})"
    busy = (
        f"{by} ({_day_before(slo, 'min')}) {_least(slo)} and {here} {by} ({_day_before(slo, 'count')}) > {_full(slo)}"
    )
    if burn.slice_of(slo):  # a slice may be missed
        within = f"[{promql.duration(schedule.outlives(slo) or 2 * burn.slice_of(slo))}]"
        errors = over_time("max", "slo:errors:rate5m", slo, within)
    words: Phrase = ("a value of ", Code(shown(line.of_one)), " has no data and was never idle the day before")
    return Branch(f"({busy}) unless {here} {errors}{_unless(slo, line)}", (*words, *_except(line)))


def _gone_with_target(slo: Slo, line: NoData) -> list[Branch]:
    fixed = jobs.of(slo.indicator)
    named = joined(((Code(shown(name)),) for name in fixed), " and ")
    words: Phrase = (f"the {_data(slo)} gone and no target of ", *named, " is up")
    return [Branch(f"{_absent(slo)} unless on() {disproof(slo, line)}", words)] if fixed else []


def _gone_after_a_busy_day(slo: Slo) -> Branch:
    """The day before was never idle: most of its five-minute counts exist, and each has events, or a slice with events.

    Six hours before do not do for a young SLO: of ten that nobody used at times, five had a ticket on their first evening.
    """
    busy = f"{_day_before(slo, 'min')} {_least(slo)} and {_day_before(slo, 'count')} > {_full(slo)}"
    return Branch(f"{_absent(slo)} and on() ({busy})", (f"the {_data(slo)} gone and the day before was never idle",))


def _day_before(slo: Slo, fold: str) -> str:
    """The number of five-minute counts of the day before, or the least of them."""
    return over_time(fold, "slo:events:increase5m", slo, "[1d] offset 1d")


def _least(slo: Slo) -> str:
    return "> 0" if burn.slice_of(slo) else f"> {BUSY}"


def _full(slo: Slo) -> str:
    return promql.number(FULL * Fraction(burn.DAY, schedule.rollup(slo)))


def _never(slo: Slo) -> Branch:
    since = f"{series('slo:info', slo)} offset {promql.duration(max(schedule.outlives(slo), burn.slice_of(slo)))}"
    words = f"no {'data' if isinstance(slo.indicator, Slices) else 'event'} was seen for a day or since the rules were loaded"
    if unseen := _unseen(slo):
        seen = f"{unseen} unless on() {over_time('max', 'slo:events:rate5m', slo, '[1d]')} > 0"
    else:
        seen = f"absent_over_time({history('slo:events:rate5m', slo)}[1d])"
    hint = "A name or a label is mistyped, or nothing has happened yet."
    return Branch(f"{seen} and on() {since}", (words,), hint)


def _data(slo: Slo) -> str:
    return "data is" if isinstance(slo.indicator, Slices) else "events are"


def _absent(slo: Slo) -> str:
    """The data is absent. Slices count missing data as good or bad, so only the series of their condition shows it."""
    if isinstance(slo.indicator, Slices):
        absent = [expr for _, expr in _absent_of_condition(slo)]
        return absent[0] if len(absent) == 1 else f"({' or on() '.join(absent)})"
    errors = "slo:errors:rate5m"
    if burn.slice_of(slo):
        absent = [f"absent_over_time({history(errors, slo)}[{promql.duration(schedule.outlives(slo))}])"]
    else:
        both = (errors, "slo:events:rate5m") if isinstance(slo.indicator, Raw) else (errors,)
        absent = [f"absent({series(name, slo)})" for name in both]
    absent += [unseen] if (unseen := _unseen(slo)) else []  # `or vector(0)` hides that the counters are gone
    return absent[0] if len(absent) == 1 else f"({' or '.join(absent)})"


def _unseen(slo: Slo) -> str:
    """All is absent that a query for all events reads; "" if the query itself returns nothing then."""
    if not isinstance(slo.counting, Raw):
        return ""
    text = windowed(slo.counting.total, promql.duration(schedule.BASE))
    read = _absences(text) if _means_absence(text) else []
    return " and on() ".join(absent for _, absent in read)


def _absent_of_condition(slo: Slo) -> list[tuple[str, str]]:
    """What a condition reads, and an expression that it is absent; empty if the condition has a meaning for absent data."""
    assert isinstance(slo.indicator, Slices)
    condition = slo.indicator.good_when
    if not isinstance(condition, RawCondition):
        return [(of, f"absent({of})") for of in map(promql.instant, jobs.streams(slo.indicator))]
    if condition.of:
        return [(condition.of, f"absent({promql.embedded(condition.of)})")]
    return [] if _means_absence(condition.expr) else _absences(condition.expr)


def _means_absence(text: str) -> bool:
    """Whether a query may return something where data is absent."""
    from slocompiler.promql import tree  # few SLOs have raw PromQL

    return any(node.name in MEANT and node.kind in ("operation", "call") for node in tree.nodes(text))


def _absences(text: str) -> list[tuple[str, str]]:
    """What raw PromQL reads, and an expression that it is absent."""
    from slocompiler.promql import tree

    read = [(promql.instant(stream), within) for stream, within in tree.reads(text)]
    return [(of, f"absent_over_time({of}{within})" if within else f"absent({of})") for of, within in read]
