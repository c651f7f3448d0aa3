"""A diagnostic with its fixes, as a value. `codes.py` has the table of codes, `formats/` renders diagnostics."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.codes import is_error
from slocompiler.record import record
from slocompiler.source import Reached, Span

MAX_USES = 3
"""How many uses of a template a diagnostic shows: further ones with the same problem, or a chain of nested ones."""


@record
class Label:
    """A second location that explains the diagnostic, and what is there."""

    span: Span
    text: str


@record
class Edit:
    """A text that replaces a span; with an empty span it is inserted."""

    span: Span
    text: str


@record
class Fix:
    """A way to resolve a diagnostic: edits of one file that do not overlap, and a title in the imperative."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    """Whether it is certainly what was meant and changes no meaning: `sloc check --fix` applies only safe fixes."""


@record
class Diagnostic:
    """An error or a warning: `code` is a key of CODES, `span` the location of the problem."""

    code: str
    message: str
    span: Span
    labels: tuple[Label, ...] = ()
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    """Alternatives, the most likely first."""

    @property
    def is_error(self) -> bool:
        """Whether it is an error, which ends a build or a verification with 1; a warning does not."""
        return is_error(self.code)


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics by file and location. Equal ones of several SLOs, or of several uses of a template, become one."""
    found: dict[tuple[str, int, str, str], list[Diagnostic]] = {}
    for one in diagnostics:
        found.setdefault((one.span.source.path, one.span.start, one.code, one.message), []).append(one)
    return [_merged(found[key]) for key in sorted(found)]


def _merged(found: list[Diagnostic]) -> Diagnostic:
    """The first of equal diagnostics, with labels for some of the other uses of the template that have it too."""
    by_use = {_use(one): one for one in reversed(found)}
    (_, first), *others = sorted(by_use.items(), key=lambda entry: entry[0])
    if not others or not isinstance(first.span, Reached):  # the problem is not the fault of a use
        return first
    uses = [_outermost(one.span) for _, one in others]
    *some, last = [Label(use, "and here") for use in uses[:MAX_USES]]
    rest = len(uses) - MAX_USES
    last = Label(last.span, f"and here, and {rest:,} more") if rest > 0 else last
    return Diagnostic(first.code, first.message, first.span, (*first.labels, *some, last), first.help, first.fixes)


def _use(diagnostic: Diagnostic) -> tuple[bool, str, int]:
    """The location of the outermost use of a template; a diagnostic outside of templates is first."""
    use = _outermost(diagnostic.span)
    return isinstance(diagnostic.span, Reached), use.source.path, use.start


def _outermost(span: Span) -> Span:
    while isinstance(span, Reached):
        span = span.by
    return span
