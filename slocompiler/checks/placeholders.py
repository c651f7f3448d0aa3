"""Texts that were to be replaced, such as `because "TODO"`, and several names in one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve import ResolvedService, ResolvedSlo
from slocompiler.source import Span

_PLACEHOLDER = lazy_pattern(
    r"\W*(?:todo|tbd|tba|fixme|xxx+|n/a|changeme|placeholder)\b.*|\?+", re.IGNORECASE | re.DOTALL
)
_SEVERAL = lazy_pattern(r"\w\s*[,;]\s*\w")
"""What stands between two names."""


def placeholder_owners(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """W361 for an owner that is still to be named."""
    if service.owned and isinstance(service.owner, str) and _PLACEHOLDER.fullmatch(service.owner):
        yield _placeholder("owner", service.owned, "name the team that is paged")


def placeholders(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W361 for stakeholders and a reason that are still to be written, W363 for two stakeholders in one text."""
    if slo.tree.draft:
        return
    for text in slo.stakeholders:
        if _PLACEHOLDER.fullmatch(text):
            help = "name the people who agreed to the target; a draft needs none yet"
            yield _placeholder("stakeholder", _origin(slo, "stakeholders"), help)
        elif ("," in text or ";" in text) and _SEVERAL.search(text) and text not in run.project.owners:
            yield _several(text, _origin(slo, "stakeholders"))
    if _PLACEHOLDER.fullmatch(slo.because):
        help = "say who suffers below the target, and how; a draft needs none yet"
        yield _placeholder("reason", _origin(slo, "because"), help)


def _origin(slo: ResolvedSlo, setting: str) -> Span:
    return dict(slo.origins)[setting]


def _placeholder(word: str, span: Span, help: str) -> Diagnostic:
    return Diagnostic("W361", f"this {word} is a placeholder", span, help=help)


def _several(text: str, span: Span) -> Diagnostic:
    names = ", ".join(f'"{name.strip()}"' for name in re.split("[,;]", text))
    at = span.text.find(f'"{text}"')
    place = span.part(span.start + at, span.start + at + len(text) + 2) if at >= 0 else span
    fixes = edits(f"write `{names}`", (place, names)) if at >= 0 else ()
    help = f'write `{names}`; if it is one name, `allow W363 because "…"`'
    return Diagnostic("W363", "these seem to be several stakeholders in one text", place, help=help, fixes=fixes)
