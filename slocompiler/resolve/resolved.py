"""Resolved trees: names mean something, settings are gathered, strings are final."""

from __future__ import annotations

from slocompiler.ir import Filter
from slocompiler.record import record
from slocompiler.resolve.damage import Damaged
from slocompiler.resolve.imports import Module
from slocompiler.source import Span
from slocompiler.syntax import tree as t


@record
class Choice:
    """One filter: its matchers and its place."""

    span: Span
    matchers: Filter
    nodes: tuple[t.Matcher, ...]
    """The syntax tree of each matcher."""
    reason: str = ""
    """Why it is excluded, if it is."""


@record
class Term:
    """One counter or histogram: a metric's series that match, without those that are excluded."""

    span: Span
    metric: str
    matchers: Filter
    exclude: tuple[Choice, ...]
    unit: t.Name | None
    native: bool
    """Whether it was said to be a native histogram."""
    nodes: tuple[t.Matcher, ...]
    """The syntax tree of each matcher."""


@record
class Part:
    """`good …` or `bad …`: filters on the events, counters of their own, or what a condition looks at."""

    tree: t.Measure
    filters: tuple[Choice, ...]
    terms: tuple[Term, ...]
    looked_at: tuple[Term, ...]


@record
class ResolvedSlo:
    """An SLO with everything in reach gathered; None where nothing was said."""

    tree: t.Slo
    """As it was written, or as a template made it: without parameters, under its final name."""
    service: ResolvedService
    used: t.Use | None
    """The `use` in its service that made it."""
    intact: bool
    """Whether it was read without syntax errors, and all of it is known: only then may something be called missing."""
    title: str
    events: t.Events | None
    total: tuple[Term, ...]
    exclude: tuple[Choice, ...]
    good: Part | None
    bad: Part | None
    slices: t.Slices | None
    no_data: t.NoDataIs | None
    exclude_when: t.Exclude | None
    exclude_when_reason: str
    per: t.Per | None
    targets: tuple[tuple[t.TargetFor, Choice], ...]
    stakeholders: tuple[str, ...]
    runbook: str
    links: tuple[tuple[str, str], ...]
    labels: tuple[tuple[t.Label, str], ...]
    alerts: t.Alerts | None
    """With its lines, where it names them; None: the standard policy."""
    policy: t.Policy | None
    actions: tuple[str, ...]
    """The texts of the policy's steps, in their order."""
    because: str
    review: t.Review | None
    allowed: tuple[t.Allow, ...]
    """What silences warnings about it, the service's first."""
    origins: tuple[tuple[str, Span], ...]
    """The name of each setting in reach and where it was said."""

    @property
    def id(self) -> str:
        """`service/slo`."""
        return f"{self.service.tree.name.text}/{self.tree.name.text}"


@record
class ResolvedService:
    """A service with its resolved SLOs."""

    tree: t.Service
    intact: bool
    """Whether it was read without syntax errors, but for those in its SLOs."""
    slos_intact: bool
    """Whether all of its SLOs are known."""
    title: str
    owner: str | Damaged
    owned: Span | None
    """Where its owner is named."""
    risks: tuple[tuple[t.Risk, str], ...]
    """With their texts."""
    streams: list[tuple[t.StreamDef, tuple[Term | Damaged, ...]]]
    """Its own, and those of the templates that it uses."""
    slos: list[ResolvedSlo]


@record
class Resolved:
    """A run: its files and the services they declare."""

    files: tuple[t.File, ...]
    services: tuple[ResolvedService, ...]
    modules: tuple[Module, ...]
    """Its files and all that they import."""


def text_of(name: t.Name | t.Text) -> str:
    """A name, however it is written."""
    return name.text if isinstance(name, t.Name) else name.value
