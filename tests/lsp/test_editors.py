"""The settings in `docs/editors.md`: a real Neovim uses its own, the client for VS Code runs in a stand-in."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support import neovim, node
from support.compile import ROOT
from support.pages import page
from support.textmate import EXTENSION

PAGE = page(ROOT / "docs" / "editors.md")
SERVER = ["sloc", "lsp"]
SHOP = """# \U0001f6d2
service shop "\U0001f6d2" { owner "o" stakeholders "s" runbook "https://x.org"
  slo answers 99.9% over 30d {
    events  http_total{job="shop"}
    bad     {code=~"5.."}
    because "b"
  }
}
"""
SCRIPT = """
local done, problem = pcall(function()
  local function wait(what, condition) assert(vim.wait(120000, condition, 20), what) end
  wait("attached", function() return #vim.lsp.get_clients({ bufnr = 0, name = "sloc" }) == 1 end)
  local client = vim.lsp.get_clients({ name = "sloc" })[1]
  wait("a problem", function() return #vim.diagnostic.get(0) == 1 end)
  local found = vim.diagnostic.get(0)[1]
  vim.api.nvim_buf_set_text(0, 2, 2, 2, 5, { "slo" })
  wait("no problem", function() return #vim.diagnostic.get(0) == 0 end)
  vim.api.nvim_win_set_cursor(0, { 3, 8 })
  local at = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local hover = client:request_sync("textDocument/hover", at, 120000, 0)
  vim.api.nvim_buf_set_lines(0, 3, 4, false, { '  events http_total{job="shop"}' })
  vim.lsp.buf.format({ timeout_ms = 120000 })
  io.stdout:write(vim.json.encode({
    problem = { found.code, found.lnum, found.col },
    hover = hover.result.contents.value,
    lines = vim.api.nvim_buf_get_lines(0, 0, -1, false),
    root = client.config.root_dir,
  }))
end)
if not done then io.stderr:write(problem) end
vim.cmd(done and "qall!" or "cquit")
"""


def block(kind: str) -> str:
    (found,) = (block.text for block in PAGE.blocks if block.kind == kind)
    return found


def program(folder: Path) -> Path:
    """A program `sloc` in a folder of its own."""
    path = folder / "programs" / "sloc"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m slocompiler "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def test_neovim_with_its_settings(tmp_path: Path) -> None:
    """Problems come and go, behind an emoji too; hover and format work."""
    try:
        neovim.command()
    except RuntimeError as error:
        pytest.skip(str(error))
    project = tmp_path / "project"
    project.mkdir()
    (project / "sloc.yaml").write_text("", encoding="utf-8")
    (project / "shop.slo").write_text(SHOP.replace("  slo ", "  sol "), encoding="utf-8")
    config, script = tmp_path / "init.lua", tmp_path / "script.lua"
    config.write_text(block("lua"), encoding="utf-8")
    script.write_text(SCRIPT, encoding="utf-8")
    found = json.loads(neovim.run(config, script, project / "shop.slo", program(tmp_path).parent))
    assert found["problem"] == ["E101", 2, 2]
    assert "43m12s of full outage in 30d" in found["hover"]
    assert '    events  http_total{job="shop"}' in found["lines"]
    assert found["root"] == str(project)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client of the extension for VS Code in one file, as it is packaged."""
    folder = tmp_path_factory.mktemp("vscode")
    shutil.copy(EXTENSION / "client.js", folder)
    (folder / "node_modules").symlink_to(node.modules())
    build = json.loads((EXTENSION / "package.json").read_text("utf-8"))["scripts"]["vscode:prepublish"]
    program, *arguments = shlex.split(build)
    subprocess.run([node.program(program), *arguments], cwd=folder, check=True)
    return folder / "dist" / "client.js"


def seen(client: Path, sloc: Path, file: Path, text: str) -> dict[str, object]:
    """What a person sees in a stand-in for VS Code with this file open."""
    command = ["node", str(ROOT / "tests" / "support" / "vscode.cjs"), str(client), str(sloc), str(file), text]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


def test_the_client_for_vs_code_starts_the_server(client: Path, tmp_path: Path) -> None:
    found = seen(client, program(tmp_path), tmp_path / "shop.slo", SHOP.replace("  slo ", "  sol "))
    assert found == {
        "problems": ["E101"],
        "opened": ["markdown", "## E405: an alert that can never fire"],
        "commands": ["sloc.explain", "sloc.restart"],
    }


def test_the_client_for_vs_code_says_what_to_install(client: Path, tmp_path: Path) -> None:
    found = seen(client, tmp_path / "none", tmp_path / "shop.slo", SHOP)
    assert "pip install 'slocompiler[lsp]'" in str(found["error"])
    assert found["commands"] == ["sloc.restart"]


def test_settings_of_helix_start_the_server_for_slo_files() -> None:
    settings = tomllib.loads(block("toml"))
    (language,) = settings["language"]
    (name,) = language["language-servers"]
    assert language["file-types"] == ["slo"]
    server = settings["language-server"][name]
    assert [server["command"], *server["args"]] == SERVER


def test_settings_of_emacs_start_the_server_for_slo_files() -> None:
    text = block("elisp")
    assert "(slo-mode . (" + " ".join(f'"{word}"' for word in SERVER) + "))" in text
    assert re.search(r"'auto-mode-alist '\(\"\\\\\.slo\\\\'\" \. slo-mode\)", text)
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert bare.count("(") == bare.count(")")
