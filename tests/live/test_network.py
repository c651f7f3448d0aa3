"""Where the network begins: one module, which ordinary commands do not import (invariant 17)."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from slocompiler.cli.group import COMMANDS
from support.command import service
from support.compile import ROOT

USERS = {
    "urllib3": {"http.py", "unanswered.py"},  # the latter knows its exceptions
    "ssl": {"http.py", "http_config.py", "unanswered.py"},  # what to trust
    "socket": set(),
    "http.client": set(),
    "urllib.request": {"http.py"},
}
"""The modules of `cli/` that import what reaches the network."""


def test_only_one_module_uses_the_network() -> None:
    found: dict[str, set[str]] = {name: set() for name in USERS}
    for path in [path for folder in ("slocompiler", "targets", "grammar") for path in (ROOT / folder).rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if not any(module in text for module in USERS):
            continue  # most modules, and parsing takes long
        for node in ast.walk(ast.parse(text)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module, users in found.items():
                if any(name == module or name.startswith(f"{module}.") for name in names):
                    users.add(path.relative_to(ROOT / "slocompiler" / "cli").as_posix())
    assert found == USERS


def test_no_ordinary_command_imports_the_network(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text(service("a"))
    heavy = ("urllib3", "ssl", "socket", "http", "slocompiler.cli.connection", "slocompiler.live")
    ordinary = {"build": [], "check": [], "fmt": ["--check"], "list": [], "show": [], "explain": ["a"], "owners": []}
    assert ordinary.keys() <= {*COMMANDS}
    code = (
        "import sys\nfrom slocompiler.cli.run import main\n"
        f"for line in {[[name, *more] for name, more in ordinary.items()]}:\n"
        "    try: main(line)\n    except SystemExit as end: assert end.code in (0, 1, None), line\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
