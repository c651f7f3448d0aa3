"""Late series: the events with which a new series starts, which `rate` does not count."""

from __future__ import annotations

from fractions import Fraction

from slocompiler import promql
from slocompiler.ir import Filter, Ratio, Slo, Stream
from slocompiler.record import replace
from slocompiler.targets.prometheus import breakdown, reading
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import up
from slocompiler.targets.shared import Options

NOW = Fraction(0)


def rates(slo: Slo, window: int, options: Options, lately: int = 0) -> Reading:
    """Reads rates over `window` seconds; where the option is chosen, with the first events of new series.

    A series is new if it did not exist `lately` seconds ago, by default `window`.
    """
    return _reading(slo, window, lately or window, options, "rate")


def increases(slo: Slo, window: int, ago: Fraction, options: Options) -> Reading:
    """Reads increases likewise, over `window` seconds that ended `ago` seconds ago."""
    return _reading(slo, window, window, options, "increase", ago)


def _reading(slo: Slo, window: int, lately: int, options: Options, function: str, ago: Fraction = NOW) -> Reading:
    plain = reading.rates(slo, promql.duration(window), function, _offset(ago))
    if not (chosen(options).late_series and isinstance(breakdown.counted(slo.indicator), Ratio)):
        return plain
    share = f" / {lately}" if function == "rate" else ""

    def read(of: Stream | str) -> str:
        assert isinstance(of, Stream), "PromQL has no series of its own"
        # the label keeps both values of a series: `or` would drop the second one
        return f'({plain.read(of)} or label_replace({_first(slo, of, lately, ago)}{share}, "__late__", "1", "", ""))'

    return replace(plain, read=read)


def _first(slo: Slo, stream: Stream, seconds: int, ago: Fraction) -> str:
    """The first values of the series of some `seconds` that ended `ago` seconds ago.

    Only series of targets that were scraped before count: a new exporter would otherwise add its whole counter.
    """
    before = _offset(seconds + ago)
    new = promql.rate(stream, promql.duration(seconds), "min_over_time", _offset(ago))
    scraped = f"on(job, instance) ({up(slo, _job(stream))}{before} == 1)"
    return f"(({new}) unless ({promql.instant(stream, before)}) and {scraped})"


def _offset(ago: Fraction) -> str:
    return f" offset {promql.duration(ago)}" if ago else ""


def _job(stream: Stream) -> Filter:
    return tuple(matcher for matcher in stream.all if matcher.label == "job")
