"""sloc: a compiler for service level objectives as code. As a library:

    from slocompiler import Source, analyse, render

    program, diagnostics = analyse([Source("checkout.slo", text)])
    if program:
        files = render(program, "prometheus")

Each name is imported when it is first used.
"""

from __future__ import annotations

TYPE_CHECKING = (
    False  # type checkers know the name; the import of typing would take a third of an answer from the cache
)
if TYPE_CHECKING:
    from slocompiler.compiler import analyse, render
    from slocompiler.diagnostics import Diagnostic
    from slocompiler.ir import Program
    from slocompiler.source import Source

__all__ = ["Diagnostic", "Program", "Source", "analyse", "render"]
__version__ = "0.2.0"

_MODULES = {
    "Diagnostic": "slocompiler.diagnostics",
    "Program": "slocompiler.ir",
    "Source": "slocompiler.source",
    "analyse": "slocompiler.compiler",
    "render": "slocompiler.compiler",
}


def __getattr__(name: str) -> object:
    """A name of the library, imported when it is first asked for: `sloc --help` needs none of them."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)
