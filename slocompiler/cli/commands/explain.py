"""`sloc explain`: the section of a code with its reason and an example, or an SLO in numbers."""

from __future__ import annotations

import click

from slocompiler.cli import complete
from slocompiler.cli.messages import fail
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.diagnostics import CODES
from slocompiler.explain.code import explanation
from slocompiler.suggest import did_you_mean


@click.command("explain", short_help="Explain a code or an SLO.")
@click.argument("what", shell_complete=complete.codes)
@paths_and_project
def command(what: str, paths: tuple[str, ...], project_file: str | None) -> None:
    """Explain a code such as E203, or an SLO in numbers.

    WHAT is a code, or an SLO as service/slo. The SLO is looked up in the files of PATH, or of the project.
    """
    if "/" in what:
        _explain_slo(what, paths, project_file)
        return
    known = what.upper()
    if known not in CODES:
        hint = (
            did_you_mean(known, CODES) or "codes are in the brackets of a message: error[E203]; an SLO is service/slo"
        )
        fail(f"there is no code {what}; {hint}")
    click.echo(explanation(known))


def _explain_slo(what: str, paths: tuple[str, ...], project_file: str | None) -> None:
    from slocompiler.explain.slo import meaning
    from slocompiler.targets.prometheus import groups_of

    run = compile_paths(paths, project_file)
    found = {slo.id: (slo, service) for service in run.program.services for slo in service.slos}
    if what not in found:
        fail(f"there is no SLO {what}; {did_you_mean(what, found) or 'there are ' + ', '.join(found)}")
    slo, service = found[what]
    options = run.project.options()
    rules = [rule for group in groups_of(slo, service, options) for rule in group.rules]
    click.echo("\n".join(meaning(slo, rules, options)))
