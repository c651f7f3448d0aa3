"""Builds the Go programs of the tests into a cache.

`kubernetes` reads resources as Kubernetes and the Prometheus Operator do, `openslo` reads documents as the SDK of OpenSLO
does. The versions of their modules are those of `go.mod` and `go.sum` in their folders.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

KUBERNETES, OPENSLO = "kubernetes", "openslo"
MISSING = "go is not on PATH: install Go, whose least version is in tests/support/openslo/go.mod"


def source(name: str) -> Path:
    """The folder of a program."""
    return Path(__file__).parent / name


def cache_file(name: str = KUBERNETES) -> Path:
    """Where the program of just these sources is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    files = [source(name) / file for file in ("main.go", "go.mod", "go.sum")]
    content = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
    return Path(base) / "sloc" / f"{name}-{platform.machine()}-{content[:16]}"


def absent(name: str = KUBERNETES) -> str:
    """Why the program can neither be found nor built, where that is no error; in CI it is, so that no test is skipped."""
    return "" if os.environ.get("CI") or cache_file(name).exists() or shutil.which("go") else MISSING


def program(name: str = KUBERNETES) -> Path:
    """The program, built first where it is not; RuntimeError says why it cannot be."""
    path = cache_file(name)
    if path.exists():
        return path
    if not shutil.which("go"):
        raise RuntimeError(MISSING)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="build-") as folder:
        built = Path(folder) / path.name
        command = ["go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", str(built), "."]
        done = subprocess.run(
            command,
            cwd=source(name),
            env=os.environ | {"CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"`go build` in tests/support/{name} failed:\n{done.stderr.strip()}")
        built.rename(path)  # processes may race: each has the same program
    return path


def problems(folder: Path, name: str = KUBERNETES) -> list[str]:
    """What a program would refuse or drop of the YAML files of a folder: `file name: problem` for each."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    assert names, "no files"
    done = subprocess.run([str(program(name)), *names], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def main() -> int:
    """Print where the programs are, building them first where needed; without Go, what is then not tested."""
    for name in (KUBERNETES, OPENSLO):
        if missing := absent(name):
            print(f"{missing}. Until then tests with the program `{name}` are skipped.")
            return 0
        try:
            print(program(name))
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
