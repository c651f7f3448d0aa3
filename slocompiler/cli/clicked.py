"""The command line as click has it, made from what `declared.py` declares: help, mistakes in arguments, completion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from inspect import cleandoc
from typing import Any

import click

from slocompiler import __version__
from slocompiler.cli.declared import PATH, Command, Parameter
from slocompiler.cli.group import COMMANDS, find
from slocompiler.cli.last_resort import end, say_last
from slocompiler.visible import inert, visible


class _Commands(click.Group):
    """Imports the module of a command only when it is called, so that every command starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        return as_click(found) if (found := find(cmd_name)) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            from slocompiler.suggest import did_you_mean

            ctx.fail(f"there is no command `{name}`; {did_you_mean(name, COMMANDS) or 'see `sloc --help`'}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (click.Abort, click.exceptions.Exit):
            raise
        except click.ClickException as error:
            message = error.format_message()
            if inert(visible(message)) == message:
                raise
            sys.exit(say_last(f"sloc: {visible(message)}", error.exit_code))  # an argument in it moves a terminal
        except (Exception, KeyboardInterrupt) as error:
            sys.exit(end(error))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sloc", message="%(prog)s %(version)s")
def group() -> None:
    """Compile service level objectives, written in .slo files, to Prometheus rules, dashboards and documentation.

    Exit codes: 0 no errors, 1 errors, 2 wrong usage or a problem outside of the sources, 70 a bug in sloc.
    """


def as_click(command: Command) -> click.Command:
    """The same command in click."""
    return click.Command(
        command.name,
        callback=command.function,
        params=[_parameter(one) for one in command.parameters],
        help=cleandoc(command.function.__doc__ or ""),
        short_help=command.short_help,
        epilog=command.epilog,
    )


def _parameter(declared: Parameter) -> click.Parameter:
    words = dict(declared.words)
    if "type" in words:
        words["type"] = _type(words["type"])
    if "callback" in words:
        words["callback"] = _with_context(words["callback"])
    return click.Option(declared.names, **words) if declared.flags else click.Argument(declared.names, **words)


def _type(declared: Any) -> Any:
    if declared == PATH:
        return click.Path()
    return click.Choice(declared) if isinstance(declared, tuple) else declared()


def _with_context(callback: Callable[[Any], object]) -> Callable[[click.Context, click.Parameter, Any], object]:
    return lambda context, parameter, value: callback(value)  # noqa: ARG005  # click gives all three
