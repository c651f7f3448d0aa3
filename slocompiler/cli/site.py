"""Writes the files of `sloc site` into a folder, all or none, and removes pages of SLOs that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from slocompiler.cli.output import locked
from slocompiler.cli.ownership import HEAD, Output, expected_header, header_of
from slocompiler.cli.rendering import former_text
from slocompiler.cli.walk import files_below
from slocompiler.cli.writer import prepare, put

TOP = "site/"
"""The folder of the site in the paths of the documentation target, and in the headers of its files."""


def write_site(output: Output, files: Iterable[tuple[str, str]]) -> list[str]:
    """Write the files, each with its path below the target's folder; returns their paths below the folder.

    Raises Foreign and OSError while nothing has changed, and Unfinished later.
    """
    names: list[str] = []
    with locked(output.folder):
        changes = prepare(_changed(output, files, names))
        gone = [path for path in _ours(output.folder) if path.relative_to(output.folder).as_posix() not in names]
        put(changes)
        for path in gone:
            path.unlink(missing_ok=True)
    return names


def _changed(output: Output, files: Iterable[tuple[str, str]], names: list[str]) -> Iterator[tuple[Path, bytes]]:
    """The files that are not up to date. Adds all `names`."""
    for name, text in files:
        names.append(name.removeprefix(TOP))
        path = output.folder / names[-1]
        output.refuse_link(path)
        current, stamped = former_text(path), output.stamped(text)
        if current == stamped:
            continue
        if current is not None:
            output.refuse_other(path, expected_header(path, current))
        yield path, stamped.encode()


def _ours(folder: Path) -> Iterator[Path]:
    """The files in the folder that an earlier run wrote."""
    for entry in files_below(folder):
        path = Path(entry.path)
        if entry.is_file(follow_symlinks=False):
            with open(path, encoding="utf-8", errors="replace") as file:
                header = header_of(file.read(HEAD))
            if header and header.name == TOP + path.relative_to(folder).as_posix():
                yield path
