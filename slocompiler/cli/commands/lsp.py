"""`sloc lsp`: the language server, which editors start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slocompiler.cli import declared, trace
from slocompiler.cli.connection import Connection, addressed
from slocompiler.cli.messages import fail

if TYPE_CHECKING:
    from slocompiler.lsp.verified import Servers


@declared.command("lsp", short_help="Answer an editor: diagnostics, completion, hover and more.")
@declared.option("--stdio", is_flag=True, expose_value=False, help="Use standard input and output, as always.")
@addressed
@declared.option(
    "--snapshot",
    envvar="SLOC_SNAPSHOT",
    metavar="FILE",
    type=declared.PATH,
    help="A file of `sloc snapshot`, whose metrics, labels and values editors offer. Also SLOC_SNAPSHOT.",
)
def command(connection: Connection | None, snapshot: str | None) -> None:
    """Speak the Language Server Protocol with an editor on standard input and output.

    An editor starts this; docs/editors.md has the settings for several. It needs the extra `lsp`.

    With --url, editors show the state of each SLO on that server. No address in a sloc.yaml is asked.
    """
    trace.drop()
    try:
        from slocompiler.cli.lsp.features import serve
    except ImportError as error:
        fail(f"{error.name} is not installed: `pip install 'slocompiler[lsp]'` installs what editors need")
    serve(_servers(snapshot) if snapshot else {}, connection)


def _servers(file: str) -> Servers:
    """What a snapshot has of servers, without the counts of the past, for which no editor asks. The command fails if it is none."""
    from slocompiler.cli.snapshots import read_snapshot
    from slocompiler.live.snapshot import Snapshot

    _, servers = read_snapshot(file)
    return {name: Snapshot(one.at, {**one.data, "ranges": []}) for name, one in servers.items()}
