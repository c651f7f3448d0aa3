"""`sloc show`: the settings of each SLO as the compiler resolved them, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from slocompiler import burn, moments, promql
from slocompiler.cli import complete, declared
from slocompiler.cli.messages import give, say
from slocompiler.cli.named import apart, only
from slocompiler.cli.session import compile_paths, project_option
from slocompiler.explain import language, words
from slocompiler.explain.phrases import override, plain
from slocompiler.ir import NoData, Service, Slo
from slocompiler.ir_json import to_json
from slocompiler.targets.prometheus import nodata
from slocompiler.visible import visible


@declared.command("show", short_help="Show the settings of each SLO.")
@declared.argument("what", metavar="[SERVICE | SERVICE/SLO | PATH]...", nargs=-1, shell_complete=complete.names)
@project_option
@declared.option("--json", "as_json", is_flag=True, help="Print the IR as JSON; grammar/ir.schema.json describes it.")
def command(what: tuple[str, ...], project_file: str | None, as_json: bool) -> None:
    """Show the settings of SLOs, and the file and line that set each.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input. Without one, the project is shown.
    Names of services and SLOs select from these files.
    """
    named, paths = apart(what)
    program = compile_paths(tuple(paths), project_file).program
    if named:
        program = only(program, named, ", file or folder")
    if as_json:
        give(json.dumps(to_json(program), indent=2, ensure_ascii=False) + "\n")
        return
    say("\n\n".join("\n".join(_slo(slo, service)) for service in program.services for slo in service.slos))


def _slo(slo: Slo, service: Service) -> Iterator[str]:
    title = f' "{slo.title}"' if slo.title else ""
    yield f"{slo.id}{title}{' (draft)' if slo.draft else ''}"
    origins = {origin.setting: f"   from {origin.place}" for origin in slo.origins}
    origins |= {f"in {one.deployment}": f"   from {one.place}" for one in slo.variants}
    for name, values in _settings(slo, service):
        for index, (value, setting) in enumerate(values):
            yield visible(f"  {name if index == 0 else '':<13} {value}{origins.get(setting, '')}")


def _settings(slo: Slo, service: Service) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The name of each row, and its lines, each with the setting whose origin is printed after it."""
    share = burn.budget(slo.target)
    outage = promql.duration(int(share * slo.window))
    traffic = "at even traffic " if words.counted(slo.indicator) == "events" else ""
    yield "target", _plain(language.objective(slo.target, slo.window))
    yield (
        "budget",
        _plain(f"{promql.percent(share)} of {words.counted(slo.indicator)}; {traffic}{outage} of full outage"),
    )
    for name, lines in language.statements(slo.indicator, promql.instant):
        yield name, _plain(*lines)
    yield from _excluded(slo)
    yield "per", _plain(", ".join(language.per(slo))) if slo.per else []
    yield "overrides", _plain(*(plain(override(other)) for other in slo.overrides))
    lines = [language.alert(line, slo.target, slo.window) for line in slo.alerts]
    yield "alerts", _plain("none: it is a draft") if slo.draft else _with_origin("alerts", lines or ["none"])
    for there in slo.variants:
        others = [language.objective(there.target, slo.window)] if there.target != slo.target else []
        if there.alerts != slo.alerts or not others:
            others += [language.alert(line, there.target, slo.window) for line in there.alerts]
        yield f"in {there.deployment}", _with_origin(f"in {there.deployment}", others)
    rests = [nodata.otherwise(slo, line) for line in slo.alerts if isinstance(line, NoData)]
    yield "no data", _plain(*dict.fromkeys(f"the alert {plain(rest)}" for rest in rests if rest))
    steps = [f"budget {language.left(step.below)}: {step.action}{language.marks(step)}" for step in slo.policy]
    yield "policy", _with_origin("policy", steps)
    yield "risks", _plain(*(f"{risk.text}: {language.risk(risk)}" for risk in service.risks if slo.name in risk.on))
    said = (one for one in service.feedback if slo.name in one.on)
    yield "feedback", _plain(*(f"{one.day.isoformat()}: {one.text}" for one in said))
    yield "owner", _with_origin("owner", [service.owner])
    yield "formerly", _plain(", ".join(slo.formerly)) if slo.formerly else []
    yield "stakeholders", _with_origin("stakeholders", [", ".join(slo.stakeholders)] if slo.stakeholders else [])
    yield "because", _with_origin("because", [slo.because] if slo.because else [])
    yield "runbook", _with_origin("runbook", [slo.runbook] if slo.runbook else [])
    yield "links", [(f"{link.title}: {link.url}", f"link {link.title}") for link in slo.links]
    yield "labels", [(f"{label.name} = {label.value}", f"labels {label.name}") for label in slo.labels]
    if slo.review:
        last = f", last {slo.review.last.isoformat()}" if slo.review.last else ""
        yield "review", _with_origin("review", [f"every {promql.duration(slo.review.every)}{last}"])
    yield "source", _plain(words.written_in(slo))


def _excluded(slo: Slo) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The rows of events and of times that do not count."""
    yield "excluded", _plain(*language.exclusions(slo))
    planned = ((f"{one.text}, {language.planned(one)}: {one.because}", one) for one in slo.maintenance)
    yield "maintenance", [(line, f"maintenance {one.text}") for line, one in planned]
    excepted = ((f"{language.excepted(one)}: {one.because}", one) for one in slo.exceptions)
    yield "excepted", [(line, f"except {moments.write(one.begin)}") for line, one in excepted]


def _plain(*lines: str) -> list[tuple[str, str]]:
    """Lines without an origin."""
    return [(line, "") for line in lines]


def _with_origin(setting: str, lines: list[str]) -> list[tuple[str, str]]:
    """Lines of one setting, with its origin after the first."""
    return [(line, setting if index == 0 else "") for index, line in enumerate(lines)]
