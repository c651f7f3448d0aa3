"""`sloc explain`: the section of a code with its reason and an example, or SLOs in numbers."""

from __future__ import annotations

import re

from slocompiler.cli import complete, declared
from slocompiler.cli.messages import fail, say
from slocompiler.cli.named import is_name, only
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.codes import CODES
from slocompiler.explain.code import explanation
from slocompiler.suggest import did_you_mean

_CODE = re.compile("[EVW][0-9]+", re.IGNORECASE)


@declared.command("explain", short_help="Explain a code, a service or an SLO.")
@declared.argument("what", metavar="CODE | SERVICE | SERVICE/SLO", shell_complete=complete.explained)
@paths_and_project
def command(what: str, paths: tuple[str, ...], project_file: str | None) -> None:
    """Explain a code such as E203, or SLOs in numbers: all of a service in short, or one in full.

    Services and SLOs are looked up in the files of PATH, or of the project.
    """
    if is_name(what) and not _CODE.fullmatch(what):
        _explain_slos(what, paths, project_file)
    else:
        _explain_code(what)


def _explain_code(what: str) -> None:
    known = what.upper()
    if known not in CODES:
        hint = (
            did_you_mean(known, CODES) or "codes are in the brackets of a message: error[E203]; an SLO is service/slo"
        )
        fail(f"there is no code {what}; {hint}")
    say(explanation(known))


def _explain_slos(what: str, paths: tuple[str, ...], project_file: str | None) -> None:
    from slocompiler.explain.service import overview
    from slocompiler.explain.slo import meaning
    from slocompiler.targets.prometheus import down
    from slocompiler.targets.prometheus.render import groups_of

    run = compile_paths(paths, project_file)
    (service,) = only(run.program, [what]).services
    options = run.project.options()
    if "/" not in what:
        say("\n".join(overview(service, options.scrape_interval, options.evaluation_interval)))
        return
    (slo,) = service.slos
    watching = down.group(service, options)
    groups = [*groups_of(slo, service, options), *([watching] if watching else [])]
    rules = [rule for group in groups for rule in group.rules]
    say("\n".join(meaning(slo, service, rules, options)))
