"""The functions and aggregations of PromQL, with the versions of Prometheus that know them.

From the changelog of Prometheus up to 3.16. What has no version is older than 2.42. The tests hold it against 2.42 and
3.5; the parsers of 2.54, 3.0 and 3.16 agreed about 5,000 expressions each when it was written.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from slocompiler.promql.refused import Version

Type = Literal["vector", "range", "scalar", "string"]
NEWEST: Version = (3, 16)
"""The newest version that this table knows. A later one is taken for it."""
OLDEST: Version = (2, 42)
"""The oldest version that rules are generated for, and the default of `server`."""
FLAG = "promql-experimental-functions"


class Function(NamedTuple):
    """A function: the types of its arguments and of its result, and the versions that know it."""

    arguments: tuple[Type, ...]
    optional: int = 0
    """How many of the last arguments can be left out."""
    repeats: int = 0
    """How often the last argument can be repeated; -1 for no limit."""
    returns: Type = "vector"
    since: Version = (0, 0)
    stable: Version | None = (0, 0)
    """The first version that needs no feature flag for it; None if there is none."""
    until: Version = (9999, 0)
    """The first version that no longer knows it."""
    instead: str = ""
    """What later versions have in its place."""


V: Type = "vector"
R: Type = "range"
S: Type = "scalar"
T: Type = "string"


def _all(names: str, *arguments: Type, optional: int = 0, returns: Type = "vector") -> dict[str, Function]:
    return dict.fromkeys(names.split(), Function(arguments, optional, returns=returns))


def _stable(names: str, since: Version, *arguments: Type) -> dict[str, Function]:
    return dict.fromkeys(names.split(), Function(arguments, since=since, stable=since))


def _tried(names: str, since: Version, *arguments: Type, returns: Type = "vector") -> dict[str, Function]:
    """Functions that are experiments."""
    return dict.fromkeys(names.split(), Function(arguments, returns=returns, since=since, stable=None))


FUNCTIONS: dict[str, Function] = {
    **_all("abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor ln log10 log2 rad sgn sin sinh", V),
    **_all("sort sort_desc sqrt tan tanh timestamp histogram_count histogram_sum", V),
    **_all("scalar", V, returns="scalar"),
    **_all("day_of_month day_of_week day_of_year days_in_month hour minute month year", V, optional=1),
    **_all(
        "absent_over_time avg_over_time changes count_over_time delta deriv idelta increase irate last_over_time", R
    ),
    **_all("max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time", R),
    **_all("sum_over_time", R),
    **_all("pi time", returns="scalar"),
    **_all("vector", S),
    **_all("clamp", V, S, S),
    **_all("clamp_max clamp_min", V, S),
    **_all("round", V, S, optional=1),
    **_all("predict_linear", R, S),
    **_all("quantile_over_time", S, R),
    **_all("histogram_quantile", S, V),
    **_all("histogram_fraction", S, S, V),
    **_all("label_replace", V, T, T, T, T),
    "label_join": Function((V, T, T, T), 1, -1),
    "holt_winters": Function((R, S, S), until=(3, 0), instead="double_exponential_smoothing"),
    **_stable("histogram_stddev histogram_stdvar", (2, 47), V),
    **_stable("histogram_avg", (2, 51), V),
    **_tried("mad_over_time", (2, 49), R),
    **dict.fromkeys(("sort_by_label", "sort_by_label_desc"), Function((V, T), 1, -1, since=(2, 49), stable=None)),
    "info": Function((V, V), 1, since=(2, 55), stable=None),
    **_tried("double_exponential_smoothing", (3, 0), R, S, S),
    **_tried("ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time", (3, 5), R),
    "first_over_time": Function((R,), since=(3, 7), stable=(3, 14)),
    **_tried("ts_of_first_over_time", (3, 7), R),
    "histogram_quantiles": Function((V, T, S), 0, 9, since=(3, 11), stable=None),
    **_tried("end range start step", (3, 12), returns="scalar"),
    **_tried("max_of min_of", (3, 13), S, S, returns="scalar"),
    **_tried("start_timestamp", (3, 14), V),
    "integral": Function((R, S), 1, since=(3, 16), stable=None),
}
"""The functions by name; names are case-sensitive."""


class Word(NamedTuple):
    """A word of the syntax that later versions than 2.42 have. Before, it is a name like any other."""

    since: Version
    flag: str
    """The feature flag that it needs; "" for none."""
    stable: Version | None = None


_FILL = Word((3, 10), "promql-binop-fill-modifiers")
_RANGES = Word((3, 7), "promql-extended-range-selectors", (3, 16))
WORDS = {
    "limitk": Word((2, 54), FLAG),
    "limit_ratio": Word((2, 54), FLAG),
    "anchored": _RANGES,
    "smoothed": _RANGES,
    "fill": _FILL,
    "fill_left": _FILL,
    "fill_right": _FILL,
    "step": Word((3, 6), FLAG),
    "range": Word((3, 12), FLAG),
    "max_of": Word((3, 13), FLAG),
    "min_of": Word((3, 13), FLAG),
}
AGGREGATIONS: dict[str, Type | None] = {
    **dict.fromkeys(("avg", "count", "group", "max", "min", "stddev", "stdvar", "sum")),
    **dict.fromkeys(("bottomk", "limit_ratio", "limitk", "quantile", "topk"), "scalar"),
    "count_values": "string",
}
"""The aggregations, with the type of the parameter; None for those without one. Some are WORDS."""
NUMERIC_DURATIONS: Version = (2, 54)
"""Numbers and durations mean the same, and numbers have underscores."""
SIGNED_DURATIONS: Version = (3, 4)
"""Durations can be 0, and have a `+`."""
DURATION_SUMS: Version = (3, 14)
"""Durations are expressions, such as `5m * 2`: an experiment from 3.4 on."""
QUOTED_NAMES: Version = (3, 0)
"""Names of metrics and labels can be strings, inside braces and in `by (…)`."""
TRIMMING: Version = (3, 11)
"""`</` and `>/` trim native histograms."""
EDGES_BEHIND: Version = (3, 15)
"""`@ start()` and `@ end()` cannot stand before a range."""
