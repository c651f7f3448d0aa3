"""`sloc fetch`: brings the libraries of the project file, each at the commit that the lock names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from slocompiler.cli import declared
from slocompiler.cli.fetching import fetch
from slocompiler.cli.files import content, leads_out
from slocompiler.cli.libraries import LOCK, Locked, digest, locked, written
from slocompiler.cli.messages import fail, note, quiet
from slocompiler.cli.scratch import scratch
from slocompiler.cli.session import project_option, read_project
from slocompiler.cli.sources import MAX_FILE
from slocompiler.cli.writer import replace_or_fail
from slocompiler.explain.words import plural
from slocompiler.resolve.imports import FETCHED


@declared.command("fetch", short_help="Fetch the libraries of the project.")
@project_option
@quiet
@declared.option("--update", is_flag=True, help="Fetch what each `rev` names now, and lock it: tags and branches move.")
def command(project_file: str | None, update: bool) -> None:
    """Fetch the `libraries` of sloc.yaml with git into the folder .sloc, and lock their commits in sloc.lock.

    A library that is locked is fetched at its commit. What is there already is not fetched. No other command uses the
    network for libraries.
    """
    project, root = read_project(project_file)
    former = locked(_content(root, LOCK))
    if not project.libraries and not former:
        note("sloc.yaml has no `libraries`")
        return
    locks, files = dict[str, Locked](), dict[str, bytes]()
    for name, library in sorted(project.libraries.items()):
        known = former.get(name)
        pinned = known if known and known.library == library and not update else None
        if pinned and _is_there(root, name, pinned):
            locks[name] = pinned
            note(f"{name} {library.rev} ({pinned.commit[:12]}): there already")
            continue
        with scratch() as folder:
            commit, found = fetch(name, library, pinned.commit if pinned else "", folder)
        locks[name] = Locked(library, commit, {path: digest(data) for path, data in found.items()})
        if pinned and locks[name].files != pinned.files:
            fail(f"`{name}`: commit {commit[:12]} does not have the files that {LOCK} names")
        files |= {f"{FETCHED}{name}/{path}": data for path, data in found.items()}
        note(f"{name} {library.rev} ({commit[:12]}): {plural(len(found), 'file')}{_moved(known, locks[name])}")
    _write(root, files, locks)
    _remove(root, former, locks)


def _moved(known: Locked | None, now: Locked) -> str:
    return f", was {known.commit[:12]}" if known and known.commit != now.commit else ""


def _content(root: Path, name: str) -> bytes | None:
    """A file of the project; None if there is none."""
    try:
        return content(str(root / name), MAX_FILE)
    except OSError:
        return None


def _is_there(root: Path, name: str, lock: Locked) -> bool:
    """Whether all files of a library are what was fetched."""
    found = {path: _content(root, f"{FETCHED}{name}/{path}") for path in lock.files}
    return all(data is not None and digest(data) == lock.files[path] for path, data in found.items())


def _write(root: Path, files: Mapping[str, bytes], locks: Mapping[str, Locked]) -> None:
    """Write the files and the lock, all or none, and nothing through a link that leads out of the project."""
    texts = {**files, LOCK: written(locks)}
    out = [name for name in texts if leads_out(str(root / name), root)]
    if out:
        fail(f"{out[0]} leads out of the project; nothing was written")
    changed = {name: data for name, data in texts.items() if _content(root, name) != data}
    replace_or_fail(((root / name, data) for name, data in changed.items()), str(root))


def _remove(root: Path, former: Mapping[str, Locked], locks: Mapping[str, Locked]) -> None:
    """Remove files that were fetched before and are no longer in a library."""
    for file in _paths(root, former) - _paths(root, locks):
        with suppress(OSError):
            if not leads_out(str(file), root):
                file.unlink()
                file.parent.rmdir()  # if it was the last one


def _paths(root: Path, locks: Mapping[str, Locked]) -> set[Path]:
    names: Iterable[str] = (f"{FETCHED}{name}/{path}" for name, one in locks.items() for path in one.files)
    return {root / name for name in names if ".." not in name.split("/")}
