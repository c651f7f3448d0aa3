"""What `sloc import` writes measures what the queries of the other tool measured: promtool computes both."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from slocompiler.compiler import analyse, render
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.project import load
from slocompiler.source import Source
from support.promtool import Simulation

A = "sum(rate(a_total{0}[{{{{.window}}}}]))"
COUNT, BUCKET = "sum(rate(t_seconds_count{0}[{{{{.window}}}}]))", "sum(rate(t_seconds_bucket{0}[{{{{.window}}}}]))"


def a(matchers: str = "") -> str:
    return A.format(f"{{{matchers}}}")


def count(matchers: str = "") -> str:
    return COUNT.format(f"{{{matchers}}}")


def bucket(matchers: str) -> str:
    return BUCKET.format(f"{{{matchers}}}")


RATIOS = {
    "filter": f"{a('code=~`5..`')} / {a()}",
    "narrowed": f"""{a('job="x", code="500"')} / {a('job="x"')}""",
    "implied": f"{a('code=~`5..`')} / {a('code!=`404`')}",
    "good": f"1 - {a('code!~`5..`')} / {a()}",
    "two-filters": f"({a('code=`500`')} + {a('code=`404`')}) / {a()}",
    "taken-away": f"({a()} - {a('code=`200`')}) / {a()}",
    "two-jobs": f"""({a('job="x",code="500"')} + {a('job="y",code="500"')}) / ({a('job="x"')} + {a('job="y"')})""",
    "guards": f"({a('code=`500`')} or vector(0)) / ({a()} > 0) or on() vector(1)",
    "nothing-is-bad": f"({a('code=`503`')} or vector(0)) / {a()}",
    "other-counter": f"{a('code=`500`')} / sum(rate(b_total[{{{{.window}}}}]))",
    "two-counters": f"{a()} / ({a()} + sum(rate(b_total[{{{{.window}}}}])))",
    "increase": f"{a('code=`500`')} / {a()}".replace("rate(", "increase("),
    "bound": f"1 - {bucket('le=`0.3`')} / {count()}",
    "difference": f"({count()} - {bucket('le=`0.3`')}) / {count()}",
    "bound-and-filter": f"1 - {bucket('le=`0.3`,code=`200`')} / {count()}",
    "bound-of-a-part": f"1 - {bucket('le=`0.3`,code=`200`')} / {count('code=`200`')}",
    "inverted": f"{bucket('le=`0.3`')} / {count()}",
    "infinite": f"1 - {bucket('le=`0.3`')} / {bucket('le=`+Inf`')}",
    "slow-or-failed": f"({count()} - {bucket('le=`0.3`,code=`200`')}) / {count()}",
    "raw": f"0.5 * {a('code=`500`')} / {a()}",
    "average": "1 - avg(avg_over_time(g[{{.window}}]))",
    "clamped": f"clamp_max({a('code=`500`')} / {a()}, 1)",
    "below": "sum_over_time((count(g{i!=`3`} < 0.5))[{{.window}}:]) / sum_over_time((count(g{i!=`3`}))[{{.window}}:])",
    "not-above": "1 - sum_over_time((count(g > 0.2))[{{.window}}:] ) / sum_over_time((count(g))[{{.window}}:])",
    "mean": "1 - sum(sum_over_time(g[{{.window}}])) / sum(count_over_time(g[{{.window}}]))",
}
"""Shares of bad events, by the names of their SLOs."""
SERIES = {
    **{
        f'a_total{{job="{job}",code="{code}"}}': f"0+{7 * number + 3}x60"
        for number, (job, code) in enumerate(product("xyz", ("200", "404", "500")))
    },
    "b_total": "0+900x60",
    **{
        f't_seconds_{part},code="{code}"}}': f"0+{rate * (3 if code == '200' else 1)}x60"
        for part, rate in (('bucket{le="0.3"', 50), ('bucket{le="+Inf"', 80), ('count{x=""', 80))
        for code in ("200", "500")
    },
    'g{i="1"}': "1x60",
    'g{i="2"}': "0.25x60",
    'g{i="3"}': "0.125x60",
}
AT = 3600


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules of all SLOs, drafts among them, without catching up what a gap lost."""
    slos = [
        {"name": name, "objective": 90, "sli": {"raw": {"error_ratio_query": query}}} for name, query in RATIOS.items()
    ]
    document = {"version": "prometheus/v1", "service": "shop", "labels": {"owner": "a"}, "slos": slos}
    options = "scrape_interval: 1m\nevaluation_interval: 1m\ntargets: {prometheus: {catch_up: false}}\n"
    project = load(Source("sloc.yaml", options))[0]
    found = imported([Source("a.yaml", json.dumps(document))], Options(), project)
    assert {row.old.partition("/")[2] for row in found.rows if row.new} == set(RATIOS)
    program, _ = analyse([Source(name, text) for name, text in found.files.items()], project)
    assert program is not None
    (text,) = render(program, "prometheus", project.options()).values()
    path = tmp_path_factory.mktemp("rules") / "shop.rules.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_share_of_bad_events_is_that_of_the_query(rules: Path) -> None:
    theirs = {name: query.replace("{{.window}}", "5m") for name, query in RATIOS.items()}
    ours = {name: f'slo:error_ratio:rate5m{{slo="shop/{name}"}}' for name in RATIOS}
    found = Simulation([rules], SERIES).values([*theirs.values(), *ours.values()], AT)
    values = {name: [found[side[name]] for side in (theirs, ours)] for name in RATIOS}
    for name, sides in values.items():
        assert [len(one) for one in sides] == [1, 1], name
        assert sides[0][0][1] == pytest.approx(sides[1][0][1], rel=1e-9), name
    shares = {round(sides[0][0][1], 6) for sides in values.values()}
    assert len(shares) > len(RATIOS) / 2, "most shares differ, so that no query passes for another"
