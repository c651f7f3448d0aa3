"""The group of commands: one file per command, imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from keyword import iskeyword

import click

from slocompiler import __version__

COMMANDS = (
    *("init", "std", "import", "build", "check", "fmt", "list", "show", "diff", "log", "owners", "test", "simulate"),
    *("fetch", "verify", "status", "backtest", "suggest", "gate", "report", "review", "site", "snapshot", "backfill"),
    *("coverage", "explain", "lsp"),
)
"""Each is a module of `commands` that holds `command`; that of a keyword of Python ends in an underscore."""


class _Commands(click.Group):
    """Imports the module of a command only when it is called, so that every command starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        from slocompiler.cli.terminal import COLOR

        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"slocompiler.cli.commands.{name}").command
        if COLOR not in command.params:
            command.params.append(COLOR)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from slocompiler.suggest import did_you_mean

        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            ctx.fail(f"there is no command `{name}`; {did_you_mean(name, COMMANDS) or 'see `sloc --help`'}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            from slocompiler.cli.last_resort import end

            sys.exit(end(error))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sloc", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> None:
    """Compile service level objectives, written in .slo files, to Prometheus rules, dashboards and documentation.

    Exit codes: 0 no errors, 1 errors, 2 wrong usage or a problem outside of the sources, 70 a bug in sloc.
    """
    if context.obj is not None:
        from slocompiler.cli import trace

        trace.begin(context, context.obj)
