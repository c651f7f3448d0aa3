"""`sloc lsp`: the language server, which editors start."""

from __future__ import annotations

import click

from slocompiler.cli import trace
from slocompiler.cli.messages import fail


@click.command("lsp", short_help="Answer an editor: diagnostics, completion, hover and more.")
@click.option("--stdio", is_flag=True, expose_value=False, help="Use standard input and output, as always.")
def command() -> None:
    """Speak the Language Server Protocol with an editor on standard input and output.

    An editor starts this; docs/editors.md has the settings for several. It needs the extra `lsp`.
    """
    trace.drop()
    try:
        from slocompiler.cli.lsp.features import serve
    except ImportError as error:
        fail(f"{error.name} is not installed: `pip install 'slocompiler[lsp]'` installs what editors need")
    serve()
