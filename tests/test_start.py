"""What a start imports: invariant 6 of slocompiler/ARCHITECTURE.md, and what the compiler knows of targets."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from slocompiler.targets import TARGETS
from support.compile import ROOT


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command imports in a folder with one SLO."""
    shutil.copy(ROOT / "slocompiler" / "cli" / "first" / "first.slo", folder)
    code = "import sys\nbefore = set(sys.modules)\nfrom slocompiler.cli.run import main\n"
    code += f"try: main({list(arguments)})\nfinally: print(*sys.modules.keys() - before)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


HEAVY = (
    *("calendar", "click", "dataclasses", "difflib", "hashlib", "importlib.metadata", "inspect", "jinja2", "json"),
    *("jsonschema", "lark", "locale", "subprocess", "tempfile", "textwrap", "threading", "traceback", "yaml"),
)


@pytest.mark.parametrize("command", ["build --target prometheus", "check", "fmt"])
def test_start_up_imports_little(command: str, tmp_path: Path) -> None:
    """Invariant 6: what every command pays for."""
    assert loaded(tmp_path, *command.split()).isdisjoint(HEAVY)


def test_start_up_compiles_few_patterns(tmp_path: Path) -> None:
    """Invariant 6: the others are those of `lazy_pattern`."""
    found = {
        name
        for name in loaded(tmp_path, "build", "--target", "prometheus")
        if name.startswith("slocompiler") and (origin := find_spec(name)) and origin.origin
        for statement in ast.parse(Path(origin.origin).read_text("utf-8")).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and node.attr == "compile"
    }
    assert found == {"slocompiler.syntax.tokens"}


def test_a_build_of_rules_imports_no_other_target(tmp_path: Path) -> None:
    """Invariant 6; the options of a target, which the project file may have, are no code of it."""
    (tmp_path / "sloc.yaml").write_text("targets: {docs: {build: false}, grafana: {build: false}}\n")
    names = {name.removeprefix("slocompiler.targets.") for name in loaded(tmp_path, "build")}
    assert "prometheus.render" in names
    modules = {name.partition(".")[::2] for name in names}
    handwritten, mistakes = {"slocompiler.promql.judge", "slocompiler.promql.tree"}, {"slocompiler.syntax.scan"}
    assert names.isdisjoint(handwritten | mistakes)
    others = TARGETS.keys() - {"prometheus"}
    assert {module for target, module in modules if target in others} <= {"", "options"}


def test_the_compiler_imports_no_target() -> None:
    """Invariant 2: what checks and lowering need of the project is in no back end."""
    code = "import sys, slocompiler.compiler; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "slocompiler.targets" in done.stdout.split()
    assert {target.package for target in TARGETS.values()} & set(done.stdout.split()) == set()
