"""The condition of `SLONoData`: each way to know that data is missing, with its words. A service without traffic has data."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from slocompiler import burn, jobs, promql
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import (
    Filter,
    Gauge,
    Indicator,
    Matcher,
    NoData,
    Ratio,
    RatioSlices,
    Raw,
    Slices,
    Slo,
    Threshold,
)
from slocompiler.promql import tree
from slocompiler.targets.prometheus import exclusion, histograms, schedule
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.prometheus.series import on, series, total, up
from slocompiler.targets.shared import Options
from slocompiler.visible import shown

HALF, SOME = 0.5, 0.05
"""The shares of events without a bucket at the bound: above the first nobody knows the ratio, above the second it is wrong."""
PARTLY = 1 * burn.HOUR
"""How long some events have to be without that bucket."""
RESTART = 2 * burn.MINUTE
"""How long data is absent after a restart of Prometheus: a rate needs two scrapes."""
BUSY = 9
"""The number of events in five minutes above which a service is not idle."""
FULL = Fraction(94, 100)
"""The share of a day's counts that has to be there to say that it had no idle time."""
MEANT = ("or", "unless", "absent", "absent_over_time")
"""The words of a condition in PromQL that has a meaning for absent data."""


class Branch(NamedTuple):
    """One way to know that data is missing; of several that hold, the first says most."""

    expr: str
    when: Phrase
    """The words for it, after "if"."""
    hint: str = ""
    """A sentence on what may be the reason."""


def branches(slo: Slo) -> list[Branch]:
    """Every way to know that data is missing; none if the SLO says that data may be missing, and fixes no job."""
    verdict = slo.indicator.missing if isinstance(slo.indicator, Slices) else "ignored"
    if verdict == "bad":
        return [Branch(expr, (Code(shown(of)), " is absent")) for of, expr in _absent_of_condition(slo)]
    found = _gone_with_target(slo)
    if verdict == "ignored":
        found = [_never(slo), *found, _gone_after_a_busy_day(slo)]
    return found if isinstance(slo.indicator, Slices) else [*_unsorted(slo), *found]


def in_words(slo: Slo) -> list[Phrase]:
    """When the alert fires, and when it fires later than its line says: `fires if …`; empty without a line `no data`."""
    found: list[Phrase] = [("fires if ", *branch.when) for branch in branches(slo)] if _asks(slo) else []
    return [*found, rest] if (rest := otherwise(slo)) else found


def _asks(slo: Slo) -> bool:
    return any(isinstance(line, NoData) for line in slo.alerts)


def otherwise(slo: Slo) -> Phrase:
    """What happens if data is missing in another way than those of `branches`, and why; empty if that is impossible."""
    if not _asks(slo):
        return ()
    indicator, fixed = slo.indicator, jobs.of(slo.indicator)
    up = "a target that is up may have no events" if fixed else "without a fixed `job`, no events may mean no users"
    if not isinstance(indicator, Slices):
        return (f"fires a day later if the events are gone in another way, because {up}",)
    if indicator.missing == "bad":
        return () if branches(slo) else ("never fires, because the condition decides what absent data means",)
    because: Phrase = ("because the SLO says ", Code(f"no data is {indicator.missing}"))
    if indicator.missing == "ignored":
        return ("fires a day later if the data is gone in another way, ", *because)
    return ("does not fire while a target is up, " if fixed else "never fires, ", *because)


def condition(slo: Slo, options: Options) -> str:
    """Data is missing; "" if nothing shows that. The value is the number of the first branch that holds, from 1.

    The minimum drops the labels: two branches that fix the same label would be two alerts with equal labels, an error.
    """
    found = "\n  or ".join(f"{number} + 0 * ({branch.expr})" for number, branch in enumerate(branches(slo), 1))
    return exclusion.silenced(slo, f"min(\n  {found}\n)", options) if found else ""


def job(slo: Slo) -> dict[str, str]:
    """The label `job` of an alert about an SLO that fixes one, by which `SLODown` inhibits it; of several, all names."""
    fixed = jobs.of(slo.indicator)
    return {"job": ", ".join(fixed)} if fixed else {}


def delay(slo: Slo) -> int:
    """The seconds from the last data to the condition: a rate outlives its series by its window; a slice may be missed."""
    return 0 if isinstance(slo.indicator, Slices) else max(schedule.BASE, 2 * burn.slice_of(slo))


# Gone


def _gone_with_target(slo: Slo) -> list[Branch]:
    fixed = jobs.of(slo.indicator)
    scraped = " or ".join(up(slo, (Matcher("job", "=", name),)) for name in fixed)
    named = joined(((Code(shown(name)),) for name in fixed), " and ")
    words: Phrase = (f"the {_data(slo)} gone and no target of ", *named, " is up")
    return [Branch(f"{_absent(slo)} unless on() max({scraped}) == 1", words)] if fixed else []


def _gone_after_a_busy_day(slo: Slo) -> Branch:
    """The day before was never idle: most of its five-minute counts exist, and each has events, or a slice with events."""
    counts = f"{series('slo:events:increase5m', slo)}[1d] offset 1d"
    least = "> 0" if burn.slice_of(slo) else f"> {BUSY}"
    full = promql.number(FULL * Fraction(burn.DAY, schedule.rollup(slo)))
    busy = f"min_over_time({counts}) {least} and count_over_time({counts}) > {full}"
    return Branch(f"{_absent(slo)} and on() ({busy})", (f"the {_data(slo)} gone and the day before was never idle",))


def _never(slo: Slo) -> Branch:
    since = f"{series('slo:info', slo)} offset {promql.duration(max(delay(slo), burn.slice_of(slo)))}"
    words = f"no {'data' if isinstance(slo.indicator, Slices) else 'event'} was seen for a day or since the rules were loaded"
    seen = f"absent_over_time({series('slo:events:rate5m', slo)}[1d])"
    hint = "A name or a label is mistyped, or nothing has happened yet."
    return Branch(f"{seen} and on() {since}", (words,), hint)


def _data(slo: Slo) -> str:
    return "data is" if isinstance(slo.indicator, Slices) else "events are"


def _absent(slo: Slo) -> str:
    """The data is absent. Slices count missing data as good or bad, so only the series of their condition shows it."""
    if isinstance(slo.indicator, Slices):
        assert isinstance(slo.indicator.good_when, Gauge), "a condition in PromQL is bad without a result"
        return f"absent({promql.instant(slo.indicator.good_when.stream)})"
    errors = series("slo:errors:rate5m", slo)
    return f"absent_over_time({errors}[{promql.duration(delay(slo))}])" if burn.slice_of(slo) else f"absent({errors})"


def _absent_of_condition(slo: Slo) -> list[tuple[str, str]]:
    """What a condition reads, and an expression that it is absent; empty if the condition has a meaning for absent data."""
    assert isinstance(slo.indicator, Slices)
    condition = slo.indicator.good_when
    if isinstance(condition, Gauge):
        return [(promql.instant(condition.stream), _absent(slo))]
    if any(node.name in MEANT and node.kind in ("operation", "call") for node in tree.nodes(condition.expr)):
        return []
    read = [(promql.instant(stream), within) for stream, within in tree.reads(condition.expr)]
    return [(of, f"absent_over_time({of}{within})" if within else f"absent({of})") for of, within in read]


# Not classified


def _unsorted(slo: Slo) -> list[Branch]:
    """Events that nothing classifies as good or bad."""
    share = _unjudged(slo)
    expr = f"{share} > {HALF}" if share else f"{_earlier(slo, 'events')} > 0 unless {_lately(slo, 'errors')}"
    found = [Branch(expr, ("events come and nothing tells which of them are bad",))]
    if slo.per and _has_other_labels(slo.indicator):
        label = Code(shown(", ".join(slo.per)))
        found.append(Branch(_unlabelled(slo), ("bad events lack a label of ", Code("per"), " (", label, ")")))
    return found


def _has_other_labels(indicator: Indicator) -> bool:
    """Whether other series than those of all events count the bad events as such, perhaps without the labels of `per`."""
    if isinstance(indicator, Ratio):
        metrics = {stream.metric for stream in indicator.total}
        return indicator.side == "bad" and any(stream.metric not in metrics for stream in indicator.part)
    return isinstance(indicator, Raw) and indicator.side == "bad"


def _unlabelled(slo: Slo) -> str:
    """Bad events without a label of `per`: they count for no value."""
    lacking = (_earlier(slo, "errors", (Matcher(label, "=", ""),)) for label in slo.per)
    return " or ".join(f"{errors} unless {on(slo)} {_lately(slo, 'events')}" for errors in lacking)


def _earlier(slo: Slo, what: str, matchers: Filter = ()) -> str:
    """What was recorded before `delay`, so that the alert waits for it as for absent data; for slices, in that time."""
    recorded = series(f"slo:{what}:rate5m", slo, matchers)
    return (
        f"{recorded} offset {promql.duration(delay(slo))}" if not burn.slice_of(slo) else _lately(slo, what, matchers)
    )


def _lately(slo: Slo, what: str, matchers: Filter = ()) -> str:
    """What was recorded since `delay`. A long slice is stale before the next one."""
    return f"max_over_time({series(f'slo:{what}:rate5m', slo, matchers)}[{promql.duration(delay(slo))}])"


def partly(slo: Slo) -> str:
    """The condition that series without the bucket of the bound count some of the events; "" if that is impossible.

    The value is their share. During a roll-out with other buckets it is above zero, so this has to last for PARTLY.
    """
    share = _unjudged(slo)
    return f"({share} > {SOME}) <= {HALF}" if share else ""


def _unjudged(slo: Slo) -> str:
    """The share of the events whose series have no bucket at the bound of a classic histogram; "" for other SLOs."""
    indicator = slo.indicator.of if isinstance(slo.indicator, RatioSlices) else slo.indicator
    if not isinstance(indicator, Threshold) or indicator.native:
        return ""
    by = rates(slo, promql.duration(schedule.BASE))
    every = histograms.every(indicator, by)
    if indicator is slo.indicator and not slo.exclude_when:
        judged = total(slo, series("slo:events:rate5m", slo))
    else:  # recorded are slices, or zeros of excluded moments
        judged = histograms.events(indicator, by)
    return f"1 - ({judged} or {f'0 * {every}' if slo.per else 'vector(0)'}) / ({every} > 0)"
