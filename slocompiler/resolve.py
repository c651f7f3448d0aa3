"""Syntax trees to resolved trees: names mean something, settings are inherited, strings are final.

Precedence of settings: the SLO's own, then its service's. Links and labels add up; of the rest the nearer wins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.ir import Filter, Matcher
from slocompiler.record import record
from slocompiler.source import Source, Span
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

_HOLE = re.compile(r"\$\$\{|\$\{([^}\"]*)\}?")
_UNREAD = re.compile(r"[ \t]*[{(\[=!<>~]")
"""Behind a bare name: what belonged to it was lost in a syntax error, which is told already."""
_NOTHING = re.compile(r"(?:\s|#[^\n]*\n)*")
S = TypeVar("S", bound=t.Statement)


@record
class Choice:
    """One filter: its matchers and its place."""

    span: Span
    matchers: Filter


@record
class Term:
    """One counter or histogram: a metric's series that match, without those that are excluded."""

    span: Span
    metric: str
    matchers: Filter
    exclude: tuple[Choice, ...]
    unit: t.Name | None


@record
class Part:
    """`good …` or `bad …`: filters on the events, or counters of their own."""

    tree: t.Measure
    filters: tuple[Choice, ...]
    terms: tuple[Term, ...]


@record
class ResolvedSlo:
    """An SLO with everything in reach gathered; None where nothing was said."""

    tree: t.Slo
    service: ResolvedService
    whole: bool
    """Whether it was read without syntax errors, and nothing in it is unknown: else nothing is called missing."""
    title: str
    events: t.Events | None
    total: tuple[Term, ...]
    exclude: tuple[Choice, ...]
    good: Part | None
    bad: Part | None
    per: t.Per | None
    targets: tuple[tuple[t.TargetFor, Choice], ...]
    stakeholders: tuple[str, ...]
    runbook: str
    links: tuple[tuple[str, str], ...]
    labels: tuple[tuple[t.Label, str], ...]
    alerts: t.Alerts | None
    policy: t.Policy | None
    actions: tuple[str, ...]
    """The texts of the policy's steps, in their order."""
    because: str
    review: t.Review | None

    @property
    def id(self) -> str:
        """`service/slo`."""
        return f"{self.service.tree.name.text}/{self.tree.name.text}"


@record
class ResolvedService:
    """A service with its resolved SLOs."""

    tree: t.Service
    whole: bool
    title: str
    owner: str
    streams: tuple[tuple[Term, ...], ...]
    slos: list[ResolvedSlo]


@record
class Resolved:
    """A run: its files and the services they declare."""

    files: tuple[t.File, ...]
    services: tuple[ResolvedService, ...]
    broken: dict[Source, t.File]
    """The files that have syntax errors."""

    def is_whole(self, node: t.Node) -> bool:
        """Whether `node` was read without a syntax error: only then may it be judged."""
        file = self.broken.get(node.span.source)
        return file is None or file.is_whole(node)


def resolve(files: Iterable[t.File]) -> tuple[Resolved, list[Diagnostic]]:
    """Resolve all files of a run together: a service is declared once in it."""
    files = tuple(files)
    problems: list[Diagnostic] = []
    services: dict[str, t.Service] = {}
    resolved = []
    for file in files:
        for declaration in file.declarations:
            if isinstance(declaration, t.Service):
                name = declaration.name
                if file.is_whole(name):
                    _declare(services, name, declaration, "service", problems)
                resolved.append(_Service(file, declaration, problems).resolve())
    broken = {file.source: file for file in files if file.broken}
    return Resolved(files, tuple(resolved), broken), problems


def _declare(known: dict[str, S], name: t.Name, node: S, what: str, problems: list[Diagnostic]) -> None:
    """Enter `name`, once."""
    if _stands_in(name):
        return
    first = known.setdefault(name.text, node)
    if first is not node:
        first_name = cast(t.Name, first.name)  # type: ignore[attr-defined]  # every declaration has one
        problems.append(
            Diagnostic(
                "E201",
                f"a second {what} `{name.text}`",
                name.span,
                (Label(first_name.span, "the first is here"),),
                "give one of them another name",
            )
        )


class _Service:
    """Resolves one service: its streams once, then its SLOs."""

    def __init__(self, file: t.File, tree: t.Service, problems: list[Diagnostic]) -> None:
        self.file, self.tree, self.problems = file, tree, problems
        self.names = {"service": tree.name.text}
        self.streams: dict[str, t.StreamDef] = {}
        self.resolved_streams: dict[str, tuple[Term, ...] | None] = {}
        self.unknown = False

    def resolve(self) -> ResolvedService:
        """The service; its problems go to the list given."""
        items = self.tree.items
        for item in items:
            if isinstance(item, t.StreamDef):
                _declare(self.streams, item.name, item, "stream", self.problems)
        streams = tuple(self._stream(name) or () for name in self.streams)
        owner = self._one(items, t.Owner)
        title = self._text(self.tree.title) if self.tree.title else ""
        in_slos = sum(self.file.errors_in(item) for item in items if isinstance(item, t.Slo))
        whole = self.file.errors_in(self.tree) == in_slos  # an error in an SLO hides nothing of its service
        service = ResolvedService(self.tree, whole, title, self._text(owner.text) if owner else "", streams, [])
        outer = {
            kind: self._one(items, kind) for kind in (t.Stakeholders, t.Runbook, t.Labels, t.Alerts, t.Policy, t.Review)
        }
        names: dict[str, t.Slo] = {}
        for item in items:
            if isinstance(item, t.Slo):
                _declare(names, item.name, item, "SLO", self.problems)
                service.slos.append(self._slo(service, item, outer))
        return service

    def _slo(self, service: ResolvedService, slo: t.Slo, outer: Mapping[Any, t.Statement | None]) -> ResolvedSlo:
        self.names["slo"] = slo.name.text
        self.unknown = False
        own = {kind: self._one(slo.items, kind) or found for kind, found in outer.items()}
        events = self._one(slo.items, t.Events)
        total = self._sum(events.of, ()) if events and isinstance(events.of, t.Sum) else ()
        exclude = tuple(
            choice
            for item in slo.items
            if isinstance(item, t.Exclude) and isinstance(item.what, t.Filters)
            for choice in self._choices(item.what)
        )
        good, bad = (self._part(slo, side) for side in ("good", "bad"))
        links = tuple(
            (self._text(item.title), self._text(item.url))
            for item in (*self.tree.items, *slo.items)
            if isinstance(item, t.Link)
        )
        stakeholders, runbook = cast(t.Stakeholders | None, own[t.Stakeholders]), cast(t.Runbook | None, own[t.Runbook])
        because = self._one(slo.items, t.Because)
        policy = cast(t.Policy | None, own[t.Policy])
        resolved = ResolvedSlo(
            tree=slo,
            service=service,
            whole=self.file.is_whole(slo) and not self.unknown,
            title=self._text(slo.title) if slo.title else "",
            events=events,
            total=total,
            exclude=exclude,
            good=good,
            bad=bad,
            per=self._one(slo.items, t.Per),
            targets=tuple((item, self._choice(item.filter)) for item in slo.items if isinstance(item, t.TargetFor)),
            stakeholders=tuple(map(self._text, stakeholders.texts)) if stakeholders else (),
            runbook=self._text(runbook.url) if runbook else "",
            links=links,
            labels=self._labels(slo, cast(t.Labels | None, outer[t.Labels])),
            alerts=cast(t.Alerts | None, own[t.Alerts]),
            policy=policy,
            actions=tuple(self._text(step.action) for step in policy.steps) if policy else (),
            because=self._text(because.text) if because else "",
            review=cast(t.Review | None, own[t.Review]),
        )
        del self.names["slo"]
        return resolved

    # Settings

    def _one(self, items: Iterable[t.Statement], kind: type[S]) -> S | None:
        """The statement of this kind, which stands at most once in a block."""
        found = [item for item in items if type(item) is kind]
        for again in found[1:]:
            word = again.span.word
            self.problems.append(
                Diagnostic(
                    "E202",
                    f"`{word.text}` is said twice",
                    word,
                    (Label(found[0].span.word, "the first is here"),),
                    "keep one of them",
                )
            )
        return found[0] if found else None

    def _labels(self, slo: t.Slo, outer: t.Labels | None) -> tuple[tuple[t.Label, str], ...]:
        """Labels add up; the nearer value of one name wins; in the order of their names."""
        merged: dict[str, tuple[t.Label, str]] = {}
        for labels in (outer, next((item for item in slo.items if isinstance(item, t.Labels)), None)):
            seen: dict[str, t.Label] = {}
            for entry in labels.entries if labels else ():
                name = text_of(entry.name)
                first = seen.setdefault(name, entry)
                if first is not entry:
                    self.problems.append(
                        Diagnostic(
                            "E201",
                            f"a second label `{name}`",
                            entry.name.span,
                            (Label(first.name.span, "the first is here"),),
                        )
                    )
                merged[name] = (entry, self._text(entry.value))
        return tuple(merged[name] for name in sorted(merged))

    def _text(self, node: t.TextLike) -> str:
        """The final text: `${service}` and `${slo}` filled in, `$${` as `${`."""
        if isinstance(node, t.Param):
            self.unknown = True
            return ""
        if "${" not in node.value:
            return node.value

        def fill(match: re.Match[str]) -> str:
            if match[1] is None:
                return "${"
            if not match[0].endswith("}"):
                help = f"close it: `{match[0]}}}`; a literal `${{` is written `$${{`"
                self.problems.append(Diagnostic("E105", f"`{match[0]}` is not closed", node.span, help=help))
                return ""
            if match[1] not in self.names:
                known = [f"`${{{name}}}`" for name in self.names]
                self.problems.append(
                    Diagnostic(
                        "E105",
                        f"`{match[0]}` means nothing here",
                        node.span,
                        help=f"there is {' and '.join(known)}; a literal `${{` is written `$${{`",
                    )
                )
                return ""
            return self.names[match[1]]

        return _HOLE.sub(fill, node.value)

    # Events

    def _part(self, slo: t.Slo, side: str) -> Part | None:
        found = [item for item in slo.items if isinstance(item, t.Measure) and item.side == side]
        for again in found[1:]:
            self.problems.append(
                Diagnostic(
                    "E202",
                    f"`{side}` is said twice",
                    again.span.word,
                    (Label(found[0].span.word, "the first is here"),),
                    f"several filters join with `or`: `{side} {{…}} or {{…}}`",
                )
            )
        if not found:
            return None
        measure = found[0]
        filters = tuple(self._choice(item) for item in measure.sets if isinstance(item, t.Filter))
        terms = tuple(term for item in measure.sets if isinstance(item, t.Selector) for term in self._term(item, ()))
        return Part(measure, filters, terms)

    def _sum(self, node: t.Sum, path: tuple[str, ...]) -> tuple[Term, ...]:
        terms: list[Term] = []
        for item in node.terms:
            if isinstance(item, t.Filter):
                self.unknown = True
                self.problems.append(
                    Diagnostic(
                        "E106",
                        "these braces name no metric",
                        item.span,
                        help='a metric stands before its braces, or first in them as a string: `{"a.metric"}`',
                    )
                )
            else:
                terms += self._term(item, path)
        if node.unit:
            return tuple(Term(x.span, x.metric, x.matchers, x.exclude, node.unit) for x in terms)
        return tuple(terms)

    def _term(self, node: t.Selector, path: tuple[str, ...]) -> tuple[Term, ...]:
        """The counters of a stream or a metric; `path` holds the streams whose definition this is part of."""
        if isinstance(node.name, t.Param):
            self.unknown = True
            return ()
        matchers = self._matchers(node.filter) if node.filter else ()
        name = text_of(node.name)
        if isinstance(node.name, t.Name) and name in self.streams:
            return tuple(
                Term(node.span, term.metric, _united(term.matchers, matchers), term.exclude, term.unit)
                for term in self._stream(name, path, node) or ()
            )
        if node.filter is None:
            self.unknown = True
            if _stands_in(node.name) or self._was_torn(node):
                return ()
            help = (
                did_you_mean(name, self.streams)
                or f"a metric has braces: `{name}{{}}`; a stream is declared in the service: `events {name} = …`"
            )
            self.problems.append(Diagnostic("E205", f"there is no stream `{name}`", node.span, help=help))
            return ()
        return (Term(node.span, name, matchers, (), None),)

    def _was_torn(self, node: t.Selector) -> bool:
        """Whether a syntax error parted it from what stands around it: then it may be no stream's name at all."""
        text, start = node.span.source.text, node.span.start
        at = bisect_right(self.file.broken, start)
        beside = at and _NOTHING.fullmatch(text, self.file.broken[at - 1], start)
        return bool(beside or _UNREAD.match(text, node.span.end))

    def _stream(self, name: str, path: tuple[str, ...] = (), user: t.Selector | None = None) -> tuple[Term, ...] | None:
        if name in path and user:
            self.unknown = True
            self.problems.append(Diagnostic("E205", f"the stream `{name}` is made of itself", user.span))
            return None
        if name not in self.resolved_streams:
            definition = self.streams[name]
            terms = self._sum(definition.sum, (*path, name))
            exclude = self._choices(definition.exclude) if definition.exclude else ()
            self.resolved_streams[name] = tuple(
                Term(x.span, x.metric, x.matchers, x.exclude + exclude, x.unit) for x in terms
            )
        return self.resolved_streams[name]

    def _choices(self, node: t.Filters) -> tuple[Choice, ...]:
        self.unknown |= any(isinstance(choice, t.Param) for choice in node.choices)
        return tuple(self._choice(choice) for choice in node.choices if isinstance(choice, t.Filter))

    def _choice(self, node: t.Filter) -> Choice:
        return Choice(node.span, self._matchers(node))

    def _matchers(self, node: t.Filter) -> Filter:
        return _united(
            (),
            tuple(Matcher(text_of(m.label), m.op, self._text(m.value)) for m in node.matchers),
        )


def _stands_in(node: t.Node) -> bool:
    """Whether recovery put it where something was missing, which is told already."""
    return node.span.start == node.span.end


def text_of(name: t.Name | t.Text) -> str:
    """A name, however it is written."""
    return name.text if isinstance(name, t.Name) else name.value


def _united(first: Filter, second: Filter) -> Filter:
    """All matchers of both, each once."""
    return tuple(dict.fromkeys((*first, *second)))
