"""`sloc verify` against VictoriaMetrics: the findings are those of Prometheus, and what it cannot answer is not checked."""

import time
from pathlib import Path

from slocompiler.compiler import render
from support.compile import compile_text
from support.exporter import Exposed
from support.markers import files, mismatches
from support.verified import verified
from support.victoria import running

METRICS = """\
# TYPE requests_total counter
requests_total{code="200",path="/"} 100
requests_total{code="404",path="/pay"} 3
# TYPE answer_duration_seconds histogram
answer_duration_seconds_bucket{le="0.25"} 80
answer_duration_seconds_bucket{le="0.5"} 90
answer_duration_seconds_bucket{le="+Inf"} 100
answer_duration_seconds_sum 20
answer_duration_seconds_count 100
"""
TEXT = """\
service shop {
  owner "payments"
  slo right 99.9% over 30d {
    events requests_total{job="shop"}
    bad    {code=~"5.."}
    per    path
  }
  slo quick 99.9% over 30d {
    events answer_duration_seconds{job="shop"}
    good   below 250ms
  }
  slo wrong-job 99.9% over 30d {
    events requests_total{job="shops"}              # error: [V701] "did you mean `shop`?"
    bad    {code=~"5.."}
  }
  slo wrong-metric 99.9% over 30d {
    events requests_totals{job="shop"}              # error: [V701] "did you mean `requests_total`?"
    bad    {code=~"5.."}
  }
  slo wrong-label 99.9% over 30d {
    events requests_total{job="shop"}
    bad    {status=~"5.."}                          # error: [V702] "`code`"
  }
  slo wrong-bound 99.9% over 30d {
    events answer_duration_seconds{job="shop"}
    good   below 300ms                              # error: [V704] "the nearest are 0.25 and 0.5"
  }
}
"""


def test_the_same_findings(tmp_path: Path) -> None:
    rules = render(compile_text(TEXT), "prometheus")
    with Exposed(METRICS) as exporter, running(tmp_path, rules, exporter.address, "1s") as server:
        begun = time.time()
        while not (server.query("requests_total") and time.time() > begun):
            assert time.time() < begun + 20, "nothing is scraped"
        report = verified(files(TEXT), server.database)
    wrong = mismatches(TEXT, lambda _: report.problems)
    assert not wrong, wrong
    assert {one.code for one in report.unchecked} == {"V707", "V712", "V713", "V714"}
    assert report.summary.endswith("148 rules loaded, all healthy")
