"""Files that ship with the package. Its loader reads them, from a folder as well as from a zip."""

from __future__ import annotations

from importlib import import_module
from typing import Any

READ = set[str]()
"""The paths of the files and folders that this process has read, as `sys.modules` has its modules: the cache stamps them."""


def resource(package: str, name: str) -> str:
    """The text of the file `name` in `package`, with `\\n` as line ends."""
    module: Any = import_module(package)  # what `pkgutil.get_data` does; importing pkgutil takes a millisecond
    path = module.__file__.removesuffix("__init__.py") + name
    READ.add(path)
    data: bytes = module.__loader__.get_data(path)
    return data.decode("utf-8").replace("\r\n", "\n")


def names(package: str, folder: str, ending: str) -> list[str]:
    """The names of the files in a folder of `package`, sorted and without their ending."""
    from importlib.resources import files  # few commands list files, and all of them read some

    listed = files(package).joinpath(folder)
    READ.add(str(listed))
    found = (one.name for one in listed.iterdir())
    return sorted(name.removesuffix(ending) for name in found if name.endswith(ending))
