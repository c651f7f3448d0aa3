"""Metrics and labels that are called like keywords of PromQL: whatever the language takes, servers read."""

from __future__ import annotations

import pytest
import yaml

from slocompiler import promql
from slocompiler.ir import Matcher
from slocompiler.promql import cursor
from slocompiler.promql.functions import AGGREGATIONS, FUNCTIONS, WORDS
from support import binaries
from support.compile import rules
from support.verdicts import verdicts

BUNDLES = pytest.mark.parametrize("bundle", [binaries.PROMETHEUS, binaries.PROMETHEUS_3], ids=["2.42", "3.5"])
NAMES = sorted({*cursor.KEYWORDS, *WORDS, *AGGREGATIONS, *FUNCTIONS, "On", "INF", "NaN", "Without", "TRUE", "default"})
LOCATIONS = (
    *("{}", "rate({}[5m])", "{} offset 5m", "-{}", "sum({})", "max by (on) ({})", "sum without (a) ({})"),
    *("{0} / {0}", "x unless {}", "{0} or {0}", "({} >= 1)", "0 > bool {}", "0 * {}", "x / on (a) {}"),
    *("x * on (a) group_left {}", "x * ignoring (a) group_right (b) {}", "absent({})", "{} @ 0"),
    *("max_over_time({}[5m:1m])", "{} and on () {}", "clamp_max({}, 1)", "quantile(0.5, {})"),
)
"""Where rules and queries can have a selector."""

EVERYWHERE = """service shop {
  owner "web"
  events every = on{job="shop"}
  slo counters 99% over 30d {
    events every exclude {path="/", host="a"} "Checks."
    bad    {code=~"5.."} or {inf="1"}
    per    on, bool
    target {on="1"} 98%
  }
  slo other 99% over 30d {
    events Inf{job="shop"} + group_left{job="shop"}
    bad    group_right{} + nan{job="shop"}
    alerts { page when no data for 15m unless ignoring{} >= 1 }
  }
  slo slices 99% over 30d { slices 1m good when max(atan2{job="shop"}) < 3 }
  slo of-events 99% over 30d { slices 1m with 90% good events bool{job="shop"} bad {without="1"} }
}
"""


@BUNDLES
def test_a_metric_can_have_any_name(bundle: binaries.Bundle) -> None:
    selectors = [promql.selector(name, filters) for name in NAMES for filters in ((), (Matcher("on", "=", "x"),))]
    texts = [location.format(selector, selector) for location in LOCATIONS for selector in selectors]
    assert {text: why for text, why in zip(texts, verdicts(texts, bundle), strict=True) if why} == {}


@BUNDLES
def test_only_names_that_need_it_are_written_as_matchers(bundle: binaries.Bundle) -> None:
    said = verdicts([f'{name}{{a="b"}}' for name in NAMES], bundle)
    assert {name.lower() for name, why in zip(NAMES, said, strict=True) if why} == promql.NEVER_METRICS


@BUNDLES
@pytest.mark.parametrize("list_of", ["sum by ({}) (x)", "x / on (a, {}) x", "x * on (a) group_left ({}) x"])
def test_labels_by_which_no_server_groups(list_of: str, bundle: binaries.Bundle) -> None:
    said = verdicts([list_of.format(name) for name in NAMES], bundle)
    assert [not why for why in said] == [promql.can_group(name) for name in NAMES]


@BUNDLES
def test_all_rules_about_them_load(bundle: binaries.Bundle) -> None:
    expressions = [rule["expr"] for group in yaml.safe_load(rules(EVERYWHERE))["groups"] for rule in group["rules"]]
    assert {text: why for text, why in zip(expressions, verdicts(expressions, bundle), strict=True) if why} == {}
