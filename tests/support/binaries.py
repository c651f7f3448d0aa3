"""Finds the real programs that the tests run, or fetches Debian's packages of them: Prometheus and its kin, and shells."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bundle:
    """Programs, and the packages that hold them."""

    name: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]


PROMETHEUS = Bundle("prometheus", ("prometheus",), ("prometheus", "promtool"))
BUNDLES = (
    PROMETHEUS,
    Bundle("prometheus-alertmanager", ("prometheus-alertmanager",), ("prometheus-alertmanager", "amtool")),
    Bundle("victoria-metrics", ("victoria-metrics",), ("vmalert",)),
    Bundle("shells", ("zsh", "zsh-common", "fish", "fish-common", "libpcre2-32-0"), ("zsh", "fish")),
)


def prometheus() -> Path:
    """The server: $PROMETHEUS, else on PATH, else from the cache, which is filled when it is empty."""
    return locate("prometheus")


def promtool() -> Path:
    """The rule checker, found likewise by $PROMTOOL."""
    return locate("promtool")


def cache_folder(bundle: Bundle = PROMETHEUS) -> Path:
    """The folder that fetched packages are unpacked into."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "sloc" / f"{bundle.name}-{platform.machine()}"


def fetch(bundle: Bundle) -> Path:
    """Unpack Debian's packages into the cache, without root; processes may race, the first to rename wins."""
    target = cache_folder(bundle)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-", ignore_cleanup_errors=True) as name:
        temporary = Path(name)
        unpacked = temporary / "unpacked"
        problems = [
            _attempt(["dpkg", "-x", str(package), str(unpacked)], temporary) for package in _download(bundle, temporary)
        ]
        if any(problems) or not _complete(bundle, unpacked):
            held = f"the packages hold no {' and '.join(bundle.programs)}"
            raise RuntimeError(_advice(bundle, [problem for problem in problems if problem] or [held]))
        try:
            unpacked.rename(target)
        except OSError as error:
            if not _complete(bundle, target):
                raise RuntimeError(f"{target} is incomplete: delete it and run again") from error
    return target


def locate(name: str) -> Path:
    """A program of a bundle; a variable such as $PROMTOOL goes before PATH, PATH before the cache."""
    bundle = next(bundle for bundle in BUNDLES if name in bundle.programs)
    if chosen := os.environ.get(_variable(name)):
        found = shutil.which(chosen)
        if not found:
            raise RuntimeError(f"${_variable(name)} is {chosen!r}, which is no executable file: correct or unset it")
        return Path(found).absolute()
    if found := shutil.which(name):
        return Path(found).absolute()
    folder = cache_folder(bundle)
    return _inside(folder if _complete(bundle, folder) else fetch(bundle), name)


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def _inside(folder: Path, name: str) -> Path:
    """In `usr/bin`, but for packages from before it was the only one."""
    old, usual = folder / "bin" / name, folder / "usr" / "bin" / name
    return old if old.exists() else usual


def _complete(bundle: Bundle, folder: Path) -> bool:
    return all(os.access(_inside(folder, name), os.X_OK) for name in bundle.programs)


def _download(bundle: Bundle, folder: Path) -> list[Path]:
    """The packages' files, by the system's package lists or, where those are absent or stale, fresh ones."""
    download = ["download", *bundle.packages]
    private = _private_lists(folder)
    problems = [_attempt(["apt-get", *download], folder)]
    if problems[0]:
        problems.append(_attempt(["apt-get", *private, "update"], folder))
        problems.append(_attempt(["apt-get", *private, *download], folder))
    packages = sorted(folder.glob("*.deb"))
    if not packages:
        raise RuntimeError(_advice(bundle, [problem for problem in problems if problem]))
    return packages


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


def _advice(bundle: Bundle, problems: Sequence[str]) -> str:
    tried = "\n".join(f"  - {problem}" for problem in problems)
    programs, variables = (
        " and ".join(names) for names in (bundle.programs, [f"${_variable(name)}" for name in bundle.programs])
    )
    newer = " (2.42 or newer)" if bundle is PROMETHEUS else ""
    return (
        f"The tests run a real {programs}{newer}. None is on PATH or in {cache_folder(bundle)}, and fetching Debian's "
        f"packages ({', '.join(bundle.packages)}) failed:\n{tried}\n"
        f"Install them otherwise, and put them on PATH or name them in {variables}."
    )


def main() -> int:
    """Print where all of them are, fetching them first where needed."""
    try:
        found = [locate(name) for bundle in BUNDLES for name in bundle.programs]
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    for program in found:
        print(program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
