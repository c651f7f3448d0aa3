"""Sloth's rules for an SLO: the ratio of its period, and its two alerts.

| record | expression |
|---|---|
| `slo:sli_error:ratio_rate5m` | the query of the bad events, divided by that of all events, over 5m |
| `slo:sli_error:ratio_rate30d` | the average of that over the period: `sum_over_time` divided by `count_over_time` |
| the page | 2% of the budget in 1h, and at that rate for 5m; or 5% in 6h, and for 30m |
| the ticket | 10% of the budget in 1d, and at that rate for 2h; or 10% in 3d, and for 6h |

Source: the plugins `sli_rules/v1` and `alert_rules/v1` of slok/sloth 0.16 with optimized rules and the windows that are its
defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from slocompiler.importers.compare.theirs import Alert, Line, Rule, Theirs
from slocompiler.importers.document import Field
from slocompiler.importers.query import MARK, windows
from slocompiler.importers.sloth import at
from slocompiler.ir import Matcher, Severity, Slo
from slocompiler.promql import duration, selector

_SHORT = "slo:sli_error:ratio_rate5m"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_ALERTS: tuple[tuple[Severity, str, tuple[tuple[int, int, str], ...]], ...] = (
    ("page", "page_alert", ((5 * _MINUTE, _HOUR, "0.02"), (30 * _MINUTE, 6 * _HOUR, "0.05"))),
    ("ticket", "ticket_alert", ((2 * _HOUR, _DAY, "0.1"), (6 * _HOUR, 3 * _DAY, "0.1"))),
)
"""The severity of each alert, its key, and pairs of windows with the share of the budget in the longer one."""


def rules(field: Field, slo: Slo) -> Theirs | str:
    """The rules for the SLO that a field describes, or the reason why sloc does not know them."""
    ratio = _ratio(field.get("sli"), "5m")
    if not ratio:
        return "the query is that of a plugin, which Sloth runs"
    service, name = slo.id.split("/")
    identity = {"sloth_id": f"{service}-{name}", "sloth_service": service, "sloth_slo": name}
    period = f"slo:sli_error:ratio_rate{duration(slo.window)}"
    matchers = tuple([Matcher(label, "=", value) for label, value in identity.items()])
    short = f"{selector(_SHORT, matchers)}[{duration(slo.window)}]"
    mean = f"sum_over_time({short}) / ignoring(sloth_window) count_over_time({short})"
    alerts = []
    for urgency, key, pairs in _ALERTS:
        if not at(field.get("alerting"), key).get("disable").boolean():
            lines = tuple(Line(short, long, float(_height(share, long, slo))) for short, long, share in pairs)
            terms = (_burning(pair, slo, identity) for pair in pairs)
            alerts.append(Alert(urgency, "\nor\n".join(terms), lines=lines))
    lengths = dict.fromkeys(window for _, _, pairs in _ALERTS for pair in pairs for window in pair[:2])
    return Theirs(
        "Sloth",
        (
            Rule(_SHORT, ratio, {**identity, "sloth_window": "5m"}),
            Rule(period, mean, {**identity, "sloth_window": duration(slo.window)}),
        ),
        selector(period, matchers),
        tuple(
            Rule(
                _ratio_of(length),
                _ratio(field.get("sli"), duration(length)),
                identity | {"sloth_window": duration(length)},
            )
            for length in lengths
        ),
        tuple(alerts),
    )


def _ratio_of(length: int) -> str:
    return f"slo:sli_error:ratio_rate{duration(length)}"


def _height(share: str, long: int, slo: Slo) -> Decimal:
    """The share of bad events at which this share of a budget is spent in the longer window."""
    return Decimal(share) * slo.window / long * (1 - slo.target)


def _burning(pair: tuple[int, int, str], slo: Slo, identity: Mapping[str, str]) -> str:
    """Whether the budget burns too fast over both windows, the shorter and the longer one."""
    short, long, share = pair
    height = _height(share, long, slo)
    matchers = tuple([Matcher(label, "=", value) for label, value in identity.items()])
    both = (f"max({selector(_ratio_of(one), matchers)} > {height}) without (sloth_window)" for one in (short, long))
    return f"({' and '.join(both)})"


def _ratio(sli: Field, window: str) -> str:
    """The share of bad events over a window; "" for a plugin."""
    pair, raw = sli.get("events"), sli.get("raw")
    if pair:
        return f"{_query(at(pair, 'error_query'), window)}\n/ {_query(at(pair, 'total_query'), window)}"
    return _query(at(raw, "error_ratio_query"), window) if raw else ""


def _query(field: Field, window: str) -> str:
    """A query over a window, in brackets on lines of their own, because it may end in a comment. A fixed window stays."""
    return f"(\n{windows(field.text)[0].replace(MARK, window).strip()}\n)"
