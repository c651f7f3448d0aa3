"""`when down`: the selectors of the SLO have to fix a job, and a restart is no outage."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import jobs
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.project import Project
from slocompiler.promql import duration
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t


def down_lines(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E241 and E408 of the lines `when down` of an SLO."""
    for line in slo.alerts.lines if slo.alerts else ():
        if isinstance(line, t.DownLine) and line.intact:
            yield from _too_soon(line, run.project)
            if slo.intact and not slo.tree.draft:  # a draft has no alerts
                yield from _without_job(line, slo)


def _too_soon(line: t.DownLine, project: Project) -> Iterator[Diagnostic]:
    least = 2 * jobs.held(project.scrape_interval)
    if isinstance(line.lasting, t.Duration) and line.lasting.seconds < least:
        text, enough = line.lasting.span.text, duration(least)
        message = f"what is down for {text} may be just restarting"
        help = f"use at least {enough}: metrics are scraped every {duration(project.scrape_interval)}"
        yield Diagnostic(
            "E408", message, line.lasting.span, help=help, fixes=edits(f"write `{enough}`", (line.lasting.span, enough))
        )


def _without_job(line: t.DownLine, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    part = slo.good or slo.bad
    terms = slo.total or (part.looked_at if part else ())
    if terms and jobs.fixed(term.matchers for term in terms):
        return
    missing = next((term for term in terms if not jobs.fixed([term.matchers])), None)
    pattern = next((m for m in missing.matchers if m.label == "job"), None) if missing else None
    message = f"`when down` needs a job to watch, and `{slo.called}` fixes none"
    help = 'write `job="…"` in the braces of its events'
    if pattern:
        help = f'`job{pattern.op}` may match other jobs too, of which one is up: write one `job="…"`'
    elif missing is None:
        help = "sloc does not read the job of PromQL: remove the line"
    where = missing.span if missing else slo.tree.name.span
    yield Diagnostic("E241", message, line.span, (Label(where, "no job is fixed here"),), help)
