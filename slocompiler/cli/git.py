"""Files of a git revision, read through the command `git`; nothing is checked out, and no shell is asked."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from slocompiler.cli.messages import fail
from slocompiler.cli.session import MAX_FILE
from slocompiler.project import NAME
from slocompiler.record import record

MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""Where the main branch is looked for, in this order."""
ENVIRONMENT = {"LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
"""Messages that are known, names without magic, nothing written, nothing asked."""
OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
"""By these a hook names its repository; here it is that of the folder, which may be a submodule."""
DEEPEST = 10
"""Links of links that are followed."""
FILE, LINK, SUBMODULE = "100", "120000", "160000"
"""How the modes of files begin, and the modes of symbolic links and of submodules."""


def git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The finished command, whatever became of it."""
    program = shutil.which("git")
    if program is None:
        fail("revisions are read with git, and there is no command `git` on PATH; folders and files can do without")
    environment = {name: value for name, value in os.environ.items() if name not in OF_A_HOOK} | ENVIRONMENT
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, input=given, capture_output=True, check=False
    )


def asked(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What the command prints; where it fails, the end."""
    done = git(folder, *arguments, given=given)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip() or f"it ended with {done.returncode}"
        fail(f"git {arguments[0]}: {said}")
    return done.stdout


@record
class Repository:
    """A working tree with its history."""

    top: Path

    def commit(self, name: str) -> str | None:
        """The hash of the commit that a revision names; None where it names none."""
        done = git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        said = done.stdout.decode().strip()
        return said if re.fullmatch("[0-9a-f]+", said) else None  # a range is two commits

    def known(self, name: str) -> str:
        """The hash of the commit that people named."""
        commit = self.commit(name)
        if commit is None:
            help = f"; give both ends: `sloc diff {' '.join(name.split('..', 1))}`" if ".." in name else ""
            fail(f"`{name}` is no folder, no .slo file and no revision here{help or self._shallow()}")
        return commit

    def merge_base(self) -> tuple[str, str]:
        """The name of the main branch, and the hash of the commit at which HEAD left it."""
        name = next((name for name in MAIN if self.commit(name)), None)
        if name is None:
            fail(f"there is no main branch ({', '.join(MAIN)}): name what to compare with{self._shallow()}")
        done = git(self.top, "merge-base", "--end-of-options", "HEAD", name)
        if done.returncode:
            fail(f"HEAD and {name} have no commit in common: name what to compare with{self._shallow()}")
        return name, done.stdout.decode().strip()

    def commits(self, suffixes: tuple[str, ...]) -> list[tuple[str, str]]:
        """Hash and day of each commit up to HEAD that touched a file with one of these endings, the first one first.

        A branch counts on the day on which it was merged.
        """
        if self._shallow():
            fail(f"the history is not all there{self._shallow()}")
        named = asked(self.top, "log", "--first-parent", "--diff-merges=first-parent", "--reverse", "--name-only",
                      "-z", "--format=%x01%H %cs%x01", "HEAD")  # fmt: skip  # one command
        found = []
        for about, names in zip(*[iter(named.split(b"\1")[1:])] * 2, strict=True):
            if any(name.strip(b"\n").endswith(tuple(map(str.encode, suffixes))) for name in names.split(b"\0")):
                commit, day = about.decode().split()
                found.append((commit, day))
        return found

    def _shallow(self) -> str:
        """How to get the history that is not there."""
        if asked(self.top, "rev-parse", "--is-shallow-repository").strip() != b"true":
            return ""
        return (
            "\nThis clone is shallow. Fetch its history: `git fetch --unshallow`, "
            "`fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab."
        )

    def tree(self, commit: str, start: PurePosixPath) -> Tree:
        """The project in a commit: below the nearest sloc.yaml at or above the folder `start`, else below that."""
        folders = [start, *start.parents]
        files = [str(folder / NAME) for folder in folders]
        found = {name for name, _ in _listed(self.top, "-z", "--full-tree", commit, "--", *files)}
        root = next((folder for folder in folders if str(folder / NAME) in found), start)
        below = [] if root == PurePosixPath() else ["--", f"{root}/"]
        return Tree(root, {posixpath.relpath(name, root): entry for name, entry in _files(self.top, commit, *below)})


@record
class Entry:
    """A file, a link or a submodule in a commit."""

    mode: str
    hash: str
    folder: Path
    """The working tree whose repository has it."""


@record
class Tree:
    """The files of a project in a commit, those of its submodules among them."""

    root: PurePosixPath
    """The project's folder, from the top of the repository."""
    entries: dict[str, Entry]
    """By its path from `root`."""

    def matching(self, patterns: Iterable[str]) -> list[str]:
        """The files that match a pattern of `sources`, but for those in hidden folders and in projects of their own."""
        wanted = [PurePosixPath(pattern).parts for pattern in patterns]
        others = {posixpath.dirname(name) for name in self.entries if posixpath.basename(name) == NAME} - {""}
        found = []
        for name in sorted(self.entries):
            parts = name.split("/")
            above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
            hidden = any(part.startswith(".") for part in parts)
            if not hidden and not above & others and any(matches(parts, pattern) for pattern in wanted):
                found += [name] if self._file(name) else []
        return found

    def read(self, names: list[str]) -> list[bytes | None]:
        """The content of each file, None where there is none; what is too long for a source is cut."""
        found = [self._file(name) for name in names]
        blobs: dict[str, bytes] = {}
        for folder in dict.fromkeys(entry.folder for entry in found if entry):
            blobs |= _blobs(folder, list(dict.fromkeys(x.hash for x in found if x and x.folder == folder)))
        return [blobs[entry.hash] if entry else None for entry in found]

    def is_elsewhere(self, name: str) -> bool:
        """Whether a file is in a submodule that is not checked out."""
        above = (self.entries.get(str(folder)) for folder in PurePosixPath(name).parents)
        return any(entry.mode == SUBMODULE for entry in above if entry)

    def _file(self, name: str) -> Entry | None:
        """A file, through links within the project."""
        for _ in range(DEEPEST):
            entry = self.entries.get(name)
            if entry is None or entry.mode != LINK:
                return entry if entry and entry.mode.startswith(FILE) else None
            target = os.fsdecode(_blobs(entry.folder, [entry.hash])[entry.hash])
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        return None


def repository(
    folder: Path, name: str = "", instead: str = ": name two folders or .slo files to compare"
) -> Repository:
    """The repository around a folder, in which a revision of that name is looked for; `instead` is what to do without."""
    done = git(folder, "rev-parse", "--show-toplevel")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "not a git repository" in said:
            no_path = f"`{name}` is no folder and no .slo file, and " if name else ""
            fail(f"{no_path}this folder is in no git repository{instead}")
        fail(f"git rev-parse: {said}")
    return Repository(Path(os.fsdecode(done.stdout.removesuffix(b"\n"))))


def matches(parts: list[str], pattern: tuple[str, ...]) -> bool:
    """Whether a path fits a pattern as `pathlib` globs: `*` within a name, `**` for any folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(matches(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and matches(parts[1:], pattern[1:])


def _files(folder: Path, commit: str, *below: str) -> Iterator[tuple[str, Entry]]:
    """Each file of a commit by its path, and instead of a submodule that is checked out each of its files."""
    for name, entry in _listed(folder, "-r", "-z", "--full-tree", commit, *below):
        inner = folder / name
        if entry.mode == SUBMODULE and (inner / ".git").exists():
            yield from ((f"{name}/{path}", inside) for path, inside in _files(inner, entry.hash))
        else:
            yield name, entry


def _listed(folder: Path, *arguments: str) -> Iterator[tuple[str, Entry]]:
    """What `git ls-tree -z` lists."""
    for line in filter(None, asked(folder, "ls-tree", *arguments).split(b"\0")):
        about, name = line.split(b"\t", 1)
        mode, _, blob = about.decode().split()
        yield os.fsdecode(name), Entry(mode, blob, folder)


def _blobs(folder: Path, hashes: list[str]) -> dict[str, bytes]:
    """Contents by hash. They are asked for by hash, so that no name can mean anything to git."""
    sizes = _asked_of(folder, hashes, "--batch-check=%(objectsize)").splitlines()
    lost = next((size for size in sizes if not size.isdigit()), None)
    if lost:
        fail(f"git cat-file: {lost.decode()}: fetch the history in full")
    long = {blob for blob, size in zip(hashes, sizes, strict=True) if int(size) > MAX_FILE}
    short = [blob for blob in hashes if blob not in long]
    data = _asked_of(folder, short, "--batch")
    found, at = dict.fromkeys(long, b" " * (MAX_FILE + 1)), 0
    for blob in short:
        begin = data.index(b"\n", at) + 1
        size = int(data[at:begin].split()[2])
        found[blob] = data[begin : begin + size]
        at = begin + size + 1
    return found


def _asked_of(folder: Path, hashes: list[str], option: str) -> bytes:
    given = "".join(f"{blob}\n" for blob in hashes).encode()
    return asked(folder, "cat-file", option, given=given) if hashes else b""
