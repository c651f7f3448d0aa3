"""A copy of this checkout as a commit of everything would be: for what installs sloc from a repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from support.compile import ROOT

LINKS = {"slocompiler/grammar": "../grammar", "slocompiler/targets": "../targets"}
IDENTITY = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")


def tracked() -> list[str]:
    """What a commit of everything would hold."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and os.path.lexists(ROOT / name)]


def copy(target: Path, links: bool = True) -> Path:
    """A clone of the checkout; without links, as on a disk that has none: a file that holds where the link leads."""
    for name in tracked():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in LINKS and not links:
            path.write_text(LINKS[name])
        else:
            shutil.copy2(ROOT / name, path, follow_symlinks=False)
    return target


def git(folder: Path, *arguments: str) -> str:
    """What a git command prints; it has to work, whatever a user or the system configured."""
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", *IDENTITY, "-c", "init.defaultBranch=main", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def commit(folder: Path, message: str = "a change") -> str:
    """Commit all that is there; its hash."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")
