"""Templates as declared: their own mistakes, and how many SLOs each of them expands to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct
from slocompiler.record import record
from slocompiler.resolve.interpolate import BUILT_IN, bare, holes, within
from slocompiler.resolve.limits import LEAST, LETTERS, Quota, QuotaExceeded
from slocompiler.resolve.scope import Scope
from slocompiler.resolve.settings import second
from slocompiler.source import Source, Span
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

MOST = 100_000
"""The most SLOs of a run, and the most uses of templates."""
MANY, MULTIPLIED = 2_000, 10
"""A run with errors is not expanded if it has more than MANY SLOs, and MULTIPLIED times as many as statements."""
DEEPEST = 64
"""The deepest nesting of templates."""
ELSEWHERE = {
    t.Owner: "a service",
    t.Risk: "a service",
    t.Feedback: "a service",
    t.Allow: "a service or an SLO",
    t.Formerly: "a service or an SLO",
}


def declared(template: t.Template) -> Iterator[Diagnostic]:
    """E103, E105, E201 and E205 of a declaration."""
    parameters_known = _head(template).intact
    known: dict[str, t.Parameter] = {}
    for parameter in template.parameters:
        name = parameter.name.text
        if name in BUILT_IN:
            message = f"a parameter cannot be named `{name}`: `${{{name}}}` is built in"
            yield Diagnostic("E201", message, parameter.name.span, help="choose another name")
        elif known.setdefault(name, parameter) is not parameter:
            yield second(f"a second parameter `{name}`", parameter.name, known[name].name)
        if isinstance(parameter.default, t.Text):
            yield from holes(parameter.default, {})
    for item in template.items:
        if type(item) in ELSEWHERE:
            word, here = item.span.word, (Label(template.name.span, "in this template"),)
            message = f"`{word.text}` is not allowed in a template"
            yield Diagnostic("E103", message, word, here, f"it belongs in {ELSEWHERE[type(item)]}")
        for node in within(item) if parameters_known else ():
            if isinstance(node, t.Param) and node.name not in known:
                help = one_of(f"${node.name}", (f"${name}" for name in known), "the template has no parameters")
                fixes = correct(node.span, f"${node.name}", (f"${name}" for name in known))
                message = f"the template has no parameter `{node.name}`"
                yield Diagnostic("E205", message, node.span, help=help, fixes=fixes)
            elif isinstance(node, t.Text):
                names = {**known, **dict.fromkeys(BUILT_IN)}
                yield from (*holes(node, names), *bare(node, names))


def _head(template: t.Template) -> t.Node:
    """The head of a template, as a node."""
    span = template.span
    end = template.items[0].span.start if template.items else span.end
    return t.Node(Span(span.source, span.start, end))


@record
class Size:
    """The expansion of statements: numbers of SLOs and of uses, and the depth of templates."""

    slos: int
    uses: int
    depth: int
    cost: int
    """What they cost of the quota of a file."""


class Templates:
    """All templates of a run: which of them use themselves, and what each expands to, before any is expanded.

    Expanding some would fill the memory, or never end.
    """

    def __init__(self, scopes: Mapping[Source, Scope]) -> None:
        self.scopes = scopes
        self.problems: list[Diagnostic] = []
        self.refused: set[t.Template] = set()
        """Templates that use themselves or are nested too deep; without them, all others can be expanded."""
        self._sizes: dict[t.Template, Size] = {}
        for source in sorted(
            scopes, key=lambda source: source.path
        ):  # where a cycle begins must not depend on the order
            for item in scopes[source].own.values():
                if isinstance(item, t.Template):
                    self.problems += declared(item)
                    self._measure(item)

    def count(self, statements: Iterable[t.Statement], quota: Quota) -> None:
        """Charge the `statements` of the services of a run; raises QuotaExceeded at the one that exceeds the quota."""
        slos = uses = 0
        for item in statements:
            if isinstance(item, t.Slo):
                node, slos, cost = item.name, slos + 1, LEAST  # its text is limited already
            elif isinstance(item, t.Use) and self._used(item) not in self.refused:
                size = self._size([item])
                node, slos, uses, cost = item.template, slos + size.slos, uses + size.uses, size.cost
            else:
                continue
            if max(slos, uses) > MOST:
                what = "SLOs" if slos > MOST else "uses of templates"
                raise QuotaExceeded(Diagnostic("E307", f"this run has more than {MOST:,} {what}", node.span))
            quota.charge(node, cost)

    def multiply(self, statements: Iterable[t.Statement]) -> bool:
        """Whether the `statements` of the services of a run expand to many times their number."""
        items = list(statements)
        written = len(items) + sum(len(template.items) for template in self._sizes)
        size = self._size(item for item in items if self._used(item) not in self.refused)
        return size.slos + size.uses > max(MANY, MULTIPLIED * written)

    def _size(self, items: Iterable[t.Statement]) -> Size:
        """The size of statements whose templates are measured already; one that uses itself counts nothing."""
        slos = uses = depth = cost = 0
        for item in items:
            slos += isinstance(item, t.Slo)
            cost += LEAST * isinstance(item, t.Slo) + (item.span.end - item.span.start) // LETTERS
            used = self._used(item)
            if used:
                size = self._sizes.get(used, Size(0, 0, 0, 0))
                slos, uses, depth = slos + size.slos, uses + 1 + size.uses, max(depth, 1 + size.depth)
                cost += size.cost
        return Size(slos, uses, depth, cost)

    def _used(self, item: t.Statement) -> t.Template | None:
        return self.scopes[item.span.source].find(t.Template, item.template) if isinstance(item, t.Use) else None

    def _measure(self, start: t.Template) -> None:
        """Measure a template after those that it uses, without recursion: a chain may be long."""
        above = {} if start in self._sizes else {start: list(reversed(start.items))}
        while above:
            template, ahead = next(reversed(above.items()))
            if not ahead:
                del above[template]
                self._sizes[template] = self._size(template.items)
                self._report_depth(template)
                continue
            item = ahead.pop()
            used = self._used(item)
            if used in above:
                path = list(above)
                self._report_cycle([*path[path.index(used) :], used], item)
            elif used and used not in self._sizes:
                above[used] = list(reversed(used.items))

    def _report_cycle(self, path: list[t.Template], use: t.Statement) -> None:
        assert isinstance(use, t.Use)
        self.refused.update(path)
        names = " → ".join(one.name.text for one in path)
        self.problems.append(Diagnostic("E306", f"a template uses itself: {names}", use.template.span))

    def _report_depth(self, template: t.Template) -> None:
        """E306 for a template that is nested too deep; only the innermost one is reported."""
        depth = self._sizes[template].depth
        if depth >= DEEPEST:
            self.refused.add(template)
        if depth == DEEPEST:
            message = f"templates are nested more than {DEEPEST} deep"
            self.problems.append(Diagnostic("E306", message, template.name.span))
