"""`sloc std`: lists the templates that ship with sloc, or prints a file of them."""

from __future__ import annotations

from slocompiler.cli import complete, declared
from slocompiler.cli.messages import fail, say
from slocompiler.library import entries
from slocompiler.suggest import one_of


@declared.command("std", short_help="List the templates that ship with sloc.")
@declared.argument("name", metavar="[NAME]", required=False, shell_complete=complete.library)
def command(name: str | None) -> None:
    """List the files of templates that ship with sloc, one for each exporter, or print the file NAME.

    `import "std/NAME.slo"` makes its templates available. Its comment shows how to use them, what the exporter must be
    configured for, and where the names of the metrics are from.
    """
    found = {one.name: one for one in entries()}
    if name is None:
        width = max(map(len, found))
        say("\n".join(f"{one.name:{width}}  {one.title}" for one in found.values()))
        return
    name = name.removeprefix("std/").removesuffix(".slo")
    if name not in found:
        fail(f"the library has no file `{name}`; {one_of(name, found)}")
    say(f'# import "std/{name}.slo"\n#\n{found[name].text.rstrip()}')
