"""Files of a git revision, read with the `git` command. Nothing is checked out, and no shell is involved."""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path, PurePosixPath

from slocompiler.cli.messages import fail
from slocompiler.cli.patterns import Patterns, States
from slocompiler.cli.sources import MAX_FILE
from slocompiler.project import NAME
from slocompiler.record import EMPTY, record

MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
"""Names of the main branch, in the order in which they are tried."""
ENVIRONMENT = {"LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
"""English messages, no patterns in paths, no lock files, no questions."""
DROPPED = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_INDEX_FILE"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"),
    *("GIT_REPLACE_REF_BASE", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)
"""Variables that are dropped. A hook has them set to its repository, but a folder may be in another one, such as a
submodule. The last ones are a fatal error together with GIT_LITERAL_PATHSPECS."""
DEEPEST = 10
"""Links to links that are followed."""
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
FILE, LINK, SUBMODULE = "100", "120000", "160000"
"""The beginning of the modes of files, and the modes of symbolic links and submodules."""


def git(
    folder: Path, *arguments: str, given: bytes = b"", also: Mapping[str, str] = EMPTY
) -> subprocess.CompletedProcess[bytes]:
    """The finished `git` command, whether it succeeded or not; `also` are variables of its environment.

    All commands are plumbing, so that the configuration of the user changes nothing: `git log` has thirty settings.
    """
    program = shutil.which("git")
    if program is None:
        fail("reading a revision needs the command `git`, which is not on PATH; comparing folders or files does not")
    environment = {name: value for name, value in os.environ.items() if name not in DROPPED} | ENVIRONMENT | dict(also)
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, input=given, capture_output=True, check=False
    )


def output(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """The output of a `git` command. If git fails, so does the whole command."""
    done = git(folder, *arguments, given=given)
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
        fail(f"git {arguments[0]}: {message}")
    return done.stdout


@record
class Repository:
    """A working tree with its history."""

    top: Path

    def commit(self, name: str) -> str | None:
        """The hash of the commit that a revision names, None if it names none."""
        done = git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        hash = done.stdout.decode().strip()
        return hash if re.fullmatch("[0-9a-f]+", hash) else None  # a range names two commits

    def existing(self, name: str) -> str:
        """The hash of the commit that the user named. Without one the command fails."""
        commit = self.commit(name)
        if commit is None:
            help = f"; name both ends: `sloc diff {' '.join(name.split('..', 1))}`" if ".." in name else ""
            fail(f"`{name}` is not a folder, a .slo file or a revision{help or self._shallow()}")
        return commit

    def merge_base(self) -> tuple[str, str]:
        """The name of the main branch, and the hash of the commit where HEAD branched off."""
        name = next((name for name in MAIN if self.commit(name)), None)
        if name is None:
            fail(f"there is no main branch ({', '.join(MAIN)}): name a BASE to compare with{self._shallow()}")
        done = git(self.top, "merge-base", "--end-of-options", "HEAD", name)
        if done.returncode:
            fail(f"HEAD and {name} have no commit in common: name a BASE to compare with{self._shallow()}")
        return name, done.stdout.decode().strip()

    def commits(self, suffixes: tuple[str, ...]) -> list[tuple[str, str, str]]:
        """The hash, the date and the author of each commit up to HEAD that changed a file with one of these endings.

        The oldest comes first. Commits of a branch count as one, that of its merge. The date is "" if it is not valid.
        """
        if self._shallow():
            fail(f"the history is incomplete{self._shallow()}")
        asked = ("--first-parent", "--reverse", "--encoding=UTF-8", "--format=%H%x09%P%x09%cs%x09%an", "HEAD")
        said = output(self.top, "rev-list", *asked).decode("utf-8", "replace")
        lines = said.split("\n")[1::2]  # between: `commit HASH`
        fields = [line.split("\t", 3) for line in lines]
        known = {commit: (commit, day if _DAY.fullmatch(day) else "", author) for commit, _, day, author in fields}
        parents = "".join(f"{commit} {above.partition(' ')[0]}\n" for commit, above, *_ in fields)
        options = ("--stdin", "-r", "-z", "--root", "--raw", "--no-renames", "--no-ext-diff")
        parts = iter(output(self.top, "diff-tree", *options, given=parents.encode()).split(b"\0"))
        found, commit = dict[str, tuple[str, str, str]](), ""
        for part in parts:
            if not part.startswith(b":"):
                commit = part.decode()
            elif next(parts).endswith(tuple(map(str.encode, suffixes))):
                found[commit] = known[commit]
        return list(found.values())

    def _shallow(self) -> str:
        """How to fetch the missing history; "" for a clone that has it."""
        if output(self.top, "rev-parse", "--is-shallow-repository").strip() != b"true":
            return ""
        return (
            "\nThis clone is shallow. Fetch its history: `git fetch --unshallow`, "
            "`fetch-depth: 0` for actions/checkout, `GIT_DEPTH: 0` for GitLab."
        )

    def tree(self, commit: str, start: PurePosixPath) -> Tree:
        """The project of the folder `start` in a commit: below the nearest sloc.yaml, here or above, else below `start`."""
        folders = [start, *start.parents]
        files = [str(folder / NAME) for folder in folders]
        found = {name for name, _ in _listed(self.top, "-z", "--full-tree", commit, "--", *files)}
        root = next((folder for folder in folders if str(folder / NAME) in found), start)
        return self.below(commit, root)

    def below(self, commit: str, root: PurePosixPath) -> Tree:
        """The files below a folder in a commit."""
        below = [] if root == PurePosixPath() else ["--", f"{root}/"]
        return Tree(root, {posixpath.relpath(name, root): entry for name, entry in _files(self.top, commit, *below)})


@record
class Entry:
    """A file, a link or a submodule in a commit."""

    mode: str
    hash: str
    folder: Path
    """The working tree of the repository that contains it."""


@record
class Tree:
    """The files of a project in a commit, including those of its submodules."""

    root: PurePosixPath
    """The project's folder, from the top of the repository."""
    entries: dict[str, Entry]
    """By their paths from `root`."""

    def matching(self, patterns: Iterable[str]) -> list[str]:
        """The files that match a pattern of `sources`, except for those in hidden folders and in nested projects."""
        wanted = Patterns(patterns)
        others = {posixpath.dirname(name) for name in self.entries if posixpath.basename(name) == NAME} - {""}
        states: dict[str, States] = {"": wanted.start}
        found = []
        for name in sorted(self.entries):
            if name.startswith(".") or "/." in name:
                continue
            above = [name[:at] for at, char in enumerate(name) if char == "/"]
            for outer, folder in pairwise(["", *above]):
                if folder not in states:
                    own = folder not in others
                    states[folder] = wanted.inside(states[outer], posixpath.basename(folder)) if own else frozenset()
            if wanted.match(states[above[-1] if above else ""], posixpath.basename(name)) and self._file(name):
                found.append(name)
        return found

    def read(self, names: list[str]) -> list[bytes | None]:
        """The content of each file, None if it does not exist. Blanks stand for a file that is too large for a source."""
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
        """The entry of a file. Links within the project are followed."""
        for _ in range(DEEPEST):
            entry = self.entries.get(name)
            if entry is None or entry.mode != LINK:
                return entry if entry and entry.mode.startswith(FILE) else None
            target = os.fsdecode(_blobs(entry.folder, [entry.hash])[entry.hash])
            name = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        return None


def repository(folder: Path, name: str = "", advice: str = ": name two folders or .slo files to compare") -> Repository:
    """The repository around a folder. Without one the command fails: the message has the revision `name`, and advice."""
    done = git(folder, "rev-parse", "--show-toplevel")
    if done.returncode:
        message = done.stderr.decode("utf-8", "replace").strip()
        if "not a git repository" in message:
            no_path = f"`{name}` is not a folder or a .slo file, and " if name else ""
            fail(f"{no_path}this folder is not in a git repository{advice}")
        fail(f"git rev-parse: {message}")
    return Repository(Path(os.fsdecode(done.stdout.removesuffix(b"\n"))))


def _files(folder: Path, commit: str, *below: str) -> Iterator[tuple[str, Entry]]:
    """Each file of a commit by its path. The files of a submodule that is checked out replace it."""
    for name, entry in _listed(folder, "-r", "-z", "--full-tree", commit, *below):
        inner = folder / name
        if entry.mode == SUBMODULE and (inner / ".git").exists():
            yield from ((f"{name}/{path}", inside) for path, inside in _files(inner, entry.hash))
        else:
            yield name, entry


def _listed(folder: Path, *arguments: str) -> Iterator[tuple[str, Entry]]:
    """The entries that `git ls-tree -z` lists, by their paths."""
    for line in filter(None, output(folder, "ls-tree", *arguments).split(b"\0")):
        about, name = line.split(b"\t", 1)
        mode, _, blob = about.decode().split()
        yield os.fsdecode(name), Entry(mode, blob, folder)


def _blobs(folder: Path, hashes: list[str]) -> dict[str, bytes]:
    """Contents by hash. Hashes are passed to git instead of names, which it could take for something else."""
    sizes = _cat_file(folder, hashes, "--batch-check=%(objectsize)").splitlines()
    missing = next((size for size in sizes if not size.isdigit()), None)
    if missing:
        fail(f"git cat-file: {missing.decode()}: fetch the complete history")
    large = {blob for blob, size in zip(hashes, sizes, strict=True) if int(size) > MAX_FILE}
    small = [blob for blob in hashes if blob not in large]
    data = _cat_file(folder, small, "--batch")
    found, at = dict.fromkeys(large, b" " * (MAX_FILE + 1)), 0
    for blob in small:
        begin = data.index(b"\n", at) + 1
        size = int(data[at:begin].split()[2])
        found[blob] = data[begin : begin + size]
        at = begin + size + 1
    return found


def _cat_file(folder: Path, hashes: list[str], option: str) -> bytes:
    given = "".join(f"{blob}\n" for blob in hashes).encode()
    return output(folder, "cat-file", option, given=given) if hashes else b""
