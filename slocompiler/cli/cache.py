"""The cache of runs: a run that would read, print and generate the same again is answered without compiling.

A record has what a run looked at, wrote and printed, as `trace.py` noted it. Stamps of files decide at once. Where a
stamp differs, or is too young to be trusted, the content decides. Every command begins here, so this module imports
only what Python has loaded anyway.
"""

from __future__ import annotations

import os
import sys
import time
from stat import S_ISDIR, S_ISLNK, S_ISREG

from slocompiler import __version__

TYPE_CHECKING = False  # that of `typing`, whose import takes longer than an answer
if TYPE_CHECKING:
    from collections.abc import Iterator

READS = ("NO_COLOR", "TERM", "GITHUB_STEP_SUMMARY")
"""The variables of the environment on which the output of cached commands depends."""
YOUNG = 2_000_000_000
"""Nanoseconds. A younger file may change again without another stamp, because file systems have coarse clocks."""
ABSENT, UNTRUSTED = "-", "?"
"""The stamp of a file that does not exist, and one that no file has."""
ANY = "any"
"""In place of the digest of a content: only whether something is there matters."""
MANY = 100
"""The records that are kept."""
_FORMAT, _SEPARATOR, _SECRET = "sloc 6\n", "\0", "secret"
_PRIME = (1 << 32) - 5  # an import of `zlib` takes as long as the stamps of a hundred files


def folder() -> str | None:
    """The folder of the records: $SLOC_CACHE, or that of the user's caches; None if there is none, or it is `off`."""
    given = os.environ.get("SLOC_CACHE")
    if given is not None:
        return None if given in ("", "off") else given
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(caches, "sloc", "runs") if os.path.isabs(caches) else None


def key(arguments: list[str]) -> str | None:
    """All that decides a run besides files; None if a stream is closed, or the current folder is gone."""
    if sys.stdout is None or sys.stderr is None:
        return None
    try:
        here = os.getcwd()
        parts = [__version__, sys.version, sys.executable, here, str(os.geteuid()), time.strftime("%Y-%m-%d")]
        parts += [str(stream.isatty()) for stream in (sys.stdout, sys.stderr)]
    except (OSError, ValueError):
        return None
    return "\n".join((*parts, *(repr(os.environ.get(name)) for name in READS), *map(repr, arguments)))


def path_of(key: str, records: str) -> str:
    """The file of the record for a key. If two keys share a file, it is that of the last run."""
    number = int.from_bytes(key.encode("utf-8", "surrogateescape"))
    return os.path.join(records, f"{number % _PRIME:08x}")


def stamp(path: str, now: int | None = None) -> str:
    """The stamp of a path: of a link, not of its target. With `now`, in nanoseconds, UNTRUSTED for a file that is young then.

    It is a number, the same in each process, because to write all of them takes longer. What changes a mode changes a time.
    """
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return ABSENT
    times = found.st_mtime_ns, found.st_ctime_ns
    if now is not None and max(times) > now - YOUNG:
        return UNTRUSTED
    return str(hash((found.st_ino, found.st_size, times)))


def real(path: str, known: dict[str, str]) -> str:
    """The real path at an absolute path, from that of the folder around it; adds both to the `known` ones."""
    if path not in known:
        around, name = os.path.split(path)
        is_usual = name and not os.path.islink(path)
        known[path] = os.path.join(real(around, known), name) if is_usual else os.path.realpath(path)
    return known[path]


def digest(data: bytes, secret: bytes) -> str:
    """The digest of a file's content: 64 bits, in a fifth of the time of those that need no secret."""
    from importlib.util import source_hash

    return source_hash(secret + data).hex()


def secret(records: str) -> bytes:
    """Random bytes before what is digested, so that nobody can write two files with one digest. OSError if there are none."""
    path = os.path.join(records, _SECRET)
    if not os.path.lexists(path):
        _put(records, path, os.urandom(16))
    return _own(path)


def listing(entries: dict[str, str], secret: bytes) -> str:
    """The digest of a folder's entries: their kinds by name."""
    names = "/".join(f"{name}//{entries[name]}" for name in sorted(entries))
    return digest(names.encode("utf-8", "surrogateescape"), secret)


def kinds(entries: list[os.DirEntry[str]]) -> dict[str, str]:
    """What a walk asks of the entries of a folder, by name."""
    return {entry.name: _kind(entry) for entry in entries}


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return f"link {os.readlink(entry.path)}"
    return "folder" if entry.is_dir(follow_symlinks=False) else "file"


class Record:
    """What a run printed, what it looked at and wrote, and what an incremental build has to know of it."""

    def __init__(
        self,
        printed: list[str],
        real: list[str],
        paths: list[str],
        stamps: str,
        contents: str,
        known: str,
        secret: bytes,
    ) -> None:
        self.printed = printed
        """`out` or `err`, and the text, in turns."""
        self.real = real
        """Folders and their real paths, in turns."""
        self.paths, self.stamps, self.contents = paths, stamps, contents
        """What it looked at and wrote; a line for each of them: its stamp, and the digest of its content."""
        self.known, self.secret = known, secret
        """What `incremental.py` wrote, "" if the next build cannot be incremental; and the secret of the digests."""


def replay(arguments: list[str]) -> bool:
    """Print what the same command printed before, if nothing has changed that it read or wrote. False if something has."""
    records, this = folder(), key(arguments)
    if records is None or this is None or (record := read(records, this)) is None:
        return False
    former = record.stamps
    if any(changed(record)):
        return False
    if record.stamps != former:
        write(records, this, record)
    return _print(record.printed)


def changed(record: Record) -> Iterator[str]:
    """The paths that have not what the run left or read there. The record gets new stamps of those that have it still."""
    known = dict[str, str]()
    folders = zip(record.real[::2], record.real[1::2], strict=True)
    yield from (folder for folder, before in folders if real(folder, known) != before)
    now, found = time.time_ns(), [*map(stamp, record.paths)]
    if "\n".join(found) == record.stamps:
        return
    former, contents = record.stamps.split("\n"), record.contents.split("\n")
    for number, (path, own, content) in enumerate(zip(record.paths, found, contents, strict=True)):
        if own != former[number]:
            if not _has(path, content, record.secret):
                yield path
            elif content != ANY:
                former[number] = stamp(path, now)
    record.stamps = "\n".join(former)


def _print(printed: list[str]) -> bool:
    """Print the texts. False if a stream takes none: the command itself then says so."""
    try:
        for stream, text in zip(printed[::2], printed[1::2], strict=True):
            print(text, end="", file=sys.stderr if stream == "err" else sys.stdout, flush=True)
    except OSError:
        return False
    return True


def _has(path: str, content: str, secret: bytes) -> bool:
    """Whether the file, the folder or the link at a path has the content with this digest."""
    if content == ANY:
        return os.path.lexists(path)
    try:
        mode = os.lstat(path).st_mode
        if S_ISREG(mode):
            with open(path, "rb") as file:
                return digest(file.read(), secret) == content
        if S_ISDIR(mode):
            with os.scandir(path) as entries:
                return listing(kinds(list(entries)), secret) == content
        return S_ISLNK(mode) and digest(os.fsencode(os.readlink(path)), secret) == content
    except (OSError, ValueError):
        return False


# Records


def write(records: str, key: str, record: Record) -> None:
    """Write a record whole, or not at all. Keeps the youngest records. An error of the system leaves no record."""
    counts = str(len(record.printed)), str(len(record.real))
    lists = *record.printed, *record.real, *record.paths
    parts = [_FORMAT + key, *counts, *lists, record.stamps, record.contents, record.known, _FORMAT]
    text = _SEPARATOR.join(parts)
    if text.count(_SEPARATOR) >= len(parts):  # a text that was printed has one
        return
    try:
        _put(records, path_of(key, records), text.encode("utf-8", "surrogateescape"))
        with os.scandir(records) as found:
            kept = sorted((entry.stat().st_mtime_ns, entry.path) for entry in found if entry.name != _SECRET)
        for _, one in kept[:-MANY]:
            os.unlink(one)
    except OSError:
        return


def _put(records: str, path: str, data: bytes) -> None:
    """Write a file of the records, whole or not at all."""
    os.makedirs(records, mode=0o700, exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    os.replace(temporary, path)


def _own(path: str) -> bytes:
    """The content of a file. OSError if it cannot be read, or is that of another user."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_uid != os.geteuid():
            raise PermissionError
        return file.read()


def read(records: str, key: str) -> Record | None:
    """The record for a key; None if there is none, whole and ours."""
    try:
        text, own = _own(path_of(key, records)).decode("utf-8", "surrogateescape"), secret(records)
    except OSError:
        return None
    first, *parts = text.split(_SEPARATOR)
    if first != _FORMAT + key or parts[-1:] != [_FORMAT]:
        return None
    printed, real = map(int, parts[:2])
    *parts, stamps, contents, known, _ = parts[2:]
    lists = parts[:printed], parts[printed : printed + real], parts[printed + real :]
    return Record(*lists, stamps, contents, known, own)
