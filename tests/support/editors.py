"""Real editors: on PATH, or Debian's, which run with the libraries of their own suite."""

from __future__ import annotations

import fcntl
import os
import platform
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from support.binaries import Bundle, cache_folder, locate

NEOVIM = Bundle(
    "neovim-sid",
    ("neovim", "neovim-runtime", "libc6", "libgcc-s1", "libluajit-5.1-2", "libtree-sitter0.26", "libunibilium4",
     "libutf8proc3", "libuv1t64", "lua-lpeg", "lua-luv"),
    ("nvim",),
    suite="sid",
    least="0.11",
)  # fmt: skip  # a list
HELIX = Bundle("helix-trixie", ("hx", "libc6", "libgcc-s1"), ("hx",), suite="trixie", least="23.10")
EMACS = Bundle(
    "emacs-trixie",
    ("emacs-nox", "emacs-common", "libacl1", "libasound2t64", "libattr1", "libc6", "libcap2", "libdbus-1-3", "libffi8",
     "libgccjit0", "libgmp10", "libgnutls30t64", "libgpm2", "libhogweed6t64", "libidn2-0", "libisl23", "liblcms2-2",
     "liblzma5", "libmpc3", "libmpfr6", "libnettle8t64", "libp11-kit0", "libpcre2-8-0", "libselinux1", "libsqlite3-0",
     "libsystemd0", "libtasn1-6", "libtinfo6", "libtree-sitter0.22", "libunistring5", "libxml2", "libzstd1", "zlib1g"),
    ("emacs-nox",),
    suite="trixie",
    least="29",
)  # fmt: skip  # a list
FILES = {
    "VIMRUNTIME": "usr/share/nvim/runtime",
    "HELIX_RUNTIME": "usr/lib/hx/runtime",
    "EMACSLOADPATH": "usr/share/emacs/*/lisp",
    "EMACSDATA": "usr/share/emacs/*/etc",
    "EMACSDOC": "usr/share/emacs/*/etc",
    "EMACSPATH": "usr/libexec/emacs/*/*",
}
"""The variable that names a folder of an editor, and where its packages have the folder."""


class Editor:
    """An editor with a home and an XDG configuration of its own, and with these programs first on PATH."""

    def __init__(self, bundle: Bundle, home: Path, programs: Path) -> None:
        """Raises RuntimeError if it cannot be had: the names of libraries in sid change."""
        program, folder = locate(bundle.programs[0], bundle), cache_folder(bundle)
        self.command = [str(program)]
        self.environment = {**os.environ, "HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        self.environment["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.environment |= {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        libraries = folder / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
        loader = next(libraries.glob("ld-linux-*.so.*"), None)
        if program.is_relative_to(folder) and loader:
            dumps = [f"--dump-file={dump}" for dump in (folder / "usr" / "libexec").rglob("*.pdmp")]
            self.command = [str(loader), "--library-path", str(libraries), str(program), *dumps]
            self.environment |= {name: str(path) for name, at in FILES.items() for path in folder.glob(at)}

    def run(self, *arguments: str | Path, folder: Path) -> str:
        """What it prints without a terminal."""
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def opened(self, file: Path) -> Iterator[Callable[[str], str]]:
        """Open the file on a terminal; yields a function that types keys and returns all that the editor has written."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
        screen = bytearray()

        def typed(keys: str) -> str:
            os.write(ours, keys.encode())
            while select.select([ours], [], [], 0.1)[0]:
                screen.extend(os.read(ours, 65536))
            return screen.decode(errors="replace")

        with subprocess.Popen(
            [*self.command, file], cwd=file.parent, env=self.environment, stdin=theirs, stdout=theirs, stderr=theirs
        ) as process:
            os.close(theirs)
            try:
                yield typed
            finally:
                process.terminate()
                os.close(ours)
