"""An SLO as `sloc verify` looks at it: its deployed form, where its parts are written, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from slocompiler import promql
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import (
    Filter,
    Matcher,
    NoData,
    Ratio,
    Raw,
    RawCondition,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
)
from slocompiler.live import tables
from slocompiler.live.questions import Table
from slocompiler.promql.tree import reads
from slocompiler.record import record
from slocompiler.resolve.located import Located
from slocompiler.source import Span
from slocompiler.targets.prometheus import breakdown, histograms
from slocompiler.targets.shared import Options

Word = Literal["good", "bad", "exclude", "target"]


class Note(NamedTuple):
    """A line about an SLO that is no problem, such as how it is doing; about the server if `slo` is ""."""

    code: str
    slo: str
    text: str


class Unchecked(NamedTuple):
    """A check that was not made, for an SLO or, with "", for all of them."""

    code: str
    slo: str
    why: str


Found = Diagnostic | Note | Unchecked


class Read(NamedTuple):
    """A selector of an SLO."""

    stream: Stream
    """The series that exist if there is anything to read: of a classic histogram, the counts."""
    name: str
    """The metric as it is written."""
    needed: bool
    """Whether the SLO has no data without it; of several events, one is enough."""
    written: Span
    """The selector; of one in raw PromQL, the expression."""


@record
class Subject:
    """An SLO of one deployment. Times are seconds since the epoch, `lookback` is in seconds."""

    slo: Slo
    at: Located
    now: int
    lookback: int
    options: Options

    @property
    def counted(self) -> Ratio | Threshold | Raw | None:
        """The indicator that counts events, also inside slices; None for a condition on slices, and for a journey."""
        return breakdown.counted(self.slo.indicator)

    def finding(self, code: str, message: str, span: Span, help: str = "") -> Found:
        """A problem on the server, unless the file allows it. Its deployment is named, because others may not have it."""
        if code in self.at.allowed:
            return Unchecked(code, self.slo.id, "allowed in the file")
        return Diagnostic(code, f"{self._where}{message}", span, help=help)

    def note(self, code: str, text: str) -> Found:
        """A line about the SLO, unless the file allows its code."""
        if code in self.at.allowed:
            return Unchecked(code, self.slo.id, "allowed in the file")
        return Note(code, self.slo.id, f"{self._where}{text}")

    @property
    def _where(self) -> str:
        """Before a message."""
        return f"in `{self.slo.deployment.name}`: " if self.slo.deployment else ""

    @property
    def lately(self) -> str:
        """The time that is looked at: `in 1d`."""
        return f"in {promql.duration(self.lookback)}"

    def table(self, stream: Stream, labels: Sequence[str] = ()) -> Table:
        """The question for the series that match all of `stream.all`, by some labels."""
        named = tuple(dict.fromkeys(labels))
        return Table(metric=stream.metric, matchers=stream.all, labels=named, lookback=self.lookback, at=self.now)

    def selects(self, read: Read) -> Table:
        """The question for the series of a selector, by all labels by which the SLO tells them apart."""
        if not self.events():
            return self.table(read.stream, tables.labels_of(read.stream))
        if read.needed:
            more = [filter_ for _, filter_ in self.filters()]
            return self.table(read.stream, (*tables.labels_of(read.stream, more), *self.slo.event_labels))
        total = [one for one in self.events() if one.metric == read.stream.metric]
        of_total = [filter_ for one in total for filter_ in (one.all, *one.any, *one.none)]
        return self.table(read.stream, tables.labels_of(read.stream, of_total))

    def events(self) -> tuple[Stream, ...]:
        """The streams of all events; none for raw PromQL and for conditions."""
        of = self.counted
        if isinstance(of, Threshold):
            return histograms.streams(of)
        return of.total if isinstance(of, Ratio) else ()

    def filters(self) -> Iterator[tuple[Word, Filter]]:
        """The filters on the events, each with the statement that has it."""
        of = self.counted
        excluded = [one.filter for one in self.slo.exclusions]
        selected = {matcher.label for stream in self.events() for matcher in stream.all}
        for filter_ in excluded if self.events() else ():
            if not selected.intersection(matcher.label for matcher in filter_):  # a stream's own may serve other SLOs
                yield "exclude", filter_
        if isinstance(of, Ratio):
            for part in of.part:
                yield from (("bad", one) for one in part.any)
                if part.metric in {stream.metric for stream in of.total} and of.side == "bad" and not part.any:
                    yield from (("good", one) for one in part.none if one not in excluded)
        elif isinstance(of, Threshold):
            yield from (("good", one) for one in (*of.only, *of.histogram.any))
        for override in self.slo.overrides:
            yield "target", self.slo.of_events(override.filter)

    def reads(self) -> list[Read]:
        """Every selector that the SLO reads, those of its events first."""
        at, of, condition = self.at, self.counted, self.slo.indicator
        if isinstance(of, Raw):
            found = [Read(one, one.metric, True, at.events) for one in _streams(of.total)]
            found += (Read(one, one.metric, False, at.part) for one in _streams(of.part))
        elif isinstance(of, Threshold):
            name = of.histogram.metric
            found = [Read(self.events()[0], name, True, at.metric(name))]
        elif isinstance(of, Ratio):
            metrics = {stream.metric for stream in of.total}
            found = [Read(one, one.metric, True, at.metric(one.metric)) for one in of.total]
            parts = (one for one in of.part if one.metric not in metrics or one.all not in {s.all for s in of.total})
            found += (Read(one, one.metric, False, at.counter(one.metric)) for one in parts)
            found += (Read(one, one.metric, False, at.metric(one.metric)) for one in of.without)
        elif isinstance(condition, Through):
            return []  # what its steps read, they verify
        else:
            assert isinstance(condition, Slices), "all others count events"
            looked_at, is_needed = condition.good_when, condition.missing == "bad"
            if isinstance(looked_at, RawCondition):
                read = dict.fromkeys(one for text in (looked_at.of, looked_at.expr) if text for one in _streams(text))
                found = [Read(one, one.metric, False, at.part) for one in read]
            else:
                found = [Read(one, one.metric, is_needed, at.metric(one.metric)) for one in condition.streams]
        proofs = (line.unless.stream for line in self.slo.alerts if isinstance(line, NoData) and line.unless)
        found += (Read(one, one.metric, False, at.metric(one.metric)) for one in proofs)
        return found


def _streams(text: str) -> list[Stream]:
    """What raw PromQL reads, each once, of those selectors that name a metric."""
    return [one for one in dict.fromkeys(stream for stream, _ in reads(text)) if one.metric]


def written(matcher: Matcher) -> str:
    """A matcher as it is written, in back-quotes."""
    return f"`{promql.label_name(matcher.label)}{matcher.op}{promql.quote(matcher.value)}`"
