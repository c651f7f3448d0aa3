"""`sloc simulate`: the chance that each target is kept, given the risks that its service states."""

from __future__ import annotations

from slocompiler.cli import complete, declared
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import give, say
from slocompiler.cli.named import apart, only
from slocompiler.cli.session import compile_paths, project_option


@declared.command("simulate", short_help="Compute the chance that targets are kept.")
@declared.argument("what", metavar="[SERVICE | SERVICE/SLO | PATH]...", nargs=-1, shell_complete=complete.names)
@project_option
@form_option(
    "text", "markdown", "json", help="markdown for a pull request, json for programs (grammar/simulate.schema.json)."
)
def command(what: tuple[str, ...], project_file: str | None, form: str) -> None:
    """Compute the chance that SLOs keep their targets, given the risks of their services.

    Incidents of each risk come at random, as often and for as long as it says on average. The chances are those of
    endlessly many simulated windows. PATH is a file, a folder (every .slo file below it) or `-` for standard input.
    Without one, the project is simulated. Names of services and SLOs select from these files.
    """
    from slocompiler.explain import simulation_formats as formats
    from slocompiler.explain.simulation import simulated

    named, paths = apart(what)
    program = compile_paths(tuple(paths), project_file).program
    if named:
        program = only(program, named, ", file or folder")
    found = [(slo, simulated(slo, service)) for service in program.services for slo in service.slos]
    if form == "json":
        give(formats.as_json(found))
    else:
        say(formats.as_text(found) if form == "text" else formats.as_markdown(found))
