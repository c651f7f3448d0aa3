"""`sloc gate`: whether the budgets of a service let a deployment pass."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from slocompiler.cli import complete, declared
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.messages import fail, give, report_errors, say
from slocompiler.cli.named import only
from slocompiler.cli.session import compile_paths, project_option
from slocompiler.deployments import deployed
from slocompiler.ir import Program, Service
from slocompiler.live.gate import Gate, as_json, closing, judged, query, verdict
from slocompiler.live.questions import answered
from slocompiler.project import Project
from slocompiler.visible import visible

CODES = {"open": 0, "closed": 1, "unknown": 2}


@declared.command("gate", short_help="Say whether the budgets of a service let a deployment pass.")
@declared.argument("services", metavar="SERVICE...", nargs=-1, required=True, shell_complete=complete.names)
@project_option
@connection
@declared.option(
    "--on-unknown",
    type=("open", "closed"),
    help="What a budget counts as that is not known; without it, the exit code is 2.",
)
@declared.option("--override", metavar="REASON", help="Pass, and print the verdict with this reason as JSON.")
@declared.option(
    "--print-query",
    is_flag=True,
    help="Print a query that returns 1 if open and 0 if closed, for Argo Rollouts or Flagger.",
)
def command(
    services: tuple[str, ...], project_file: str | None, connection: Connection, on_unknown: str | None,
    override: str | None, print_query: bool,
) -> None:  # fmt: skip  # one option each
    """Say whether the policies of services let a deployment pass: exit code 0 open, 1 closed, 2 unknown.

    SERVICE is the name of a service, or of an SLO. A gate is closed if a budget is exhausted for which the policy has a step,
    or below a step that ends with `gate`.
    """
    if override is not None and not override.strip():
        fail("--override needs a reason")
    run = compile_paths((), project_file, reporter=report_errors)
    program = only(run.program, services)
    for service in program.services:
        if not any(map(closing, service.slos)):
            asked = next(name for name in services if name.partition("/")[0] == service.name)
            fail(f"no policy of {asked} has a step for an exhausted budget, or one that ends with `gate`")
    if print_query:
        give(_queries(program, run.project))
        return
    gates, answering = _asked(connection, program, run.project)
    found = verdict(gates) if answering or verdict(gates) == "closed" else "unknown"
    if gates:
        say(_report(gates, program), err=override is not None)
    if override is not None:
        give(json.dumps(as_json(gates, found, services, connection.now, override), ensure_ascii=False) + "\n")
        return
    sys.exit(CODES[on_unknown if found == "unknown" and on_unknown else found])


def _asked(connection: Connection, program: Program, project: Project) -> tuple[list[Gate], bool]:
    """The verdicts on the SLOs of all deployments, and whether every server answers."""
    from slocompiler.cli.unanswered import Unanswered

    gates: list[Gate] = []
    answering = True
    for one in connection.servers(program, project):
        try:
            gates += answered(judged(one.program, project.options(), connection.now), one.answer)
        except Unanswered as failure:
            failure.show()
            answering = False
    return gates, answering


def _report(gates: Sequence[Gate], program: Program) -> str:
    """A line for each SLO that does not let it pass, or one for all; who may overrule."""
    owners = {slo.id: service for service in program.services for slo in service.slos}
    stopping = [gate for gate in gates if gate.verdict != "open"]
    if not stopping:
        least = min(gates, key=lambda gate: gate.row.worst.left or 0)
        others = ", and no other has less" if len(gates) > 1 else ""
        return visible(f"open: {least.row.id}: {least.why}{others}")
    lines = []
    for gate in sorted(stopping, key=lambda one: one.verdict):
        where = f" ({', '.join(label.value for label in gate.row.deployment)})" if gate.row.deployment else ""
        lines.append(f"{gate.verdict}: {gate.row.id}{where}: {gate.why}")
        if gate.action:
            lines.append(f"  agreed: {gate.action}")
    for service in dict.fromkeys(owners[gate.row.id].name for gate in stopping):
        lines.append(_overruling(next(one for one in program.services if one.name == service)))
    return "\n".join(map(visible, lines))


def _overruling(service: Service) -> str:
    people = list(dict.fromkeys(name for slo in service.slos for name in slo.stakeholders))
    who = f"{service.owner}, together with {', '.join(people)}," if people else service.owner
    return f"To overrule: {who} may pass with --override REASON."


def _queries(program: Program, project: Project) -> str:
    """The query; with deployments, that of each, below a comment with its name."""
    if not project.deployments:
        return query(slo for slo in program.slos if closing(slo)) + "\n"
    parts = []
    for one in project.deployments:
        here = [slo for slo in deployed(program, one).slos if closing(slo)]
        parts.append(f"# {one.name}\n{query(here)}\n")
    return "\n".join(parts)
