"""Installs the programs of Node that the tests run, in the versions of tests/package-lock.json, into a cache.

A new one, in tests/: `npm install --package-lock-only --omit-lockfile-registry-resolved --save-dev --save-exact NAME`;
then `program("NAME")` is its program, and `modules()` the folder of its library.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent.parent
FILES = (TESTS / "package.json", TESTS / "package-lock.json")
INSTALL = ("npm", "ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
"""No package's own code runs while it is installed."""


def program(name: str) -> Path:
    """The program `name` of an installed package; all are installed first where they are not."""
    path = modules() / ".bin" / name
    if not path.exists():
        raise RuntimeError(f"no package of {FILES[0].name} has a program {name}: there are {', '.join(names())}")
    return path


def names() -> list[str]:
    """The programs that there are."""
    return sorted(path.name for path in (modules() / ".bin").iterdir())


def modules() -> Path:
    """The folder of the installed packages, for what is a library and no program."""
    _check_node()
    folder = cache_folder()
    return (folder if _complete(folder) else install()) / "node_modules"


def cache_folder() -> Path:
    """The folder that packages of just these versions are installed into."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    content = hashlib.sha256(b"\0".join(path.read_bytes() for path in FILES)).hexdigest()
    return Path(base) / "sloc" / f"node-{platform.machine()}-{content[:16]}"


def install() -> Path:
    """Fill the cache by `npm ci`; processes may race, the first to rename wins."""
    target = cache_folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-", ignore_cleanup_errors=True) as name:
        filled = Path(name) / "filled"
        filled.mkdir()
        for path in FILES:
            shutil.copy(path, filled)
        _npm(filled)
        try:
            filled.rename(target)
        except OSError as error:
            if not _complete(target):
                raise RuntimeError(f"{target} is incomplete: delete it and run again") from error
    return target


def _complete(folder: Path) -> bool:
    return (folder / "node_modules" / ".package-lock.json").is_file()  # the last that npm writes


def _listed() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = json.loads(FILES[0].read_text(encoding="utf-8"))
    return content


def _check_node() -> None:
    """Say what is missing before npm says it in more words."""
    least = int(re.findall(r"\d+", _listed()["engines"]["node"])[0])
    for needed in ("node", "npm"):
        if not shutil.which(needed):
            raise RuntimeError(
                f"{needed} is not on PATH: some tests run programs of Node.js; install Node.js {least} or newer"
            )
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not said or int(said.lstrip("v").partition(".")[0]) < least:
        raise RuntimeError(
            f"the node on PATH is {said or 'broken'}: some tests run programs of Node.js; install {least} or newer"
        )


def _npm(folder: Path) -> None:
    shown = " ".join(INSTALL)
    try:
        done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RuntimeError(f"{shown}: {error}") from error
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("npm error")] or done.stderr.splitlines()
        raise RuntimeError(
            f"`{shown}` could not install what {FILES[1].name} in tests/ lists:\n" + "\n".join(errors[:8])
        )


def main() -> int:
    """Print where the programs are, installing them first where needed."""
    try:
        print(f"{modules()}  ({', '.join(_listed()['devDependencies'])})")
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
