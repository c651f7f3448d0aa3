"""Finds the real prometheus and promtool that the tests run, or fetches Debian's package of them."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGE = "prometheus"
NAMES = ("prometheus", "promtool")


def prometheus() -> Path:
    """The server: $PROMETHEUS, else on PATH, else from the cache, which is filled when it is empty."""
    return _locate("prometheus")


def promtool() -> Path:
    """The rule checker: $PROMTOOL, else on PATH, else from the cache, which is filled when it is empty."""
    return _locate("promtool")


def cache_folder() -> Path:
    """The folder that a fetched package is unpacked into."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sloc" / f"prometheus-{platform.machine()}"


def fetch() -> Path:
    """Unpack Debian's package into the cache, without root; processes may race, the first to rename wins."""
    target = cache_folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-", ignore_cleanup_errors=True) as name:
        temporary = Path(name)
        package = _download(temporary)
        unpacked = temporary / "unpacked"
        problem = _attempt(["dpkg", "-x", str(package), str(unpacked)], temporary)
        if problem or not _complete(unpacked):
            raise RuntimeError(_advice([problem or f"{package.name} holds no {' and '.join(NAMES)}"]))
        try:
            unpacked.rename(target)
        except OSError as error:
            if not _complete(target):
                raise RuntimeError(f"{target} is incomplete: delete it and run again") from error
    return target


def _locate(name: str) -> Path:
    variable = name.upper()
    if chosen := os.environ.get(variable):
        found = shutil.which(chosen)
        if not found:
            raise RuntimeError(f"${variable} is {chosen!r}, which is no executable file: correct or unset it")
        return Path(found).absolute()
    if found := shutil.which(name):
        return Path(found).absolute()
    folder = cache_folder()
    return _inside(folder if _complete(folder) else fetch(), name)


def _inside(folder: Path, name: str) -> Path:
    return folder / "usr" / "bin" / name


def _complete(folder: Path) -> bool:
    return all(os.access(_inside(folder, name), os.X_OK) for name in NAMES)


def _download(folder: Path) -> Path:
    """The package's file, by the system's package lists or, where those are absent or stale, fresh ones."""
    download = ["download", PACKAGE]
    private = _private_lists(folder)
    problems = [_attempt(["apt-get", *download], folder)]
    if problems[0]:
        problems.append(_attempt(["apt-get", *private, "update"], folder))
        problems.append(_attempt(["apt-get", *private, *download], folder))
    packages = sorted(folder.glob(f"{PACKAGE}_*.deb"))
    if not packages:
        raise RuntimeError(_advice([problem for problem in problems if problem]))
    return packages[0]


def _private_lists(folder: Path) -> list[str]:
    """Options that make apt-get keep its lists and cache in the folder, so that it needs no root."""
    lists, archives = folder / "state" / "lists" / "partial", folder / "cache" / "archives" / "partial"
    for needed in (lists, archives):
        needed.mkdir(parents=True)
    settings = {
        "Dir::State": folder / "state",
        "Dir::State::Lists": lists.parent,
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _attempt(command: Sequence[str], folder: Path) -> str:
    """Run the command; the empty string when it worked, else what was tried and what it said."""
    shown = " ".join(word for word in command if word != "-o" and "::" not in word)
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{shown}: {error}"
    said = (done.stderr or done.stdout).strip().splitlines()[-3:]
    return f"{shown}: {' / '.join(said) or f'exit code {done.returncode}'}" if done.returncode else ""


def _advice(problems: Sequence[str]) -> str:
    tried = "\n".join(f"  - {problem}" for problem in problems)
    return (
        "The tests run a real prometheus and promtool (2.42 or newer). None is on PATH or in "
        f"{cache_folder()}, and fetching Debian's package failed:\n{tried}\n"
        "Install the package `prometheus` or unpack a release of Prometheus, and put both programs on PATH "
        "or name them in $PROMETHEUS and $PROMTOOL."
    )


def _version(program: Path) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).splitlines()[0]


def main() -> int:
    """Print where both programs are, fetching them first where needed."""
    try:
        found = [prometheus(), promtool()]
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    for program in found:
        print(f"{program}  ({_version(program)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
