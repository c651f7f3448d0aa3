"""`sloc show`: what the compiler understood, for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import click

from slocompiler import burn, promql
from slocompiler.cli.run import compile_paths, paths_and_project
from slocompiler.diagnostics import visible
from slocompiler.ir import Alert, Burn, Exhausted, Indicator, Ratio, Remaining, Service, Slo, Stream, Threshold, to_json


@click.command("show")
@paths_and_project
@click.option("--json", "as_json", is_flag=True, help="The IR as JSON, as grammar/ir.schema.json describes it.")
def command(paths: tuple[str, ...], project_file: str | None, as_json: bool) -> None:
    """Show every SLO with all that holds for it.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input; without one, the whole project.
    """
    program = compile_paths(paths, project_file).program
    if as_json:
        click.echo(json.dumps(to_json(program), indent=2, ensure_ascii=False))
        return
    click.echo("\n\n".join("\n".join(_slo(slo, service)) for service in program.services for slo in service.slos))


def _slo(slo: Slo, service: Service) -> Iterator[str]:
    title = f' "{slo.title}"' if slo.title else ""
    yield visible(f"{slo.id}{title}{' (draft)' if slo.draft else ''}")
    for name, values in _settings(slo, service):
        for index, value in enumerate(values):
            yield visible(f"  {name if index == 0 else '':<13} {value}")


def _settings(slo: Slo, service: Service) -> Iterator[tuple[str, list[str]]]:
    share = burn.budget(slo.target)
    outage = promql.duration(int(share * slo.window))
    yield "target", [f"{promql.percent(slo.target)} over {promql.duration(slo.window)}"]
    yield "budget", [f"{promql.percent(share)} of events; at even traffic {outage} of full outage"]
    yield from _measured(slo.indicator)
    yield "per", [", ".join(slo.per)] if slo.per else []
    yield "but", [f"{promql.percent(x.target)} for {promql.selector('', x.filter)}" for x in slo.overrides]
    yield "alerts", [alert_line(line, slo.target, slo.window) for line in slo.alerts] or ["none"]
    yield "policy", [f"{_below(step.below)}: {step.action}{' (notify)' if step.notify else ''}" for step in slo.policy]
    yield "owner", [service.owner]
    yield "stakeholders", [", ".join(slo.stakeholders)] if slo.stakeholders else []
    yield "because", [slo.because] if slo.because else []
    yield "runbook", [slo.runbook] if slo.runbook else []
    yield "links", [f"{link.title}: {link.url}" for link in slo.links]
    yield "labels", [f"{label.name} = {label.value}" for label in slo.labels]
    if slo.review:
        last = f", last {slo.review.last.isoformat()}" if slo.review.last else ""
        yield "review", [f"every {promql.duration(slo.review.every)}{last}"]
    yield "source", [slo.source]


def _measured(indicator: Indicator) -> Iterator[tuple[str, list[str]]]:
    if isinstance(indicator, Threshold):
        yield "histogram", [_stream(indicator.histogram)]
        filters = " or ".join(promql.selector("", only) for only in indicator.only)
        side = "at most" if indicator.good == "le" else "above"
        yield "good", [f"{f'{filters} and ' if filters else ''}{side} {promql.number(indicator.bound)}{indicator.unit}"]
        return
    assert isinstance(indicator, Ratio), "no other kind is compiled yet (E901)"
    yield "events", [_stream(stream) for stream in indicator.total]
    yield indicator.side, [_stream(stream) for stream in indicator.part]


def alert_line(line: Alert, target: Decimal, period: int) -> str:
    """An alert line in the words of the language, for an SLO of this target and window."""
    if isinstance(line, Burn):
        text = f"at {promql.percent(line.share)} of budget in {promql.duration(line.window)}"
        if line.ceiling is not None and burn.is_capped(line, target, period):
            text += f", held at {promql.percent(line.ceiling)} of all events"
    elif isinstance(line, Exhausted):
        text = f"when exhausted within {promql.duration(line.within)}"
    elif isinstance(line, Remaining):
        text = f"when {_below(line.below)}"
    else:
        text = f"when no data for {promql.duration(line.lasting)}"
    needs = f" needs {line.needs} bad events" if isinstance(line, Burn | Exhausted) and line.needs else ""
    return f"{line.severity} {text}{needs}"


def _below(share: Decimal) -> str:
    return f"budget below {promql.percent(share)}"


def _stream(stream: Stream) -> str:
    """A stream in PromQL's words, as it is counted."""
    expr = promql.rate(stream, "5m")
    return expr.replace("rate(", "").replace("[5m])", "")
