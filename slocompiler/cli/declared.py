"""What commands are called with: options and arguments, declared once, in the words of click.

To import click takes longer than to build a small project. So `Command.read` reads usual arguments by itself. Where it
returns None, `clicked.py` makes a command of click from the same declarations, for help, mistakes and shell completion.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

PATH = "path"
"""The type of parameters that are paths. Other types are a tuple of choices, or a function that returns a type of click."""
_ATTRIBUTE = "declared"
_READ = {
    *("callback", "default", "expose_value", "help", "is_flag", "metavar", "multiple", "nargs", "required"),
    *("shell_complete", "type"),
}
"""The words whose meaning `Command.read` knows. A command with others is read by click."""


class Parameter:
    """An option or an argument. As a decorator it adds itself to a command, before those that the command has."""

    def __init__(self, names: tuple[str, ...], words: dict[str, Any]) -> None:
        self.names = names
        self.words = words
        """Those of click, except for `type`, and for `callback`, which is called with the value alone."""
        self.flags = tuple(name for name in names if name.startswith("-"))
        plain = [name for name in names if not name.startswith("-")]
        self.name = plain[0] if plain else max(names, key=len).lstrip("-").replace("-", "_")
        """That of the value, for the function of the command."""
        self.type = words.get("type")
        self.is_flag = words.get("is_flag", False)
        self.many = words.get("multiple", False) or words.get("nargs") == -1
        self.default = False if self.is_flag else () if self.many else words.get("default")
        self.exposed = words.get("expose_value", True)
        self.required = words.get("required", "default" not in words and not (self.flags or self.many))

    def __call__(self, function: Function) -> Function:
        """The function, with this parameter."""
        function.__dict__.setdefault(_ATTRIBUTE, []).append(self)
        return function

    @property
    def is_simple(self) -> bool:
        """Whether it has a value without click if it is not given."""
        converts = (callable(self.type) and self.default is not None) or (self.exposed and "callback" in self.words)
        return self.words.keys() <= _READ and not converts and not (self.flags and self.required)

    def takes(self, text: str) -> bool:
        """Whether a text certainly is a value of this parameter as it is."""
        if self.type == PATH:
            return not os.path.exists(text) or os.access(text, os.R_OK)
        return self.type is None or (isinstance(self.type, tuple) and text in self.type)


class Command:
    """A command: its function and its parameters."""

    def __init__(self, name: str, function: Callable[..., Any], short_help: str, epilog: str | None) -> None:
        self.name = name
        self.function = function
        self.short_help = short_help
        self.epilog = epilog
        self.parameters: list[Parameter] = function.__dict__.get(_ATTRIBUTE, [])[::-1]

    def read(self, arguments: Sequence[str]) -> dict[str, Any] | None:
        """The values of the parameters by their names; None if click has to read the arguments."""
        if not all(one.is_simple for one in self.parameters):
            return None
        options = {flag: one for one in self.parameters for flag in one.flags}
        values: dict[str, Any] = {one.name: one.default for one in self.parameters}
        words, rest = list[str](), iter(arguments)
        for word in rest:
            if word == "--":
                words += rest
            elif word == "-" or not word.startswith("-"):
                words.append(word)
            else:
                flag, equals, text = word.partition("=") if word.startswith("--") else (word, "", "")
                option = options.get(flag)
                if option is None or (option.is_flag and equals):
                    return None
                if option.is_flag:
                    values[option.name] = True
                    continue
                value = text if equals else next(rest, None)
                if value is None or not option.takes(value):
                    return None
                values[option.name] = (*values[option.name], value) if option.many else value
        return values if self._place(words, values) else None

    def _place(self, words: list[str], values: dict[str, Any]) -> bool:
        """Make the words the values of the arguments. False if they do not fit."""
        for one in self.parameters:
            if not one.flags:
                own = words if one.many else words[:1]
                words = words[len(own) :]
                if not all(map(one.takes, own)) or (one.required and not own):
                    return False
                if own:
                    values[one.name] = tuple(own) if one.many else own[0]
        return not words

    def call(self, values: dict[str, Any]) -> None:
        """Run the command with the values that `read` returned."""
        for one in self.parameters:
            if "callback" in one.words:
                one.words["callback"](values[one.name])
        self.function(**{one.name: values[one.name] for one in self.parameters if one.exposed})


def option(*names: str, **words: Any) -> Parameter:
    """An option, such as `option("-o", "--output", type=PATH, help="The file.")`."""
    return Parameter(names, words)


def argument(name: str, **words: Any) -> Parameter:
    """What is given without an option. If there can be any number of it, it is the last argument."""
    return Parameter((name,), words)


def command(name: str, *, short_help: str = "", epilog: str | None = None) -> Callable[[Callable[..., Any]], Command]:
    """A decorator: the command of a function. Its help is the docstring."""
    return lambda function: Command(name, function, short_help, epilog)


def day() -> Any:
    """The type of days such as 2026-10-01; the value is a `datetime`."""
    from click import DateTime

    return DateTime(["%Y-%m-%d"])
