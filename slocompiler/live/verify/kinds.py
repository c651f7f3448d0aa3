"""V705: a gauge where a counter is needed, and a counter where a gauge is."""

from __future__ import annotations

from slocompiler.ir import TIMES, Ratio, Share, Slices
from slocompiler.live.questions import Asking, Endpoint
from slocompiler.live.verify.subject import Found, Subject, Unchecked

_ORDERED = ("<", "<=", ">", ">=")
"""Comparisons that a counter passes or fails for good after a while; `== 0` asks whether anything ever happened."""


def kinds(of: Subject) -> Asking[list[Found]]:
    """V705 by the types that exporters declare. Servers without metadata are silent, and so are metrics without a type."""
    wrong = _wrong(of)
    asked = {
        metric: [_metadata(name) for name in dict.fromkeys((metric, metric.removesuffix("_total")))] for metric in wrong
    }
    answers = yield tuple(one for several in asked.values() for one in several)
    every = [one for several in asked.values() for one in several]
    if every and all(answers.data(one) is None for one in every):
        return [Unchecked("V705", of.slo.id, "the server has no metadata")]
    found: list[Found] = []
    for metric, type_ in wrong.items():
        known = {
            entry.get("type")
            for one in asked[metric]
            for entries in (answers.data(one) or {}).values()
            for entry in entries
        }
        if known == {type_}:
            span = of.at.metric(metric)
            found.append(of.finding("V705", f"`{metric}` is a {type_}, {_NEEDED[type_]}", span, _HELP[type_]))
    return found


_NEEDED = {"gauge": "and events are counted by a counter", "counter": "which grows until its process ends"}
_HELP = {
    "gauge": "check a gauge once per time slice: `slices 1m` and `good when max(…) < …`",
    "counter": "count its events, with `events`, `good` and `bad`; or name a gauge",
}


def _wrong(of: Subject) -> dict[str, str]:
    """The metrics that an SLO reads, each with the type that does not fit."""
    indicator = of.slo.indicator
    if isinstance(of.counted, Ratio):
        return {stream.metric: "gauge" for stream in (*of.counted.total, *of.counted.part, *of.counted.without)}
    gauges = indicator.gauges if isinstance(indicator, Slices) else ()
    if isinstance(indicator, Slices) and isinstance(indicator.good_when, Share):
        return {indicator.good_when.stream.metric: "counter"}
    return {
        stream.metric: "gauge" if one.rate else "counter"
        for one in gauges
        if one.fold not in ("count", *TIMES) and one.cmp in _ORDERED
        for stream in one.streams
    }


def _metadata(metric: str) -> Endpoint:
    """The question for the type of a metric. OpenMetrics declares a counter without `_total`."""
    return Endpoint(path="metadata", parameters=(("metric", metric),))
