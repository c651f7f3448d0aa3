"""Sloth's recording rules for the period of an SLO.

| record | expression |
|---|---|
| `slo:sli_error:ratio_rate5m` | the query of the bad events, divided by that of all events, over 5m |
| `slo:sli_error:ratio_rate30d` | the average of that over the period: `sum_over_time` divided by `count_over_time` |

Source: the plugin `sli_rules/v1` of slok/sloth 0.16 with optimized rules, which are its default.
"""

from __future__ import annotations

from slocompiler.importers.compare.theirs import Rule, Theirs
from slocompiler.importers.document import Field
from slocompiler.importers.query import MARK, windows
from slocompiler.importers.sloth import at
from slocompiler.ir import Matcher, Slo
from slocompiler.promql import duration, selector

_SHORT = "slo:sli_error:ratio_rate5m"


def rules(field: Field, slo: Slo) -> Theirs | str:
    """The rules for the SLO that a field describes, or the reason why sloc does not know them."""
    ratio = _ratio(field.get("sli"))
    if not ratio:
        return "the query is that of a plugin, which Sloth runs"
    service, name = slo.id.split("/")
    identity = {"sloth_id": f"{service}-{name}", "sloth_service": service, "sloth_slo": name}
    period = f"slo:sli_error:ratio_rate{duration(slo.window)}"
    matchers = tuple([Matcher(label, "=", value) for label, value in identity.items()])
    short = f"{selector(_SHORT, matchers)}[{duration(slo.window)}]"
    mean = f"sum_over_time({short}) / ignoring(sloth_window) count_over_time({short})"
    return Theirs(
        "Sloth",
        (
            Rule(_SHORT, ratio, {**identity, "sloth_window": "5m"}),
            Rule(period, mean, {**identity, "sloth_window": duration(slo.window)}),
        ),
        selector(period, matchers),
    )


def _ratio(sli: Field) -> str:
    """The share of bad events over five minutes; "" for a plugin."""
    pair, raw = sli.get("events"), sli.get("raw")
    if pair:
        return f"{_query(at(pair, 'error_query'))}\n/ {_query(at(pair, 'total_query'))}"
    return _query(at(raw, "error_ratio_query")) if raw else ""


def _query(field: Field) -> str:
    """A query over five minutes, in brackets on lines of their own, because it may end in a comment. A fixed window stays."""
    return f"(\n{windows(field.text)[0].replace(MARK, '5m').strip()}\n)"
