"""Who is behind a target: not talking to one another is a systemic risk."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.diagnostics import Diagnostic
from slocompiler.project import Project
from slocompiler.resolve import Resolved
from slocompiler.syntax import tree as t


def owners(resolved: Resolved, project: Project) -> Iterator[Diagnostic]:
    """Every service has an owner: E204."""
    del project
    for service in resolved.services:
        given = any(isinstance(item, t.Owner) for item in service.tree.items)
        if not given and service.whole:
            yield Diagnostic(
                "E204",
                f"the service `{service.tree.name.text}` has no owner",
                service.tree.name.span,
                help='name the team that is paged: `owner "payments"`',
            )
        for item in service.tree.items:
            if isinstance(item, t.Owner) and _is_blank(item.text) and resolved.is_whole(item):
                yield Diagnostic(
                    "E204",
                    "an owner without a name",
                    item.text.span,
                    help='name the team that is paged: `owner "payments"`',
                )


def _is_blank(text: t.TextLike) -> bool:
    return isinstance(text, t.Text) and not text.value.strip()
