"""Files that ship with the package. Its loader reads them, from a folder as well as from a zip."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def resource(package: str, name: str) -> str:
    """The text of the file `name` in `package`, with `\\n` as line ends."""
    module: Any = import_module(package)  # what `pkgutil.get_data` does; importing pkgutil takes a millisecond
    data: bytes = module.__loader__.get_data(module.__file__.removesuffix("__init__.py") + name)
    return data.decode("utf-8").replace("\r\n", "\n")


def names(package: str, folder: str, ending: str) -> list[str]:
    """The names of the files in a folder of `package`, sorted and without their ending."""
    from importlib.resources import files  # few commands list files, and all of them read some

    found = (one.name for one in files(package).joinpath(folder).iterdir())
    return sorted(name.removesuffix(ending) for name in found if name.endswith(ending))
