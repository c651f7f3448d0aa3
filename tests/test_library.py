"""The library: the names of `slocompiler`, which are imported when they are used, and which do what `sloc build` does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import slocompiler
from slocompiler import Diagnostic, Program, analyse, render
from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import of_builds
from support.command import files, service, sloc
from support.compile import ROOT
from support.pages import page

DEPLOYMENTS = """deployments:
  - {name: eu, where: {region: eu}, labels: {region: eu}}
  - {name: us, where: {region: us}, labels: {region: us}}
"""


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys; before = {*sys.modules}; import slocompiler; print(*sorted({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    ours = [
        name
        for name in done.stdout.split()
        if not name.startswith("_") and name.split(".")[0] not in sys.stdlib_module_names
    ]
    assert ours == ["slocompiler"]


def test_it_offers_what_type_checkers_see() -> None:
    tree = ast.parse((ROOT / "slocompiler" / "__init__.py").read_text(encoding="utf-8"))
    (seen,) = (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    imported = [name for node in seen.body if isinstance(node, ast.ImportFrom) for name in node.names]
    assert sorted(name.name for name in imported) == sorted(slocompiler.__all__)
    for name in slocompiler.__all__:
        assert getattr(slocompiler, name).__name__ == name
        assert getattr(slocompiler, name).__doc__


def test_it_offers_nothing_else() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'analyze'"):
        _ = slocompiler.analyze


def test_mistakes_are_values() -> None:
    program, problems = analyse([slocompiler.Source("a.slo", "service {")])
    assert program is None
    assert [type(problem) for problem in problems] == [Diagnostic] * len(problems) != []


@pytest.mark.parametrize("settings", ["", DEPLOYMENTS])
def test_it_renders_what_a_build_writes(tmp_path: Path, settings: str) -> None:
    project, problems = load(Source("sloc.yaml", settings))
    program, found = analyse([Source("a.slo", service("a")), Source("b.slo", service("b"))], project)
    assert (type(program), problems, found) == (Program, [], [])
    assert program
    for name in "ab":
        (tmp_path / f"{name}.slo").write_text(service(name))
    (tmp_path / "sloc.yaml").write_text(settings)
    for target in of_builds():
        rendered = {f"{target}/{name}": text for name, text in render(program, target, project.options()).items()}
        assert sloc(tmp_path, "build", "-o", f"only-{target}", "--target", target).code == 0
        assert rendered == {name: data.decode() for name, data in files(tmp_path / f"only-{target}").items()} != {}


def test_the_page_about_it_runs(tmp_path: Path) -> None:
    """Its programs in a row, in a project with deployments, in which something is wrong."""
    (tmp_path / "sloc.yaml").write_text(DEPLOYMENTS)
    (tmp_path / "checkout.slo").write_text(service("checkout").replace('because "So it was agreed."', ""))
    programs = [block.text for block in page(ROOT / "docs" / "library.md").blocks if block.kind == "python"]
    code = "\n".join([*programs, "print(program.services[0].name, *files)"])
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"checkout.slo:2:\d+: W311 .*\ncheckout.rules.yaml \d{4,}\nwarning\[W311\]: ", done.stdout)
    assert done.stdout.endswith("\ncheckout eu/checkout.rules.yaml us/checkout.rules.yaml\n")


def test_a_program_without_a_project_has_its_defaults() -> None:
    program, _ = analyse([Source("a.slo", service("a"))])
    assert program
    assert render(program, "prometheus") == render(program, "prometheus", load(Source("sloc.yaml", ""))[0].options())
