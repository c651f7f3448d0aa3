"""Templates as they are declared: what is wrong with one whoever uses it, and how much it makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct
from slocompiler.record import record
from slocompiler.resolve.interpolate import BUILT_IN, bare, holes, within
from slocompiler.resolve.limits import LEAST, LETTERS, Room, TooMuch
from slocompiler.resolve.scope import Scope
from slocompiler.resolve.settings import second
from slocompiler.source import Source, Span
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

MOST = 100_000
"""SLOs of a run, and uses of templates in it."""
MANY, MULTIPLIED = 2_000, 10
"""More SLOs than this, and so many for each statement that makes them, are not made where another mistake is mended first."""
DEEPEST = 64
"""Templates within templates."""
ELSEWHERE = {t.Owner: "a service", t.Risk: "a service", t.Allow: "a service or an SLO"}


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
    """What stands before its statements."""
    span = template.span
    end = template.items[0].span.start if template.items else span.end
    return t.Node(Span(span.source, span.start, end))


@record
class Size:
    """What statements make: SLOs, uses of templates, and how many templates are within one another at most."""

    slos: int
    uses: int
    depth: int
    room: int
    """What all that is made needs of the room of a file."""


class Templates:
    """All templates of a run: which use themselves, and how much each makes, known before any is used.

    Some would fill the memory, or never end.
    """

    def __init__(self, scopes: Mapping[Source, Scope]) -> None:
        self.scopes = scopes
        self.problems: list[Diagnostic] = []
        self.refused: set[t.Template] = set()
        """Without these no template uses itself, and none makes too deep a pile."""
        self._sizes: dict[t.Template, Size] = {}
        for source in sorted(scopes, key=lambda source: source.path):  # where a circle begins must not depend on order
            for item in scopes[source].own.values():
                if isinstance(item, t.Template):
                    self.problems += declared(item)
                    self._measure(item)

    def count(self, statements: Iterable[t.Statement], room: Room) -> None:
        """What the `statements` of a run's services make; raises TooMuch at the one that goes too far."""
        slos = uses = 0
        for item in statements:
            if self._used(item) in self.refused:
                continue
            size = self._size([item])
            slos, uses = slos + size.slos, uses + size.uses
            place = item.template if isinstance(item, t.Use) else item.name if isinstance(item, t.Slo) else item
            if max(slos, uses) > MOST:
                what = "SLOs" if slos > MOST else "uses of templates"
                raise TooMuch(Diagnostic("E307", f"this run has more than {MOST:,} {what}", place.span))
            # the text of the service itself has bounds
            room.take(place, size.room if isinstance(item, t.Use) else LEAST * isinstance(item, t.Slo))

    def multiply(self, statements: Iterable[t.Statement]) -> bool:
        """Whether the `statements` of a run's services make far more than is written."""
        items = list(statements)
        written = len(items) + sum(len(template.items) for template in self._sizes)
        size = self._size(item for item in items if self._used(item) not in self.refused)
        return size.slos + size.uses > max(MANY, MULTIPLIED * written)

    def _size(self, items: Iterable[t.Statement]) -> Size:
        """Of what is measured already: a template that uses itself is not expanded."""
        slos = uses = depth = room = 0
        for item in items:
            slos += isinstance(item, t.Slo)
            room += LEAST * isinstance(item, t.Slo) + (item.span.end - item.span.start) // LETTERS
            used = self._used(item)
            if used:
                size = self._sizes.get(used, Size(0, 0, 0, 0))
                slos, uses, depth = slos + size.slos, uses + 1 + size.uses, max(depth, 1 + size.depth)
                room += size.room
        return Size(slos, uses, depth, room)

    def _used(self, item: t.Statement) -> t.Template | None:
        return self.scopes[item.span.source].find(t.Template, item.template) if isinstance(item, t.Use) else None

    def _measure(self, start: t.Template) -> None:
        """Depth first, without recursion: a chain may be long."""
        above = {} if start in self._sizes else {start: list(reversed(start.items))}
        while above:
            template, ahead = next(reversed(above.items()))
            if not ahead:
                del above[template]
                self._sizes[template] = self._size(template.items)
                self._pile(template)
                continue
            item = ahead.pop()
            used = self._used(item)
            if used in above:
                path = list(above)
                self._circle([*path[path.index(used) :], used], item)
            elif used and used not in self._sizes:
                above[used] = list(reversed(used.items))

    def _circle(self, path: list[t.Template], use: t.Statement) -> None:
        assert isinstance(use, t.Use)
        self.refused.update(path)
        names = " → ".join(one.name.text for one in path)
        self.problems.append(Diagnostic("E306", f"a template uses itself: {names}", use.template.span))

    def _pile(self, template: t.Template) -> None:
        """Told of the first that is too deep; those that use it are, too."""
        depth = self._sizes[template].depth
        if depth >= DEEPEST:
            self.refused.add(template)
        if depth == DEEPEST:
            message = f"templates are nested more than {DEEPEST} deep"
            self.problems.append(Diagnostic("E306", message, template.name.span))
