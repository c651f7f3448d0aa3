"""Git repositories for tests, independent of the configuration of git on the machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def slo(target: str = "99.9", name: str = "shop", more: str = "", because: str = "b") -> str:
    """A file with a service and an SLO `a`; `target` in percent, `more` statements in lines of their own."""
    return (
        f'service {name} {{\n  owner "o"\n  slo a {target}% over 30d {{\n    events x_total{{job="{name}"}}\n'
        f'    bad {{code="5"}}\n    because "{because}"\n{more}  }}\n}}\n'
    )


def isolate(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this process see no repository but those below the folder, and no settings of a user or a hook."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    for name, value in {**ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(folder.parent)}.items():
        monkeypatch.setenv(name, value)


def git(folder: Path, *arguments: str) -> str:
    """Run git in the folder; what it prints."""
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str | None]) -> str:
    """Write the files, None removes one, and commit all that is there; the hash of the commit."""
    for name, content in files.items():
        path = folder / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "change")
    return git(folder, "rev-parse", "HEAD")
