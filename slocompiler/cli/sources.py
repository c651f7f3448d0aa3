"""Reads the sources of a run: which files paths mean, their texts, and what they import."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from slocompiler.cli.files import absolute, content, is_inside, leads_out, misread
from slocompiler.cli.locate import STDIN
from slocompiler.cli.messages import fail
from slocompiler.cli.patterns import Patterns
from slocompiler.cli.walk import Found, matching
from slocompiler.diagnostics import Diagnostic
from slocompiler.project.libraries import Library
from slocompiler.record import EMPTY
from slocompiler.resolve.imports import FETCHED, SHIPPED, Reader
from slocompiler.resources import resource
from slocompiler.source import Source, Span

MAX_FILE = 4 * 1024 * 1024
"""Bytes of one source file."""


# Which files


def matching_files(folder: Path, patterns: Iterable[str], *, hidden: bool = False) -> list[Found]:
    """The files below a folder that match. The command fails at a folder that cannot be read."""
    try:
        return matching(str(folder), Patterns(patterns), hidden=hidden)
    except OSError as error:
        fail(f"{os.path.relpath(error.filename)}: {error.strerror}; its sources would be taken for removed")


def find(paths: tuple[str, ...], endings: tuple[str, ...] = (".slo",)) -> list[str]:
    """The files that `paths` mean: a folder stands for every file below it with an ending, `-` for standard input."""
    files: list[str] = []
    for path in paths:
        if path != "-" and os.path.isdir(path):
            files += below(path, endings)
        elif path == "-" or os.path.exists(path):
            files.append(path)
        else:
            fail(f"{path}: no such file or folder")
    if not files:
        fail(f"no {' or '.join(endings)} files in {' '.join(paths)}")
    return list({os.path.abspath(file) if file != "-" else file: file for file in files}.values())


def below(folder: str, endings: tuple[str, ...] = (".slo",)) -> list[str]:
    """Every file below a folder with an ending, except for those of nested projects."""
    found = matching_files(Path(folder), [f"**/*{ending}" for ending in endings], hidden=True)
    own = (one.name for one in found if not one.inner)
    return [str(Path(folder, name)) for name in own if f"/{FETCHED}" not in f"/{name}"]  # `sloc fetch` writes those


# Their texts


def read(files: list[str], root: Path) -> tuple[list[Source], list[Diagnostic]]:
    """The sources of the files, whose paths count from `root`, and an E108 for each file that is not text."""
    found, known = [], dict[str, str]()
    for file in files:
        try:
            found.append(source_at(file, root, known))
        except OSError as error:
            fail(f"{file}: {error.strerror}")
    sources = [source for source in found if isinstance(source, Source)]
    return sources, [problem for problem in found if isinstance(problem, Diagnostic)]


def source_at(file: str, root: Path, known: dict[str, str] | None = None) -> Source | Diagnostic:
    """The source that is the file, whose path counts from `root`; E108 if it is not text. Raises OSError.

    `known` is that of `leads_out`.
    """
    if file == "-":
        return decoded(content(file, MAX_FILE), STDIN, STDIN)
    path, shown_as = path_from(root, file), path_from(Path.cwd(), file)
    if shown_as.startswith((STDIN, SHIPPED)):
        shown_as = f"./{shown_as}"
    if leads_out(file, root, known):
        here = Span(Source(path, "", shown_as), 0, 0)
        return Diagnostic("E108", "a link that leads out of the project", here, help="put the file into the project")
    return decoded(content(file, MAX_FILE), path, shown_as)


def decoded(data: bytes, path: str, shown_as: str) -> Source | Diagnostic:
    """The source that a file of these bytes is; E108 if it is too large, or not text."""
    if len(data) > MAX_FILE:
        here = Span(Source(path, "", shown_as), 0, 0)
        message = f"a file of more than {MAX_FILE // 2**20} MiB"
        return Diagnostic("E108", message, here, help="split it, for example into one file per service")
    wrong = misread(data)
    if wrong >= 0:
        at = len(data[:wrong].decode("utf-8"))
        here = Span(Source(path, data.decode("utf-8", "replace"), shown_as), at, at + 1)
        return Diagnostic("E108", "this is not UTF-8", here, help="save the file as UTF-8")
    return Source(path, data.decode("utf-8"), shown_as)


def reader(root: Path, libraries: Mapping[str, Library] = EMPTY) -> Reader:
    """A reader of imports: from the project, not through links that leave it, and from the library of sloc.

    A file of one of the project's `libraries` is read only if it is what was fetched.
    """

    def read_import(path: str) -> Source | str:
        try:
            if path.startswith(FETCHED):
                return fetched(
                    path, path_from(Path.cwd(), str(root / path)), lambda name: _bytes(root, name), libraries
                )
            if path.startswith(SHIPPED):
                return Source(path, resource("slocompiler", f"std/{path.removeprefix(SHIPPED)}"))
            file = root / path
            if not file.is_file():
                return "it is not a file" if file.exists() else "there is no such file"
            if leads_out(str(file), root):
                return "it is outside of the project"
            got = source_at(str(file), root)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            if path.startswith(SHIPPED):
                return "the library of sloc has no such file"
            return getattr(error, "strerror", None) or "it is not a path"
        return got if isinstance(got, Source) else got.message

    return read_import


def fetched(
    path: str, shown_as: str, read: Callable[[str], bytes | None], libraries: Mapping[str, Library]
) -> Source | str:
    """The file of a library, or the reason why it is not read. `read` returns a file of the project, None without it."""
    from slocompiler.cli.libraries import LOCK, locked, refusal  # few projects have libraries

    data = read(path)
    if reason := refusal(path, data, locked(read(LOCK)), libraries):
        return reason
    got = decoded(data or b"", path, shown_as)
    return got if isinstance(got, Source) else got.message


def _bytes(root: Path, name: str) -> bytes | None:
    """The content of a file of the project; None if there is none, or if a link leads out of the project."""
    file = str(root / name)
    try:
        return None if leads_out(file, root) else content(file, MAX_FILE)
    except OSError:
        return None


def path_from(folder: Path, file: str) -> str:
    """A path from `folder` if the file is below it, else as it was given, with forward slashes. Bytes become text."""
    path, around = absolute(file), absolute(folder)
    shown = path[len(around) :].lstrip(os.sep) if is_inside(path, around) else file
    return os.fsencode(shown.replace(os.sep, "/")).decode("utf-8", "replace")
