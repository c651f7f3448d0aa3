"""The architecture's invariants and absences, held by tests: see slocompiler/ARCHITECTURE.md."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from support.compile import ROOT

FOLDERS = ("slocompiler", "grammar", "targets", "tests")
MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if not any(
        part in ("grammar", "targets") and path.relative_to(ROOT).parts[0] == "slocompiler" for part in path.parts
    )
)
CODE = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "tests"]
ARCHITECTURE = (ROOT / "slocompiler" / "ARCHITECTURE.md").read_text(encoding="utf-8")

ALLOWED = {
    "targets/promtest/oracle.py": ("slocompiler.ir",), "targets/promtest/verdict.py": ("slocompiler.ir", "slocompiler.targets.promtest"),  # what they expect is no copy of what makes the rules
    "targets": ("slocompiler.ir", "slocompiler.ir_json", "slocompiler.burn", "slocompiler.jobs", "slocompiler.promql", "slocompiler.explain", "slocompiler.pattern", "slocompiler.record", "slocompiler.resources", "slocompiler.visible", "slocompiler.formats.markdown", "slocompiler.targets", "slocompiler.regex", "slocompiler.openslo", "slocompiler.zones"),
    "grammar": ("slocompiler.resources",),
    "slocompiler/codes.py": (), "slocompiler/moments.py": (), "slocompiler/ids.py": (), "slocompiler/pattern.py": (), "slocompiler/record.py": (), "slocompiler/openslo.py": (), "slocompiler/resources.py": (), "slocompiler/suggest.py": (), "slocompiler/visible.py": ("slocompiler.pattern",),
    "slocompiler/quoting.py": ("slocompiler.promql", "slocompiler.visible"),
    "slocompiler/zones.py": ("slocompiler.pattern", "slocompiler.resources"), "slocompiler/source.py": ("slocompiler.pattern", "slocompiler.record",),
    "slocompiler/fixes.py": ("slocompiler.pattern", "slocompiler.source", "slocompiler.diagnostics", "slocompiler.suggest"),
    "slocompiler/diagnostics.py": ("slocompiler.codes", "slocompiler.pattern", "slocompiler.record", "slocompiler.source"),
    "slocompiler/ir.py": ("slocompiler.ir_indicator", "slocompiler.pattern", "slocompiler.record"), "slocompiler/ir_indicator.py": ("slocompiler.pattern", "slocompiler.record",), "slocompiler/ir_json.py": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record"), "slocompiler/elsewhere.py": ("slocompiler.ids", "slocompiler.pattern", "slocompiler.record", "slocompiler.source"),
    "slocompiler/burn.py": ("slocompiler.ir",), "slocompiler/chance.py": ("slocompiler.ir", "slocompiler.burn"), "slocompiler/standard.py": ("slocompiler.ir", "slocompiler.burn"),
    "slocompiler/library.py": ("slocompiler.pattern", "slocompiler.record", "slocompiler.resources"), "slocompiler/jobs.py": ("slocompiler.ir", "slocompiler.standard", "slocompiler.record"),
    "slocompiler/owners.py": ("slocompiler.ir", "slocompiler.resolve.imports", "slocompiler.formats.locations"),
    "slocompiler/deployments.py": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.promql.strings"),
    "slocompiler/promql": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.visible", "slocompiler.suggest", "slocompiler.regex", "slocompiler.record", "slocompiler.promql"),
    "slocompiler/regex": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.promql", "slocompiler.regex"),
    "slocompiler/project": ("slocompiler.__version__", "slocompiler.elsewhere", "slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.promql", "slocompiler.diagnostics", "slocompiler.source", "slocompiler.suggest", "slocompiler.grammar", "slocompiler.deployments", "slocompiler.targets", "slocompiler.project"),
    "slocompiler/syntax": ("slocompiler.moments", "slocompiler.source", "slocompiler.diagnostics", "slocompiler.fixes", "slocompiler.suggest", "slocompiler.pattern", "slocompiler.record", "slocompiler.syntax", "slocompiler.grammar"),
    "slocompiler/resolve": ("slocompiler.moments", "slocompiler.elsewhere", "slocompiler.source", "slocompiler.diagnostics", "slocompiler.fixes", "slocompiler.pattern", "slocompiler.record", "slocompiler.suggest", "slocompiler.ir", "slocompiler.promql.strings", "slocompiler.syntax", "slocompiler.resolve"),
    "slocompiler/checks": ("slocompiler.quoting", "slocompiler.moments", "slocompiler.codes", "slocompiler.source", "slocompiler.diagnostics", "slocompiler.fixes", "slocompiler.pattern", "slocompiler.record", "slocompiler.suggest", "slocompiler.ir", "slocompiler.burn", "slocompiler.standard", "slocompiler.chance", "slocompiler.jobs", "slocompiler.promql", "slocompiler.regex", "slocompiler.deployments", "slocompiler.project", "slocompiler.lower", "slocompiler.syntax", "slocompiler.resolve", "slocompiler.zones", "slocompiler.checks"),
    "slocompiler/lower": ("slocompiler.record", "slocompiler.source", "slocompiler.ir", "slocompiler.burn", "slocompiler.standard", "slocompiler.jobs", "slocompiler.syntax", "slocompiler.resolve", "slocompiler.zones", "slocompiler.lower"),
    "slocompiler/explain": ("slocompiler.quoting", "slocompiler.moments", "slocompiler.ir", "slocompiler.ir_json", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.chance", "slocompiler.promql", "slocompiler.visible", "slocompiler.resources", "slocompiler.formats.spreadsheet", "slocompiler.explain"), "slocompiler/explain/simulation_formats.py": ("slocompiler.ir", "slocompiler.ir_json", "slocompiler.chance", "slocompiler.promql", "slocompiler.visible", "slocompiler.formats.markdown", "slocompiler.explain"),
    "slocompiler/explain/slo.py": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.promql", "slocompiler.visible", "slocompiler.explain", "slocompiler.targets"),
    "slocompiler/diff": ("slocompiler.moments", "slocompiler.ids", "slocompiler.ir", "slocompiler.ir_json", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.standard", "slocompiler.promql", "slocompiler.regex", "slocompiler.explain", "slocompiler.formats.markdown", "slocompiler.visible", "slocompiler.diff"),
    "slocompiler/formats": ("slocompiler.codes", "slocompiler.__version__", "slocompiler.diagnostics", "slocompiler.source", "slocompiler.explain.code", "slocompiler.explain.words", "slocompiler.visible", "slocompiler.formats"),
    "slocompiler/importers": ("slocompiler.quoting", "slocompiler.ir", "slocompiler.ir_json", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.standard", "slocompiler.promql", "slocompiler.regex", "slocompiler.diagnostics", "slocompiler.source", "slocompiler.visible", "slocompiler.explain", "slocompiler.lower.units", "slocompiler.syntax", "slocompiler.project", "slocompiler.compiler", "slocompiler.openslo", "slocompiler.grammar", "slocompiler.importers"), "slocompiler/importers/compare": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.promql", "slocompiler.explain", "slocompiler.targets", "slocompiler.importers"),
    "slocompiler/live": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.jobs", "slocompiler.promql", "slocompiler.regex", "slocompiler.suggest", "slocompiler.diagnostics", "slocompiler.source", "slocompiler.explain", "slocompiler.formats.markdown", "slocompiler.formats.spreadsheet", "slocompiler.visible", "slocompiler.targets", "slocompiler.live"),
    "slocompiler/live/verify": ("slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.jobs", "slocompiler.promql", "slocompiler.regex", "slocompiler.suggest", "slocompiler.diagnostics", "slocompiler.source", "slocompiler.explain", "slocompiler.formats.markdown", "slocompiler.visible", "slocompiler.targets", "slocompiler.live", "slocompiler.resolve.located"),
    "slocompiler/live/drafts": ("slocompiler.quoting", "slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.jobs", "slocompiler.promql", "slocompiler.source", "slocompiler.explain.words", "slocompiler.visible", "slocompiler.targets.shared", "slocompiler.live", "slocompiler.project", "slocompiler.compiler", "slocompiler.library", "slocompiler.importers", "slocompiler.syntax"), "slocompiler/lsp": ("slocompiler.codes", "slocompiler.compiler", "slocompiler.pieces", "slocompiler.ir", "slocompiler.pattern", "slocompiler.record", "slocompiler.burn", "slocompiler.jobs", "slocompiler.promql", "slocompiler.source", "slocompiler.diagnostics", "slocompiler.fixes", "slocompiler.syntax", "slocompiler.resolve", "slocompiler.lower", "slocompiler.project", "slocompiler.explain", "slocompiler.formats.markdown", "slocompiler.visible", "slocompiler.targets.shared", "slocompiler.deployments", "slocompiler.live", "slocompiler.zones", "slocompiler.lsp"),
    "slocompiler/cli": ("slocompiler",), "slocompiler/compiler.py": ("slocompiler",),
    "slocompiler/pieces.py": ("slocompiler.source", "slocompiler.diagnostics", "slocompiler.pattern", "slocompiler.record", "slocompiler.ir", "slocompiler.jobs", "slocompiler.resolve"),
    "slocompiler/__main__.py": ("slocompiler.cli",),
    "slocompiler/__init__.py": ("slocompiler.compiler", "slocompiler.diagnostics", "slocompiler.ir", "slocompiler.source"),
}  # fmt: skip  # a table
"""What each part may import of the project (invariant 2); the longest prefix counts, and every module has one."""


def within(name: str, part: str, separator: str) -> bool:
    """Whether a dotted name or a path is the part, or inside it."""
    return name == part or name.startswith(part + separator)


def rule(name: str) -> tuple[str, ...]:
    """What the module at this path may import."""
    prefixes = [prefix for prefix in ALLOWED if within(name, prefix, "/")]
    assert prefixes, f"{name} needs a row in ALLOWED"
    return ALLOWED[max(prefixes, key=len)]


@cache
def tree(path: Path) -> ast.Module:
    """What Python reads a module as."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= (
                {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module == "slocompiler"
                else {node.module}
            )
    return found


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=named)
def test_a_part_imports_only_what_it_may(path: Path) -> None:
    own = {name for name in imports(path) if name.split(".")[0] == "slocompiler"}
    assert {name for name in own if not any(within(name, allowed, ".") for allowed in rule(named(path)))} == set()


def test_the_longest_prefix_counts() -> None:
    assert rule("targets/promtest/oracle.py") == ALLOWED["targets/promtest/oracle.py"] != ALLOWED["targets"]
    assert rule("targets/promtest/labels.py") == ALLOWED["targets"]
    assert not within("slocompiler.irony", "slocompiler.ir", ".")
    with pytest.raises(AssertionError, match="needs a row"):
        rule("slocompiler/other.py")


def dotted(path: Path) -> str:
    """The name under which a module is imported."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return name if name.startswith("slocompiler") else f"slocompiler.{name}"


def test_imports_have_no_circles() -> None:
    """Those for type checkers and those inside of functions count, too; the version stands before all of them."""
    modules = {dotted(path): path for path in CODE}
    arrows: dict[str, set[str]] = {}
    for name, path in modules.items():
        found = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
        names = {(node.module or "", alias.name) for node in found for alias in node.names}
        names.discard(("slocompiler", "__version__"))
        arrows[name] = {f"{module}.{one}" if f"{module}.{one}" in modules else module for module, one in names}
    while free := [name for name, ahead in arrows.items() if not ahead & arrows.keys()]:
        for name in free:
            del arrows[name]
    assert arrows == {}


@pytest.mark.parametrize(
    "path", [path for path in CODE if "/cli/" not in named(path) and path.name != "__main__.py"], ids=named
)
def test_only_the_command_line_reads_writes_prints_and_exits(path: Path) -> None:
    """Invariant 1; templates, the grammar and its tables are read with the package, which is no input."""
    calls = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    own = {"read_text", "read_bytes"} if named(path).startswith(("grammar/", "targets/")) else set()
    assert (
        calls & {"open", "print", "echo", "exit", "read_text", "read_bytes", "write_text", "now", "today", "getenv"}
        <= own
    )
    assert not imports(path) & {"os", "sys", "subprocess", "time", "random", "socket"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    doc = ast.get_docstring(tree(path))
    assert doc, "a line at its top"
    assert len(doc.splitlines()[0]) <= 120


LONG_FILES = {
    "slocompiler/syntax/tree.py": "one class per rule of the grammar", "slocompiler/ir.py": "the IR is read as a whole",
    "slocompiler/syntax/build.py": "one method per rule of the grammar",
    "tests/diff/test_diff_gate_table.py": "a change for each row of the documentation",
}  # fmt: skip  # a table
LONG_FUNCTIONS: dict[str, str] = {"_slo": "the fields of an SLO, in a row"}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= (600 if named(path) in LONG_FILES else 250)
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and node.name not in LONG_FUNCTIONS:
            assert (node.end_lineno or 0) - node.lineno < 45, f"{node.name} is too long"


def test_packages_are_those_that_exist() -> None:
    """A package that is not listed is silently absent from the wheel."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent.relative_to(ROOT) for path in CODE if path.name == "__init__.py"}
    found = {".".join(f.parts) if f.parts[0] == "slocompiler" else ".".join(("slocompiler", *f.parts)) for f in folders}
    assert found == set(project["tool"]["setuptools"]["packages"])


def test_every_dependency_states_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for block in re.findall(r"^(?:dependencies|dev|lsp) = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            assert re.search(r'",\s+# \w', line), line


def test_every_exception_to_lint_and_types_gives_its_reason() -> None:
    for path in MODULES:
        for line in path.read_text(encoding="utf-8").splitlines():
            marker = re.search(r"# (noqa|type: ignore|fmt: skip|pragma)(.*)", line)
            if marker and '"' not in marker[0]:
                assert re.search(r" {2}# \w", marker[2]), f"{named(path)}: {line.strip()}"


def test_the_two_links_are_links() -> None:
    for name in ("grammar", "targets"):
        link = ROOT / "slocompiler" / name
        assert os.readlink(link) == f"../{name}"


def test_architecture_names_tests_that_exist() -> None:
    """Each invariant names the test that holds it."""
    tests = "".join(path.read_text(encoding="utf-8") for path in MODULES if named(path).startswith("tests/"))
    for name in re.findall(r"`(test_\w+)`", ARCHITECTURE):
        assert f"def {name}(" in tests or list((ROOT / "tests").rglob(f"{name}.py")), name
    for path in re.findall(r"`((?:slocompiler|targets|grammar|tests)/[\w./-]+)`", ARCHITECTURE):
        assert (ROOT / path).exists(), path
