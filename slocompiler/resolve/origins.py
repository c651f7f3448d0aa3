"""Where each setting that applies to an SLO is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slocompiler import moments
from slocompiler.resolve.resolved import ResolvedService
from slocompiler.resolve.settings import Settings
from slocompiler.source import Span
from slocompiler.syntax import tree as t

TRACED = {kind: kind.__name__.lower() for kind in (t.Alerts, t.Policy, t.Stakeholders, t.Because, t.Runbook, t.Review)}
"""Settings that do not add up: the nearest one applies. Each has its name."""


def origins(
    service: ResolvedService, settings: Settings, text: Callable[[t.TextLike], str]
) -> Iterator[tuple[str, Span]]:
    """The span of each setting that applies; labels and links, which add up, one by one."""
    if service.owned:
        yield "owner", service.owned
    for kind, name in TRACED.items():
        statement = settings.find(kind)
        if statement:
            yield name, statement.span
    for label in settings.labels():
        yield f"labels {t.text_of(label.name)}", label.span
    for link in settings.all(t.Link):
        yield f"link {text(link.title)}", link.span
    for one in settings.all(t.Maintenance):
        yield f"maintenance {text(one.text)}", one.span
    for excepted in settings.all(t.Except):
        yield f"except {moments.write(excepted.begin.seconds)}", excepted.span
