"""Finds the real programs that the tests run, such as prometheus and promtool, or fetches Debian's packages of them."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGES = {
    "prometheus": ("prometheus", "promtool"),
    "prometheus-alertmanager": ("prometheus-alertmanager", "amtool"),
    "victoria-metrics": ("vmalert",),
}
"""The packages of Debian, and what the tests run of each: there, or found by its name on PATH."""


def prometheus() -> Path:
    """The server: $PROMETHEUS, else on PATH, else from the cache, which is filled when it is empty."""
    return locate("prometheus")


def promtool() -> Path:
    """The rule checker, found likewise by $PROMTOOL."""
    return locate("promtool")


def cache_folder(package: str) -> Path:
    """The folder that a fetched package is unpacked into."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sloc" / f"{package}-{platform.machine()}"


def fetch(package: str) -> Path:
    """Unpack Debian's package into the cache, without root; processes may race, the first to rename wins."""
    target = cache_folder(package)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-", ignore_cleanup_errors=True) as name:
        temporary = Path(name)
        file = _download(package, temporary)
        unpacked = temporary / "unpacked"
        problem = _attempt(["dpkg", "-x", str(file), str(unpacked)], temporary)
        if problem or not _complete(unpacked, package):
            raise RuntimeError(_advice(package, [problem or f"{file.name} holds no {' and '.join(PACKAGES[package])}"]))
        try:
            unpacked.rename(target)
        except OSError as error:
            if not _complete(target, package):
                raise RuntimeError(f"{target} is incomplete: delete it and run again") from error
    return target


def locate(name: str) -> Path:
    """A program by its name in PACKAGES; a variable such as $PROMTOOL goes before PATH, PATH before the cache."""
    package = next(package for package, names in PACKAGES.items() if name in names)
    variable = _variable(name)
    if chosen := os.environ.get(variable):
        found = shutil.which(chosen)
        if not found:
            raise RuntimeError(f"${variable} is {chosen!r}, which is no executable file: correct or unset it")
        return Path(found).absolute()
    if found := shutil.which(name):
        return Path(found).absolute()
    folder = cache_folder(package)
    return _inside(folder if _complete(folder, package) else fetch(package), name)


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def _inside(folder: Path, name: str) -> Path:
    return folder / "usr" / "bin" / name


def _complete(folder: Path, package: str) -> bool:
    return all(os.access(_inside(folder, name), os.X_OK) for name in PACKAGES[package])


def _download(package: str, folder: Path) -> Path:
    """The package's file, by the system's package lists or, where those are absent or stale, fresh ones."""
    download = ["download", package]
    private = _private_lists(folder)
    problems = [_attempt(["apt-get", *download], folder)]
    if problems[0]:
        problems.append(_attempt(["apt-get", *private, "update"], folder))
        problems.append(_attempt(["apt-get", *private, *download], folder))
    packages = sorted(folder.glob(f"{package}_*.deb"))
    if not packages:
        raise RuntimeError(_advice(package, [problem for problem in problems if problem]))
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


def _advice(package: str, problems: Sequence[str]) -> str:
    tried = "\n".join(f"  - {problem}" for problem in problems)
    names = PACKAGES[package]
    return (
        f"The tests run a real {' and '.join(names)}. There is none on PATH or in "
        f"{cache_folder(package)}, and fetching Debian's package failed:\n{tried}\n"
        f"Install the package `{package}` or unpack a release, and put it on PATH "
        f"or name it in {' and '.join(f'${_variable(name)}' for name in names)}."
    )


def _version(program: Path) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return (done.stdout or done.stderr).splitlines()[0]


def main() -> int:
    """Print where all of them are, fetching them first where needed."""
    try:
        found = [locate(name) for names in PACKAGES.values() for name in names]
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    for program in found:
        print(f"{program}  ({_version(program)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
