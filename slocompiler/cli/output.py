"""Writing what targets made: whole or not at all, and never over or away what the build did not make.

The manifest lists the files that builds made, one sorted line each. It grows before the first file is put in place
and shrinks after the last is removed, so that a build which is killed leaves nothing that the next one does not know.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from difflib import unified_diff
from pathlib import Path, PurePosixPath

MANIFEST = "sloc.manifest"
_HEADER = "# Files made by `sloc build`, which removes those it no longer makes.\n"
_TEMPORARY = ".sloc-tmp"
_MADE = "`sloc build"
"""In the first line of every file that a build makes."""


class Foreign(Exception):
    """A file that no build made stands where one is to be written."""


class Unfinished(Exception):
    """Some files are in place and some are not, each of them whole."""


def manifest(folder: Path) -> set[str]:
    """The files there that builds made, as paths below `folder`; lines that lead out of it are no such files."""
    lines = (_current(folder / MANIFEST) or "").splitlines()
    paths = [PurePosixPath(line.strip()) for line in lines if not line.startswith("#") and "\0" not in line]
    below = [path for path in paths if not path.is_absolute() and ".." not in path.parts and str(path) != MANIFEST]
    return {str(path) for path in below if (folder / path).is_file()}


def write(folder: Path, files: dict[str, str], owned: Collection[str]) -> list[str]:
    """Put `files` into `folder` and remove what builds made below the folders `owned` and this one does not.

    Returns what was removed. Raises Foreign and OSError while everything is as it was, Unfinished later.
    """
    known = manifest(folder)
    changed = {name: text for name, text in files.items() if _current(folder / name) != text}
    for name in changed:
        _refuse_foreign(folder, name, known)
    gone = _gone(known, files, owned)
    made = known.union(files)
    _sweep(folder, made)
    if _current(folder / MANIFEST) != _listed(made):
        changed[MANIFEST] = _listed(made)
    ready = _prepare(folder, changed)
    try:
        _put(ready)
        for name in gone:
            (folder / name).unlink(missing_ok=True)
        if gone:
            _put(_prepare(folder, {MANIFEST: _listed(made.difference(gone))}))
    except OSError as error:
        raise Unfinished(
            f"{error.filename2 or error.filename or folder}: {error.strerror}; not every file is up to date"
        ) from error
    return gone


def differences(folder: Path, files: dict[str, str], owned: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """What a build would change: what is the matter ("stale", "missing", "left over"), the file, for a stale one a diff."""
    known = manifest(folder)
    gone = _gone(known, files, owned)
    listed = _listed(known.union(files).difference(gone))
    for name, text in [*sorted(files.items()), (MANIFEST, listed)]:
        current = _current(folder / name)
        if current is None:
            yield "missing", name, ""
        elif current != text:
            yield "stale", name, _diff((folder / name).as_posix(), current, text)
    for name in gone:
        yield "left over", name, ""


def _gone(known: set[str], files: dict[str, str], owned: Collection[str]) -> list[str]:
    return sorted(name for name in known - files.keys() if PurePosixPath(name).parts[0] in owned)


def _current(path: Path) -> str | None:
    """What stands there; bytes that are no UTF-8 are kept as surrogates, which no made file holds."""
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _listed(names: Iterable[str]) -> str:
    return _HEADER + "".join(f"{name}\n" for name in sorted(names))


def _diff(name: str, before: str, after: str) -> str:
    before = before.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(
        unified_diff(before.splitlines(True), after.splitlines(True), f"{name} (now)", f"{name} (built)", n=2)
    )


def _refuse_foreign(folder: Path, name: str, known: set[str]) -> None:
    current = _current(folder / name)
    if name not in known and current is not None and _MADE not in current.partition("\n")[0]:
        raise Foreign(f"{folder / name} was not made by sloc: move it away, or build to another folder with -o")


def _sweep(folder: Path, names: Iterable[str]) -> None:
    """Remove what a killed build left half written: in `folder`, and below the folders that targets have in it."""
    pattern = f".*{_TEMPORARY}"
    targets = {PurePosixPath(name).parts[0] for name in names if "/" in name}
    for path in [*folder.glob(pattern), *(path for name in targets for path in (folder / name).rglob(pattern))]:
        path.unlink(missing_ok=True)


def _prepare(folder: Path, files: dict[str, str]) -> list[tuple[Path, Path]]:
    """Every file as a temporary one beside its place; none where one of them fails."""
    ready: list[tuple[Path, Path]] = []
    try:
        for name, text in files.items():
            path = folder / name
            if path.is_dir():
                raise IsADirectoryError(21, "a folder stands where a file is to be written", str(path))
            _make(path.parent)
            temporary = path.with_name(f".{os.getpid()}-{len(ready)}{_TEMPORARY}")  # no two builds share one
            ready.append((temporary, path))
            temporary.write_bytes(text.encode("utf-8"))
    except BaseException:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
        raise
    return ready


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next((path for path in (folder, *folder.parents) if path.is_file()), folder)
        raise NotADirectoryError(error.errno, "a file stands where a folder is needed", str(file)) from error


def _put(ready: list[tuple[Path, Path]]) -> None:
    """Rename each into its place, the last first: that is the manifest, where it changed."""
    for number, (temporary, path) in enumerate(reversed(ready)):
        try:
            os.replace(temporary, path)
        except BaseException:
            for left, _ in ready[: len(ready) - number]:
                left.unlink(missing_ok=True)
            raise
