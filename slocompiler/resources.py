"""Files that ship with the package. Its loader reads them, from a folder as well as from a zip."""

from __future__ import annotations

from pkgutil import get_data


def resource(package: str, name: str) -> str:
    """The text of the file `name` in `package`, with `\\n` as line ends."""
    data = get_data(package, name)
    assert data is not None, "the loaders of folders and zips can read files"
    return data.decode("utf-8").replace("\r\n", "\n")
