"""`sloc log`: the record of what SLOs promised, from git."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.cli import complete, declared
from slocompiler.cli.forms import form_option
from slocompiler.cli.history import log_of
from slocompiler.cli.messages import fail, give, say
from slocompiler.cli.session import project_option, read_project
from slocompiler.diff.log import Log
from slocompiler.diff.render import log
from slocompiler.ids import means
from slocompiler.suggest import one_of


@declared.command("log", short_help="List every change of a promise, from git.")
@declared.argument("slos", metavar="[SLO]...", nargs=-1, shell_complete=complete.names)
@project_option
@form_option(
    "text",
    "markdown",
    "json",
    help="text for a terminal, markdown for a wiki, json for programs (grammar/log.schema.json).",
)
def command(slos: tuple[str, ...], project_file: str | None, form: str) -> None:
    """List every change of what SLOs promise: its day, commit, author and reason, and the people who agreed.

    SLO is the name of an SLO, of a service, or a pattern such as 'checkout/*', now or in the past. Without one, all are
    listed. A promise is a target, its window, which events count and which of them are bad. The record ends at HEAD.
    """
    _, root = read_project(project_file)
    found = _named(log_of(root), slos)
    if form == "json":
        give(log.as_json(found))
    else:
        say(log.as_text(found) if form == "text" else log.as_markdown(found))


def _named(found: Log, wanted: Sequence[str]) -> Log:
    """The entries of the SLOs that have, or had, one of these names. The command fails at an unknown name."""
    names = {id: {id, *(entry.slo.id for entry in entries)} for id, entries in found.items()}
    every = sorted(set().union(*names.values()))
    if not every:
        fail("no commit has an SLO")
    for name in wanted:
        if not any(means(name, one) for one in every):
            fail(f"no commit has an SLO or a service `{name}`; {one_of(name, every)}")
    return {
        id: found[id]
        for id in sorted(found)
        if not wanted or any(means(name, one) for name in wanted for one in names[id])
    }
