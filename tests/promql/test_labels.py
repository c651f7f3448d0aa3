"""The labels that an expression keeps, judged by promtool."""

from __future__ import annotations

from slocompiler.promql.labels import lacks, summed_by
from support.promtool import Simulation

SERIES = {
    'c{job="a",pod="1",route="/"}': "0+1x20",
    'c{job="b",pod="2",route="/pay"}': "0+2x20",
    'd{job="a",pod="1",route="/"}': "0+1x20",
    'info{pod="1",team="x"}': "1x20",
    'info{pod="2",team="y"}': "1x20",
    'team_routes{route="/",team="x"}': "1x20",
}
LACKING = (
    *(
        "sum(rate(c[5m]))",
        "sum by (pod) (rate(c[5m]))",
        "sum without (route) (c)",
        "count(c)",
        "vector(1) * on () sum(c)",
    ),
    *("rate(c[5m]) * on (pod) info", "c - ignoring (route, job) sum by (pod) (c)", "sum(c) or sum by (pod) (c)"),
    *("sum(c) * 2", "sum by (pod) (c * on (pod) group_left (team) info)", "max by (route) (sum by (pod) (c))"),
    *(
        "sum by (pod) (info) * on (pod) group_left (job) c",
        "clamp_max(sum(c), 5)",
        "sum by (pod) (c) unless c",
        "-sum(c)",
    ),
    *("max_over_time(sum(c)[5m:1m])", "sum(c) / sum(d)", "label_replace(sum(c), 'job', '$1', 'pod', '(.*)')"),
)
KEEPING = (
    *(
        "c",
        "rate(c[5m])",
        "sum by (route) (c)",
        "sum without (pod) (c)",
        "sum by (route) (c) or vector(0)",
        "c > 1",
        "c * 2",
    ),
    *("topk(1, c)", "c * on (pod) group_left (team) info", "sum by (route) (c) / on () group_left () sum(c)", "2 * c"),
    *(
        "info * on (pod) group_left (route) c",
        "label_replace(sum by (pod) (c), 'route', '$1', 'pod', '(.*)')",
        "c or d",
    ),
    *(
        "count_values('route', c)",
        "c and on (pod) info",
        "max_over_time(c[5m:1m])",
        "sum by (route) (c) + sum by (route) (d)",
    ),
    *(
        "c - ignoring (job) c",
        "sum(info) * on () group_right () c",
        "absent(c{route='/x'})",
        "label_join(info, 'route', '-', 'pod')",
    ),
)


def test_promtool_agrees() -> None:
    found = Simulation([], SERIES).values((*LACKING, *KEEPING), 600)
    for expr in LACKING:
        assert lacks(expr, "route"), expr
        assert found[expr], expr
        assert not any("route" in labels for labels, _ in found[expr]), expr
    for expr in KEEPING:
        assert not lacks(expr, "route"), expr
        assert any("route" in labels for labels, _ in found[expr]), expr


def test_a_constant_lacks_nothing() -> None:
    """sloc adds it to no value of a label, and it is zero where people write it."""
    assert not lacks("vector(0)", "route")


def test_sums_that_are_the_result() -> None:
    assert summed_by("sum by (route, pod) (c) or sum by (pod) (d)") == ("route", "pod")
    assert summed_by("(sum by (route) (c))") == ("route",)
    assert (
        summed_by("max by (route) (c)")
        == summed_by("sum by (route) (c) * 2")
        == summed_by("sum without (pod) (c)")
        == ()
    )
