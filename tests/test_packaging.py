"""The wheel and the sdist hold all that is needed, and run: installed, from a zip, beside a checkout, from any clone."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path
from typing import NamedTuple

import pytest

from slocompiler import __version__
from support.clone import LINKS, copy, tracked
from support.compile import ROOT

ELSEWHERE = {"grammar": "slocompiler/grammar", "targets": "slocompiler/targets"}
"""Where the folders at the top are in a wheel."""
EDITORS = "grammar/vscode/"
"""A package of its own, for editors: in no wheel."""


class Built(NamedTuple):
    """A checkout's copy and what was made of it."""

    tree: Path
    sdist: Path
    wheel: Path
    installed: Path
    """The wheel, installed into a folder of its own."""


def build(tree: Path, *options: str) -> Path:
    command = [sys.executable, "-m", "build", "--no-isolation", *options]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return tree / "dist"


def python(where: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Python without `site`, whose .pth files may lead to the checkout; `path` goes before the dependencies."""
    found = [*([str(path)] if path else []), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    environment = {"PYTHONPATH": os.pathsep.join(found), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", *arguments]
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, check=False)


def assert_works(where: Path, path: Path | None, origin: Path) -> None:
    """A first project is made and built, and a mistake explained, all by modules from `origin`."""
    empty = where / "a first project"
    steps = (["init", str(empty)], ["build", "--project", str(empty / "sloc.yaml")], ["explain", "E203"])
    for step in steps:
        done = python(where, "-m", "slocompiler", *step, path=path)
        assert (done.returncode, done.stderr) == (0, ""), step
        assert done.stdout
    assert (empty / "generated" / "prometheus" / "website.rules.yaml").is_file()
    names = "import sys, slocompiler.cli.commands.build, slocompiler.targets.prometheus.render, slocompiler.grammar"
    print_files = "print('\\n'.join(m.__file__ for n, m in sys.modules.items() if n.startswith('slocompiler')))"
    loaded = python(where, "-c", f"{names}; {print_files}", path=path).stdout.split()
    assert loaded
    assert [name for name in loaded if not name.startswith(f"{origin}{os.sep}")] == []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Made once: the sdist of a clone, and the wheel of that sdist."""
    tree = copy(tmp_path_factory.mktemp("clone"))
    dist = build(tree)
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    installed = tmp_path_factory.mktemp("installed")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        installed,
        wheel,
    ]
    subprocess.run(command, check=True)
    return Built(tree, sdist, wheel, installed)


def packaged() -> list[str]:
    """Every file of the package, as a wheel names it."""
    parts = [name for name in tracked() if name.split("/")[0] in ("slocompiler", *ELSEWHERE)]
    top = [name for name in parts if name not in LINKS and not name.startswith(EDITORS)]
    return sorted("/".join((ELSEWHERE.get(name.split("/")[0], "slocompiler"), *name.split("/")[1:])) for name in top)


def held(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return sorted(name for name in archive.namelist() if ".dist-info/" not in name)


def test_the_wheel_holds_every_file_of_the_package_and_no_other(built: Built) -> None:
    assert held(built.wheel) == packaged()
    for suffix in (".py", ".lark", ".tables", ".json", ".j2", ".md", ".slo", ".yaml", "py.typed"):
        assert any(name.endswith(suffix) for name in packaged()), suffix


def test_the_sdist_holds_files_only(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        members = {member.name.partition("/")[2]: member for member in archive.getmembers()}
    assert [name for name, member in members.items() if not (member.isfile() or member.isdir())] == []
    assert {"pyproject.toml", "README.md", "LICENSE", "grammar/slo.lark", "targets/shared.py"} <= members.keys()


def test_what_the_wheel_says_of_itself(built: Built) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with zipfile.ZipFile(built.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        said = message_from_string(archive.read(name).decode())
        licences = [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]
    assert (said["Name"], said["License-Expression"], len(licences)) == ("slocompiler", "Apache-2.0", 1)
    needed = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(needed) == len(project["dependencies"])


def test_there_is_one_version(built: Built, tmp_path: Path) -> None:
    assert f"-{__version__}-" in built.wheel.name
    script = built.installed / "bin" / "sloc"
    assert python(tmp_path, str(script), "--version", path=built.installed).stdout == f"sloc {__version__}\n"


def test_it_runs_installed(built: Built, tmp_path: Path) -> None:
    assert_works(tmp_path, built.installed, built.installed)


def test_it_runs_from_a_zip(built: Built, tmp_path: Path) -> None:
    archive = tmp_path / "sloc.zip"
    command = [sys.executable, "-m", "zipfile", "-c", str(archive), str(built.installed / "slocompiler")]
    subprocess.run(command, check=True)
    (tmp_path / "where").mkdir()
    assert_works(tmp_path / "where", archive, archive)


def test_a_checkout_goes_before_what_is_installed(built: Built) -> None:
    assert_works(built.tree, built.installed, built.tree)


def test_a_clone_without_links(tmp_path: Path) -> None:
    """It builds the same wheel; uninstalled it says why it does not run."""
    tree = copy(tmp_path / "clone", links=False)
    (wheel,) = build(tree, "--wheel").glob("*.whl")
    assert held(wheel) == packaged()
    done = python(tree, "-m", "slocompiler", "--version")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("sloc: this checkout has no symbolic links")
    assert done.stderr.count("\n") == 1
