"""Fetches a folder of a repository with `git`: only .slo files, read from a commit. Nothing is checked out or executed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath

from slocompiler.cli.files import misread
from slocompiler.cli.git import LINK, Repository, git, output
from slocompiler.cli.messages import fail
from slocompiler.cli.sources import MAX_FILE
from slocompiler.project.libraries import Library

MOST = 1000
"""The most files of a library."""
_SAFE = {
    "http.followRedirects": "false",  # the address in sloc.yaml is the one that was reviewed
    "core.hooksPath": os.devnull,
    "core.askPass": "",
    "credential.interactive": "false",
    "fetch.recurseSubmodules": "false",
    "transfer.fsckObjects": "true",
    "protocol.version": "2",  # any commit can be asked for by its hash
}
"""Settings of git, whatever those of the user are."""
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "https:ssh",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
}


def fetch(name: str, library: Library, commit: str, folder: Path) -> tuple[str, dict[str, bytes]]:
    """The hash of the commit, and the .slo files below the library's folder, by their paths in it.

    `commit` is the hash to fetch, "" for what `rev` names now; `folder` is an empty one for the objects of git. What
    fails ends the command.
    """
    if shutil.which("git") is None:
        fail("libraries are fetched with the command `git`, which is not on PATH")
    output(folder, "init", "--quiet", "--bare", "--template=", ".")
    settings = [part for key, value in _SAFE.items() for part in ("-c", f"{key}={value}")]
    options = ("--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
    also = _ENVIRONMENT | {"GIT_SSH_COMMAND": f"{os.environ.get('GIT_SSH_COMMAND') or 'ssh'} -oBatchMode=yes"}
    done = git(folder, *settings, "fetch", *options, "--", library.git, commit or library.rev, also=also)
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fail(
            f"`{name}`: git cannot fetch {commit or library.rev} of {library.git}: {lines[0] if lines else 'no reason'}"
        )
    found = output(folder, "rev-parse", "--verify", "FETCH_HEAD^{commit}").decode().strip()
    return found, _files(name, library, Repository(folder), found)


def _files(name: str, library: Library, repository: Repository, commit: str) -> dict[str, bytes]:
    tree = repository.below(commit, PurePosixPath(library.path))
    wanted = {path: entry for path, entry in tree.entries.items() if path.endswith(".slo")}
    where = f"`{name}`: {library.path or 'the repository'} at {library.rev}"
    if not wanted:
        fail(f"{where} has no .slo files")
    if len(wanted) > MOST:
        fail(f"{where} has more than {MOST:,} .slo files")
    for path, entry in wanted.items():
        if entry.mode == LINK:
            fail(f"{where}: {path} is a link, and a library has files only")
        if any(part in ("", ".", "..", ".git") for part in path.split("/")) or not path.isprintable() or "\\" in path:
            fail(f"{where}: {path} is not a path that a library can have")
    paths = list(wanted)
    files = {path: data for path, data in zip(paths, tree.read(paths), strict=True) if data is not None}
    for path, data in files.items():
        if len(data) > MAX_FILE or misread(data) >= 0:
            fail(f"{where}: {path} is {'too large' if len(data) > MAX_FILE else 'not UTF-8'}")
    return files
