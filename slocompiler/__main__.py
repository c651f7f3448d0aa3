"""`python -m slocompiler` is `sloc`."""

from importlib.util import find_spec

if find_spec("slocompiler.grammar") is None:  # a link became a text file: git without core.symlinks
    raise SystemExit("sloc: this checkout has no symbolic links, so nothing runs uninstalled: `pip install -e .` helps")

from slocompiler.cli import main

main()
