"""Files that ship with the package. Its loader reads them, from a folder as well as from a zip."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def resource(package: str, name: str) -> str:
    """The text of the file `name` in `package`, with `\\n` as line ends."""
    module: Any = import_module(package)  # what `pkgutil.get_data` does; importing pkgutil takes a millisecond
    data: bytes = module.__loader__.get_data(module.__file__.removesuffix("__init__.py") + name)
    return data.decode("utf-8").replace("\r\n", "\n")
