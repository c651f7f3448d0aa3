"""Finds the real programs that the tests run, or fetches Debian's packages of them: Prometheus and its kin, and shells."""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class Bundle:
    """Programs, and the packages that hold them; `suite` is Debian's, where it is not that of the machine.

    `least` is the version that a program on PATH must have at least; it ends the name of the variable that names one.
    Where Debian has none of `suite`, `make servers` builds `modules` with Go.
    """

    name: str
    packages: tuple[str, ...]
    programs: tuple[str, ...]
    suite: str = ""
    least: str = ""
    modules: tuple[str, ...] = ()


SOURCES = Path("/etc/apt")
PROMETHEUS = Bundle("prometheus", ("prometheus",), ("prometheus", "promtool"))
MODULE = "github.com/prometheus/prometheus/cmd/"
PROMETHEUS_3 = replace(
    PROMETHEUS,
    name="prometheus-3",
    packages=("prometheus", "promtool"),
    suite="sid",
    least="3",
    modules=tuple(MODULE + program for program in PROMETHEUS.programs),
)
ALERTMANAGER = Bundle("prometheus-alertmanager", ("prometheus-alertmanager",), ("prometheus-alertmanager", "amtool"))
ALERTMANAGER_TODAY = replace(ALERTMANAGER, name="prometheus-alertmanager-sid", suite="sid", least="0.28")
EXPORTERS = ("prometheus-node-exporter", "prometheus-redis-exporter", "prometheus-haproxy-exporter")
"""Packages with a program of the same name."""
BUNDLES = (
    PROMETHEUS,
    PROMETHEUS_3,
    ALERTMANAGER,
    ALERTMANAGER_TODAY,
    Bundle("victoria-metrics-sid", ("victoria-metrics",), ("vmalert", "victoria-metrics"), suite="sid"),
    Bundle("exporters", EXPORTERS, EXPORTERS),
    Bundle("shells", ("zsh", "zsh-common", "fish", "fish-common", "libpcre2-32-0"), ("zsh", "fish")),
)


def prometheus(bundle: Bundle = PROMETHEUS) -> Path:
    """The server: $PROMETHEUS, else on PATH, else from the cache, which is filled when it is empty."""
    return locate("prometheus", bundle)


def promtool(bundle: Bundle = PROMETHEUS) -> Path:
    """The rule checker, found likewise by $PROMTOOL; that of Prometheus 3 by $PROMTOOL3."""
    return locate("promtool", bundle)


def version(program: Path) -> str:
    """The version that a program says it has, such as `3.5.3+ds1`; empty where it says none."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(?:version|NVIM|Emacs|helix) v?(\d\S*)", done.stdout + done.stderr)
    return found[1] if found else ""


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
        packages = _download(bundle, temporary)
        problems = [_attempt(["dpkg", "-x", str(package), str(unpacked)], temporary) for package in packages]
        if any(problems) or not _complete(bundle, unpacked):
            held = f"the packages hold no {' and '.join(bundle.programs)}"
            raise RuntimeError(_advice(bundle, [problem for problem in problems if problem] or [held]))
        _keep(bundle, unpacked)
    return target


def build(bundle: Bundle) -> Path:
    """Build the programs with Go from the newest release into the cache: minutes to half an hour of one machine."""
    target = cache_folder(bundle)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="build-", ignore_cleanup_errors=True) as name:
        source = Path(name)
        built = source / "built"
        (built / "bin").mkdir(parents=True)
        commands = [
            ["go", "mod", "init", "servers"],
            ["go", "get", "-tool", *(f"{module}@latest" for module in bundle.modules)],
            ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", f"{built / 'bin'}{os.sep}", *bundle.modules],
        ]
        for command in commands:
            if problem := _attempt(command, source, seconds=3600):
                raise RuntimeError(_advice(bundle, [problem]))
        _keep(bundle, built)
    return target


def _keep(bundle: Bundle, made: Path) -> None:
    """Move what was made into the cache, unless another process was faster."""
    target = cache_folder(bundle)
    try:
        made.rename(target)
    except OSError as error:
        if not _complete(bundle, target):
            raise RuntimeError(f"{target} is incomplete: delete it and run again") from error


def locate(name: str, bundle: Bundle | None = None) -> Path:
    """A program of a bundle; a variable such as $PROMTOOL goes before PATH, PATH before the cache."""
    bundle = bundle or next(each for each in BUNDLES if name in each.programs)
    named = variable(name, bundle.least)
    if chosen := os.environ.get(named):
        found = shutil.which(chosen)
        if not found:
            raise RuntimeError(f"${named} is {chosen!r}, which is no executable file: correct or unset it")
        return Path(found).absolute()
    if (found := shutil.which(name)) and _new_enough(Path(found), bundle):
        return Path(found).absolute()
    folder = cache_folder(bundle)
    return _inside(folder if _complete(bundle, folder) else fetch(bundle), name)


def variable(name: str, least: str = "") -> str:
    """The environment variable that names a program."""
    return name.upper().replace("-", "_") + least.replace(".", "")


def _new_enough(program: Path, bundle: Bundle) -> bool:
    have, least = ([int(part) for part in re.findall(r"\d+", text)] for text in (version(program), bundle.least))
    return have >= least


def _inside(folder: Path, name: str) -> Path:
    """In `usr/bin`, but for packages from before it was the only one, and for servers."""
    other = (folder / "bin" / name, folder / "usr" / "sbin" / name)
    return next((path for path in other if path.exists()), folder / "usr" / "bin" / name)


def _complete(bundle: Bundle, folder: Path) -> bool:
    return all(os.access(_inside(folder, name), os.X_OK) for name in bundle.programs)


def _download(bundle: Bundle, folder: Path) -> list[Path]:
    """The packages' files, by the system's package lists or, where those are absent or stale, fresh ones."""
    download = ["download", *bundle.packages]
    private = _private_lists(folder) + (_other_suite(bundle.suite, folder) if bundle.suite else [])
    problems = [] if bundle.suite else [_attempt(["apt-get", *download], folder)]
    if bundle.suite or problems[0]:
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


def _other_suite(suite: str, folder: Path) -> list[str]:
    """Options that make apt-get read the suite from where the system reads its own; RuntimeError if it has no such."""
    own = re.escape(platform.freedesktop_os_release()["VERSION_CODENAME"])
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix not in (".list", ".sources"):
            continue
        for entry in re.split(r"\n\n+" if path.suffix == ".sources" else r"\n", path.read_text("utf-8")):
            changed, found = re.subn(
                rf"^(deb .*?|Suites: *)\b{own}(?![-\w]).*?(?=main|$)", rf"\g<1>{suite} ", entry, flags=re.M
            )
            if found:
                chosen = folder / f"{suite}{path.suffix}"
                chosen.write_text(changed + "\n", "utf-8")
                return ["-o", f"Dir::Etc::sourcelist={chosen}", "-o", "Dir::Etc::sourceparts=-"]
    raise RuntimeError(f"no entry of {SOURCES} names the suite of this system, so that `{suite}` cannot be read")


def _attempt(command: Sequence[str], folder: Path, seconds: int = 600) -> str:
    """Run the command; the empty string when it worked, else what was tried and what it said."""
    shown = " ".join(word for word in command if word != "-o" and "::" not in word)
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{shown}: {error}"
    said = (done.stderr or done.stdout).strip().splitlines()[-3:]
    return f"{shown}: {' / '.join(said) or f'exit code {done.returncode}'}" if done.returncode else ""


def _advice(bundle: Bundle, problems: Sequence[str]) -> str:
    tried = "\n".join(f"  - {problem}" for problem in problems)
    programs, variables = (
        " and ".join(names)
        for names in (bundle.programs, [f"${variable(name, bundle.least)}" for name in bundle.programs])
    )
    newer = {PROMETHEUS: " (2.42 or newer)", PROMETHEUS_3: " (3 or newer)"}.get(bundle, "")
    built = "Run `make servers`, which builds them with Go in up to half an hour; or i" if bundle.modules else "I"
    return (
        f"The tests run a real {programs}{newer}. None is on PATH or in {cache_folder(bundle)}, and fetching Debian's "
        f"packages ({', '.join(bundle.packages)}) failed:\n{tried}\n"
        f"{built}nstall them otherwise, and put them on PATH or name them in {variables}."
    )


def main() -> int:
    """Print where all of them are, fetching them first where needed; `--build` builds those that Debian does not have."""
    try:
        for bundle in BUNDLES:
            if "--build" in sys.argv[1:] and bundle.modules and not _complete(bundle, cache_folder(bundle)):
                build(bundle)
        found = [locate(name, bundle) for bundle in BUNDLES for name in bundle.programs]
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    for program in found:
        print(program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
