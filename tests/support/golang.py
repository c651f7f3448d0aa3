"""Builds the Go program of the tests into a cache: it reads resources as Kubernetes and the Prometheus Operator do.

The versions of its modules are those of `kubernetes/go.mod` and `go.sum`.
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

SOURCE = Path(__file__).parent / "kubernetes"
FILES = tuple(SOURCE / name for name in ("main.go", "go.mod", "go.sum"))
MISSING = "go is not on PATH: install Go, whose least version is in tests/support/kubernetes/go.mod"


def cache_file() -> Path:
    """Where the program of just these sources is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    content = hashlib.sha256(b"\0".join(path.read_bytes() for path in FILES)).hexdigest()
    return Path(base) / "sloc" / f"kubernetes-{platform.machine()}-{content[:16]}"


def absent() -> str:
    """Why the program can neither be found nor built, where that is no error; in CI it is, so that no test is skipped."""
    return "" if os.environ.get("CI") or cache_file().exists() or shutil.which("go") else MISSING


def program() -> Path:
    """The program, built first where it is not; RuntimeError says why it cannot be."""
    path = cache_file()
    if path.exists():
        return path
    if not shutil.which("go"):
        raise RuntimeError(MISSING)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="build-") as folder:
        built = Path(folder) / path.name
        command = ["go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", str(built), "."]
        done = subprocess.run(
            command, cwd=SOURCE, env=os.environ | {"CGO_ENABLED": "0"}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"`go build` in tests/support/{SOURCE.name} failed:\n{done.stderr.strip()}")
        built.rename(path)  # processes may race: each has the same program
    return path


def problems(folder: Path) -> list[str]:
    """What Kubernetes or the operator would refuse or drop of a folder's resources: `file name: problem` for each."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yaml"))
    assert names, "no resources"
    done = subprocess.run([str(program()), *names], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def main() -> int:
    """Print where the program is, building it first where needed; without Go, what is then not tested."""
    if missing := absent():
        print(f"{missing}. Until then tests of Kubernetes resources are skipped.")
        return 0
    try:
        print(program())
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
