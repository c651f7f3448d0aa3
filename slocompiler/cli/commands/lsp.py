"""`sloc lsp`: the language server, which editors start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from slocompiler.cli import trace
from slocompiler.cli.messages import fail

if TYPE_CHECKING:
    from slocompiler.lsp.metrics import Metrics


@click.command("lsp", short_help="Answer an editor: diagnostics, completion, hover and more.")
@click.option("--stdio", is_flag=True, expose_value=False, help="Use standard input and output, as always.")
@click.option(
    "--snapshot",
    envvar="SLOC_SNAPSHOT",
    metavar="FILE",
    type=click.Path(),
    help="A file of `sloc snapshot`, whose metrics, labels and values editors offer. Also SLOC_SNAPSHOT.",
)
def command(snapshot: str | None) -> None:
    """Speak the Language Server Protocol with an editor on standard input and output.

    An editor starts this; docs/editors.md has the settings for several. It needs the extra `lsp`.
    """
    trace.drop()
    try:
        from slocompiler.cli.lsp.features import serve
    except ImportError as error:
        fail(f"{error.name} is not installed: `pip install 'slocompiler[lsp]'` installs what editors need")
    serve(_metrics(snapshot) if snapshot else {})


def _metrics(file: str) -> Metrics:
    """The metrics in a snapshot; nothing else of it is kept. The command fails if the file is no snapshot."""
    from slocompiler.cli.snapshots import read_snapshot
    from slocompiler.lsp.metrics import metrics

    _, servers = read_snapshot(file)
    return metrics(one.data for one in servers.values())
