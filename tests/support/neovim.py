"""A real Neovim: on PATH, or Debian's, which runs with the libraries of its own suite."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from support.binaries import Bundle, cache_folder, locate

BUNDLE = Bundle(
    "neovim-sid",
    ("neovim", "neovim-runtime", "libc6", "libgcc-s1", "libluajit-5.1-2", "libtree-sitter0.26", "libunibilium4",
     "libutf8proc3", "libuv1t64", "lua-lpeg", "lua-luv"),
    ("nvim",),
    suite="sid",
    least="0.11",
)  # fmt: skip  # a list


def command() -> list[str]:
    """What starts Neovim. Raises RuntimeError if none can be had: the names of libraries in sid change."""
    program = locate("nvim", BUNDLE)
    libraries = cache_folder(BUNDLE) / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
    loader = next(libraries.glob("ld-linux-*.so.*"), None)
    if not program.is_relative_to(cache_folder(BUNDLE)) or loader is None:
        return [str(program)]
    return [str(loader), "--library-path", str(libraries), str(program)]


def run(config: Path, script: Path, file: Path, programs: Path) -> str:
    """What a Lua script prints about a file that is open, with this configuration and these programs on PATH."""
    home = config.parent
    environment = {**os.environ, "HOME": str(home), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    environment |= {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    runtime = cache_folder(BUNDLE) / "usr" / "share" / "nvim" / "runtime"
    if runtime.is_dir() and not shutil.which("nvim"):
        environment["VIMRUNTIME"] = str(runtime)
    arguments = ["--headless", "-u", str(config), "-n", "-c", f"luafile {script}", str(file)]
    done = subprocess.run(
        [*command(), *arguments],
        cwd=file.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
