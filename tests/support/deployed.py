"""A service with an SLO of each kind, and projects with deployments."""

from __future__ import annotations

from slocompiler.compiler import analyse
from slocompiler.ir import Program
from slocompiler.project import Project, load
from slocompiler.source import Source

SERVICE = """service web {
  owner "team"
  slo answers "Answers" 99.9% over 30d {
    events requests_total{job="web"} bad {code=~"5.."}
  }
  slo speed 99% over 30d {
    events latency_seconds{job="web"} good {code!="500"} below 300ms
    per route
    target {route="/slow"} 90%
  }
  slo queue 99% over 30d { slices 1m good when max(queue{}) < 5 alerts none }
  slo raw 99% over 30d {
    events `sum(rate(x_total{cluster="$cluster"}[$window]))`
    bad    `sum(rate(x_total{cluster=~"$cluster", code="$1"}[$window]))`
    exclude when `maintenance{cluster=~"$cluster|"} > 0`
  }
}
"""


CALM = """defaults_from: org.slo
deployments:
  - {name: eu, where: {cluster: eu}}
  - {name: calm, where: {cluster: calm}, alerts: calm}
"""
LINES = """alerts calm {
  ticket at 20% of budget in 1d
  ticket when no data for 30m unless running{job="web"} == 1
}
"""


def program(project: str, lines: str = LINES) -> tuple[Program | None, Project, list[str]]:
    """The program of SERVICE in a project whose org.slo has these lines, the project, and the errors."""
    settings = load(Source("sloc.yaml", project))[0]
    found, problems = analyse([Source("web.slo", SERVICE)], settings, {"org.slo": Source("org.slo", lines)}.__getitem__)
    return found, settings, [problem.code for problem in problems if problem.is_error]
