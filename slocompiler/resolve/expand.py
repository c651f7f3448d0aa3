"""`use`: the SLOs that a template makes of its arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, cast

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.record import changed, record
from slocompiler.resolve.context import Reading
from slocompiler.resolve.interpolate import Filled
from slocompiler.resolve.resolved import stands_in
from slocompiler.resolve.settings import Settings
from slocompiler.resolve.streams import Streams
from slocompiler.resolve.substitute import Substitution, Value
from slocompiler.resolve.templates import Templates
from slocompiler.source import Reached
from slocompiler.suggest import closest, one_of
from slocompiler.syntax import tree as t

V = TypeVar("V", bound=t.Node)
LONGEST_NAME = 63


@record
class Made:
    """An SLO and what is in its reach."""

    tree: t.Slo
    settings: Settings
    """Those of the blocks around it."""
    streams: Streams
    used: t.Use | None
    whole: bool
    """Whether all that made it was read without a mistake."""


class Expander:
    """Expands the templates of one service."""

    def __init__(self, reading: Reading, templates: Templates) -> None:
        self.reading, self.templates = reading, templates
        self.streams: list[Streams] = []
        """Those of every template used."""
        self.torn: set[t.Statement] = set()
        """What templates made with a parameter left in it."""
        self.complete = True
        """Whether all that the service uses is known."""

    def slos(
        self, items: tuple[t.Statement, ...], settings: Settings, streams: Streams, whole: bool = True
    ) -> Iterator[Made]:
        """The SLOs of a service's or a template's statements."""
        for item in items:
            if isinstance(item, t.Slo):
                yield Made(item, settings, streams, None, whole and item not in self.torn)
            elif isinstance(item, t.Use):
                yield from self._use(item, settings, streams, whole)

    def _use(self, use: t.Use, settings: Settings, streams: Streams, whole: bool) -> Iterator[Made]:
        reading = self.reading
        template = reading.scopes[use.span.source].find(t.Template, use.template)
        if template is None or template in self.templates.refused:  # told where it stands
            self.complete = False
            return
        readable = reading.is_whole(use) and reading.is_whole(template)
        before, self.complete = self.complete, readable
        values = self._values(use, template, streams) if reading.is_whole(use) else {}
        body = Substitution(template, use.template.span, values, reading.problems)
        items = tuple(self._copied(body, item) for item in template.items)
        own = Streams(items, reading, values)
        self.streams.append(own)
        inner = Settings(items, settings, reading.problems)
        names, left_out = [], {name.text for name in use.without}
        for made in self.slos(items, inner, own, whole and readable and len(values) == len(template.parameters)):
            names.append(made.tree.name.text)
            if names[-1] not in left_out:
                yield self._named(use, made)
        for name in use.without if self.complete else ():
            if name.text not in names and not stands_in(name):
                here = (Label(template.name.span, "declared here"),)
                message = f"the template `{template.name.text}` makes no SLO `{name.text}`"
                reading.problems.append(Diagnostic("E205", message, name.span, here, one_of(name.text, names)))
        self.complete &= before

    def _copied(self, body: Substitution, item: t.Statement) -> t.Statement:
        before = body.left
        copy = body.copy(item)
        if body.left > before:
            self.torn.add(copy)
        return copy

    def _named(self, use: t.Use, made: Made) -> Made:
        """Under its final name, and a draft if the `use` is one."""
        slo, name = made.tree, made.tree.name
        if use.prefix:
            place = use.prefix.span
            span = Reached(place.source, place.start, place.end, name.span, "together with this name")
            name = t.Name(span, f"{use.prefix.text}-{name.text}")
            if len(name.text) > LONGEST_NAME:
                message = f"`{name.text}` is longer than {LONGEST_NAME} characters"
                self.reading.problems.append(Diagnostic("E106", message, name.span))
        return changed(made, tree=changed(slo, draft=slo.draft or use.draft, name=name), used=use)

    # Arguments

    def _values(self, use: t.Use, template: t.Template, streams: Streams) -> dict[str, tuple[Value, Streams]]:
        """What stands for the parameters, with the streams that their names mean; E304 where it is not known."""
        readable = self.reading.is_whole(template)
        given = self._given(use, template) if readable else {arg.name.text: arg.value for arg in use.args}
        known = [parameter.name.text for parameter in template.parameters]
        meant = {closest(name, known) for name in given if name not in known}  # told, with the name that was meant
        values: dict[str, tuple[Value, Streams]] = {}
        for parameter in template.parameters:
            name, default = parameter.name.text, parameter.default
            value = given.get(name)
            if name not in given and default:
                place, because = default.span, f"the template `{template.name.text}` is used here"
                value = changed(default, span=Reached(place.source, place.start, place.end, use.template.span, because))
            if value and not (isinstance(value, t.Selector) and isinstance(value.name, t.Param)):  # told: means nothing
                self.reading.unknown = False
                final = self._final(value)
                if not self.reading.unknown:  # else what is wrong with it is told
                    values[name] = final, streams
            elif value is None and readable and name not in meant:
                label = (Label(parameter.span, "it has no default"),)
                message = f"`{template.name.text}` needs the argument `{name}`"
                problem = Diagnostic("E304", message, use.template.span, label, f"give it: `{name} = …`")
                self.reading.problems.append(problem)
        return values

    def _given(self, use: t.Use, template: t.Template) -> dict[str, Value]:
        """The arguments by name, the first of each; E304 for all others."""
        known, problems = [parameter.name.text for parameter in template.parameters], self.reading.problems
        given: dict[str, t.Arg] = {}
        for arg in use.args:
            name = arg.name.text
            first = given.setdefault(name, arg)
            if name not in known:
                here = (Label(template.name.span, "declared here"),)
                message = f"the template `{template.name.text}` has no parameter `{name}`"
                help = one_of(name, known, "it has none")
                problems.append(Diagnostic("E304", message, arg.name.span, here, help))
            elif first is not arg:
                here = (Label(first.span, "the first is here"),)
                problems.append(Diagnostic("E304", f"`{name}` is given twice", arg.name.span, here, "keep one of them"))
        return {name: arg.value for name, arg in given.items()}

    def _final(self, value: V) -> V:
        """The strings of an argument mean the same wherever it lands."""
        if isinstance(value, t.Text):
            return cast(V, Filled(value.span, self.reading.text(value), None))
        if isinstance(value, t.Filter):
            return changed(value, matchers=tuple(changed(m, value=self._final(m.value)) for m in value.matchers))
        if isinstance(value, t.Selector) and value.filter:
            return changed(value, filter=self._final(value.filter))
        return value
