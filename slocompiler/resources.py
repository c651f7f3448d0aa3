"""Files that ship with the package, read by its loader: from a folder and from a zip alike."""

from __future__ import annotations

from pkgutil import get_data


def resource(package: str, name: str) -> str:
    """The text of the file `name` beside the modules of `package`."""
    data = get_data(package, name)
    assert data is not None, "folders and zips have loaders that read"
    return data.decode("utf-8").replace("\r\n", "\n")
