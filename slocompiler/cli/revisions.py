"""Files of a git revision, read through the command `git`; nothing is checked out, and no shell is asked."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from slocompiler.cli.run import MAX_FILE, fail
from slocompiler.project import NAME
from slocompiler.record import record

MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""Where the main branch is looked for, in this order."""
ENVIRONMENT = {"LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
"""Messages that are known, names without magic, nothing written, nothing asked."""
DEEPEST = 10
"""Links of links that are followed."""
FILE, LINK = "100", "120000"
"""How the modes of files begin, and the mode of symbolic links."""


def git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The finished command, whatever became of it."""
    program = shutil.which("git")
    if program is None:
        fail("revisions are read with git, and there is no command `git` on PATH; folders and files can do without")
    return subprocess.run(
        [program, *arguments], cwd=folder, env=os.environ | ENVIRONMENT, input=given, capture_output=True, check=False
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
        found = _listed(asked(self.top, "ls-tree", "-z", "--full-tree", commit, "--", *files))
        root = next((folder for folder in folders if str(folder / NAME) in found), start)
        below = [] if root == PurePosixPath() else ["--", f"{root}/"]
        entries = _listed(asked(self.top, "ls-tree", "-r", "-z", "--full-tree", commit, *below))
        return Tree(self, root, {posixpath.relpath(name, root): entry for name, entry in entries.items()})


@record
class Tree:
    """The files of a project in a commit."""

    repository: Repository
    root: PurePosixPath
    """The project's folder, from the top of the repository."""
    entries: dict[str, tuple[str, str]]
    """Mode and hash of each file, by its path from `root`."""

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
        blobs = self._blobs(list(dict.fromkeys(blob for blob in found if blob)))
        return [blobs[blob] if blob else None for blob in found]

    def _file(self, name: str) -> str:
        """The hash of a file, through links within the project; empty where there is none."""
        for _ in range(DEEPEST):
            mode, blob = self.entries.get(name, ("", ""))
            if mode != LINK:
                return blob if mode.startswith(FILE) else ""
            target = os.fsdecode(self._blobs([blob])[blob])
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        return ""

    def _blobs(self, hashes: list[str]) -> dict[str, bytes]:
        """Contents by hash. They are asked for by hash, so that no name can mean anything to git."""
        sizes = self._asked_of(hashes, "--batch-check=%(objectsize)").splitlines()
        lost = next((size for size in sizes if not size.isdigit()), None)
        if lost:
            fail(f"git cat-file: {lost.decode()}: fetch the history in full")
        long = {blob for blob, size in zip(hashes, sizes, strict=True) if int(size) > MAX_FILE}
        short = [blob for blob in hashes if blob not in long]
        data = self._asked_of(short, "--batch")
        found, at = dict.fromkeys(long, b" " * (MAX_FILE + 1)), 0
        for blob in short:
            begin = data.index(b"\n", at) + 1
            size = int(data[at:begin].split()[2])
            found[blob] = data[begin : begin + size]
            at = begin + size + 1
        return found

    def _asked_of(self, hashes: list[str], option: str) -> bytes:
        given = "".join(f"{blob}\n" for blob in hashes).encode()
        return asked(self.repository.top, "cat-file", option, given=given) if hashes else b""


def repository(folder: Path, name: str = "") -> Repository:
    """The repository around a folder, in which a revision of that name is looked for."""
    done = git(folder, "rev-parse", "--show-toplevel")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        if "not a git repository" in said:
            no_path = f"`{name}` is no folder and no .slo file, and " if name else ""
            fail(f"{no_path}this folder is in no git repository: name two folders or .slo files to compare")
        fail(f"git rev-parse: {said}")
    return Repository(Path(os.fsdecode(done.stdout.removesuffix(b"\n"))))


def matches(parts: list[str], pattern: tuple[str, ...]) -> bool:
    """Whether a path fits a pattern as `pathlib` globs: `*` within a name, `**` for any folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(matches(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and matches(parts[1:], pattern[1:])


def _listed(output: bytes) -> dict[str, tuple[str, str]]:
    """Mode and hash by path, of what `ls-tree -z` prints."""
    found = {}
    for line in filter(None, output.split(b"\0")):
        about, name = line.split(b"\t", 1)
        mode, _, blob = about.decode().split()
        found[os.fsdecode(name)] = mode, blob
    return found
