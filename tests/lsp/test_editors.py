"""The settings in `docs/editors.md`: a real Neovim, Helix and Emacs use theirs; the client for VS Code runs in a stand-in."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from support import editors, node
from support.binaries import Bundle
from support.compile import ROOT
from support.editors import Editor
from support.pages import page
from support.textmate import EXTENSION
from support.waiting import wait_for

PAGE = page(ROOT / "docs" / "editors.md")
SHOP = """# \U0001f6d2
service shop "\U0001f6d2" { owner "o" stakeholders "s" runbook "https://x.org"
  slo answers 99.9% over 30d {
    events  http_total{job="shop"}
    bad     {code=~"5.."}
    because "b"
  }
}
"""
LUA = """
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

ELISP = """
(defun wait (what condition)
  (with-timeout (120 (error "Never: %s" what))
    (while (not (funcall condition))
      (run-hooks 'post-command-hook) ; in batch, no command does
      (accept-process-output nil 0.02))))
(defun place (position)
  (vector (line-number-at-pos position) (1+ (- position (save-excursion (goto-char position) (pos-bol))))))
(defun problem (one)
  (list :text (flymake-diagnostic-text one) :severity (symbol-name (flymake-diagnostic-type one))
        :start (place (flymake-diagnostic-beg one)) :end (place (flymake-diagnostic-end one))))
(find-file (pop command-line-args-left))
(wait "a server" #'eglot-current-server)
(wait "a problem" #'flymake-diagnostics)
(let ((problems (mapcar #'problem (flymake-diagnostics))) hover)
  (search-forward "ownr")
  (replace-match "owner")
  (save-buffer) ; in batch, no timer sends changes
  (wait "no problem" (lambda () (not (flymake-diagnostics))))
  (search-forward "answers")
  (run-hook-with-args 'eldoc-documentation-functions (lambda (text &rest _) (setq hover (or text hover))))
  (wait "hover" (lambda () hover))
  (eglot-format-buffer)
  (princ (decode-coding-string
    (json-serialize (list :problems (vconcat problems) :hover hover :text (buffer-string))) 'utf-8)))
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


def editor(bundle: Bundle, home: Path) -> Editor:
    try:
        return Editor(bundle, home, program(home).parent)
    except RuntimeError as error:
        pytest.skip(str(error))


def shop(folder: Path, *change: str) -> Path:
    """The file with this change, in a project."""
    file = folder / "project" / "shop.slo"
    file.parent.mkdir()
    (file.parent / "sloc.yaml").write_text("", encoding="utf-8")
    file.write_text(SHOP.replace(*change), encoding="utf-8")
    return file


def sloc(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "slocompiler", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def formatted(folder: Path) -> str:
    """The file without a mistake as `sloc fmt` has it."""
    file = folder / "formatted.slo"
    file.write_text(SHOP, encoding="utf-8")
    sloc("fmt", file)
    return file.read_text("utf-8")


def test_neovim_with_its_settings(tmp_path: Path) -> None:
    """Problems come and go, behind an emoji too; hover and format work."""
    neovim, file = editor(editors.NEOVIM, tmp_path), shop(tmp_path, "  slo ", "  sol ")
    config, script = tmp_path / "init.lua", tmp_path / "script.lua"
    config.write_text(block("lua"), encoding="utf-8")
    script.write_text(LUA, encoding="utf-8")
    arguments = ["--headless", "-u", config, "-n", "-c", f"luafile {script}", file]
    found = json.loads(neovim.run(*arguments, folder=file.parent))
    assert found["problem"] == ["E101", 2, 2]
    assert "43m12s of full outage in 30d" in found["hover"]
    assert '    events  http_total{job="shop"}' in found["lines"]
    assert found["root"] == str(file.parent)


def test_emacs_with_its_settings(tmp_path: Path) -> None:
    """Flymake has the mistake that `sloc check` prints, behind an emoji; it goes; hover and format work."""
    emacs, file = editor(editors.EMACS, tmp_path), shop(tmp_path, "owner ", "ownr ")
    checked = json.loads(sloc("check", "--format", "json", file))["diagnostics"]
    config, script = tmp_path / "init.el", tmp_path / "script.el"
    config.write_text(block("elisp"), encoding="utf-8")
    script.write_text(ELISP, encoding="utf-8")
    found = json.loads(emacs.run("-Q", "--batch", "-l", config, "-l", script, file, folder=file.parent))
    assert found["problems"] == [
        {
            "text": f"sloc [{each['code']}]: {each['message']}\n{each['help']}",
            "severity": f"eglot-{each['severity']}",
            **{name: list(each[name].values()) for name in ("start", "end")},
        }
        for each in checked
    ]
    assert "43m12s of full outage in 30d" in found["hover"]
    assert found["text"] == formatted(tmp_path)


def test_helix_with_its_settings(tmp_path: Path) -> None:
    """It marks the mistake, selects its range behind an emoji and applies the fix; then it formats and saves the file."""
    helix, file = editor(editors.HELIX, tmp_path), shop(tmp_path, "owner ", "ownr ")
    right = formatted(tmp_path)
    config = tmp_path / "CONFIG" / "helix" / "languages.toml"
    config.parent.mkdir(parents=True)
    config.write_text(block("toml"), encoding="utf-8")
    with helix.opened(file) as typed:

        def saved() -> str:
            typed(":w\r")
            with suppress(FileNotFoundError):  # Helix moves the file away while it writes
                return file.read_text("utf-8")
            return ""

        wait_for(lambda: "\N{BLACK CIRCLE}" in typed(""), "mark")
        typed("]d a")
        wait_for(lambda: "write" in typed(""), "fix")
        typed("\r")
        wait_for(lambda: "owner" in saved(), "fixed file")
        wait_for(lambda: typed(":format\r") and saved() == right, "formatted file")


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
