"""The group of commands: one file per command, imported when it is called."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

from slocompiler.cli.declared import Command
from slocompiler.cli.terminal import COLOR

COMMANDS = (
    *("init", "std", "import", "build", "check", "fmt", "list", "show", "diff", "log", "owners", "test", "simulate"),
    *("fetch", "verify", "status", "backtest", "suggest", "gate", "report", "review", "site", "snapshot", "backfill"),
    *("coverage", "explain", "lsp"),
)
"""Each is a module of `commands` that holds `command`; that of a keyword of Python ends in an underscore."""


def find(name: str) -> Command | None:
    """The command of that name; None if there is none."""
    if name not in COMMANDS:
        return None
    command: Command = import_module(f"slocompiler.cli.commands.{name}{'_' * iskeyword(name)}").command
    if COLOR not in command.parameters:
        command.parameters.append(COLOR)
    return command
