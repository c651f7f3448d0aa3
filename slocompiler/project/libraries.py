"""The `libraries` of the project file: folders of other repositories, from which files are imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.pattern import lazy_pattern
from slocompiler.project.yaml import Places
from slocompiler.record import value

_FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "git": (
        lazy_pattern(r"(?:https://|ssh://(?:[A-Za-z0-9_][\w.-]*@)?)(?:[A-Za-z0-9][\w.-]*|\[[0-9a-f:.]+\])(?::[0-9]+)?/[\w./~+-]+", re.ASCII),
        "write `https://HOST/PATH` or `ssh://git@HOST/PATH`: nothing else is fetched",
    ),
    "rev": (
        lazy_pattern(r"(?!.*(?:\.\.|//))[A-Za-z0-9_][\w./+-]{0,199}", re.ASCII),
        "write a tag, a branch or the hash of a commit",
    ),
    "path": (
        lazy_pattern(r"(?:(?!\.\.?(?:/|\Z)|-)[\w.+-]+(?:/(?!\.\.?(?:/|\Z)|-)[\w.+-]+)*/?)?", re.ASCII),
        "write a folder of the repository, from its top, such as `slo`",
    ),
}  # fmt: skip  # a table
"""The form of each key, and what to write."""
_NAME = lazy_pattern(r"[a-z][a-z0-9-]{0,62}")
OWN = "std"
"""The name of the library that comes with sloc."""


@value()
class Library:
    """A folder of a repository at a revision."""

    git: str
    rev: str
    path: str
    """The folder, from the top of the repository; "" for all of it."""


def read(data: dict[str, Any]) -> Mapping[str, Library]:
    """The libraries of a project file that has no mistakes, by name."""
    return {
        name: Library(one["git"], one["rev"], one.get("path", "").strip("/"))
        for name, one in data.get("libraries", {}).items()
    }


def mistakes(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """E510 for names that no import can have, and for addresses, revisions and folders that git could misread."""
    for name, one in data.get("libraries", {}).items():
        if name == OWN or not _NAME.fullmatch(name):
            message = f"a library cannot be called `{name}`"
            use = "use up to 63 lowercase letters, digits and hyphens, and begin with a letter"
            help = "`std` is the library that comes with sloc" if name == OWN else use
            yield Diagnostic("E510", message, places["libraries", None, name], help=help)
        for key, (form, help) in _FORMS.items():
            if not form.fullmatch(one.get(key, "x")) and (key != "path" or one.get(key)):
                message = f"`{key}` of the library `{name}` has a form that is not fetched"
                yield Diagnostic("E510", message, places["libraries", name, key], help=help)
