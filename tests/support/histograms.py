"""Made-up classic histograms: cumulative buckets and a count, as a scrape sees them."""

from collections.abc import Mapping, Sequence

from support.traffic import counter

Paces = Sequence[int | None]
INF = "+Inf"


def histogram(
    metric: str, paces: Mapping[str, Mapping[str, Paces]], lasts: Sequence[str] = ("1h", "1h")
) -> dict[str, str]:
    """The series of a histogram by other labels and by `le`: how many a minute are at most that, in each phase.

    Ten minutes without events follow, in which the last ones pass every five-minute rate.
    """
    series = {}
    for labels, buckets in paces.items():
        for le, phases in buckets.items():
            values = counter(*zip(lasts, phases, strict=True), ("10m", None if phases[-1] is None else 0), scrape=60)
            series[f'{metric}_bucket{{job="shop",{labels}le="{le}"}}'] = values
            if le == INF:
                series[f'{metric}_count{{job="shop",{labels.rstrip(",")}}}'] = values
    return series
