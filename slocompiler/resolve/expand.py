"""Expands `use` into the SLOs of its template."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct, remove_item
from slocompiler.record import record, replace
from slocompiler.resolve.context import Reading
from slocompiler.resolve.damage import DAMAGED, Damaged, damage, known
from slocompiler.resolve.interpolate import Filled
from slocompiler.resolve.settings import Settings
from slocompiler.resolve.streams import Streams
from slocompiler.resolve.templates import Templates
from slocompiler.source import Reached
from slocompiler.suggest import closest, one_of
from slocompiler.syntax import tree as t

if TYPE_CHECKING:
    from slocompiler.resolve.substitute import Value

LONGEST_NAME = 63


@record
class Expanded:
    """An SLO with the settings and streams around it."""

    tree: t.Slo
    settings: Settings
    """Those of the blocks around it."""
    streams: Streams
    used: t.Use | None
    intact: bool
    """Whether it, its template and its arguments are without a mistake."""


class Expander:
    """Expands the templates of one service."""

    def __init__(self, reading: Reading, templates: Templates) -> None:
        self.reading, self.templates = reading, templates
        self.streams: list[Streams] = []
        """Those of every template that is used."""

    def slos(
        self, items: tuple[t.Statement, ...], settings: Settings, streams: Streams, damaged: Container[t.Statement] = ()
    ) -> Iterator[Expanded | Damaged]:
        """The SLOs of the statements of a service or a template; DAMAGED for SLOs that a mistake hides.

        `damaged` are the statements that are only partly known.
        """
        for item in items:
            if isinstance(item, t.Slo):
                yield Expanded(item, settings, streams, None, item not in damaged)
            elif isinstance(item, t.Use):
                yield from self._use(item, settings, streams, item in damaged)

    def _use(self, use: t.Use, settings: Settings, streams: Streams, damaged: bool) -> Iterator[Expanded | Damaged]:
        from slocompiler.resolve.substitute import Substitution

        reading = self.reading
        template = reading.scopes[use.span.source].find(t.Template, use.template)
        if template is None or template in self.templates.refused:  # reported at its name
            yield DAMAGED
            return
        readable = use.intact and template.intact
        values = self._values(use, template, streams) if use.intact else {}
        body = Substitution(template, use.template.span, values, reading.problems)
        items = tuple(map(body.statement, template.items))
        own = Streams(items, reading, values)
        self.streams.append(own)
        inner = Settings(items, settings, reading.problems)
        unknown = damaged or not readable or len(values) < len(template.parameters)
        found = list(self.slos(items, inner, own, set(items) if unknown else body.damaged))
        if not readable:
            found.append(DAMAGED)
        left_out = {name.text for name in use.without}
        yield from (self._named(use, expanded) for expanded in known(found) if expanded.tree.name.text not in left_out)
        yield from damage(found)
        if not damage(found):
            from slocompiler.resolve.override import misnamed  # many files use no template

            self.reading.problems += misnamed(use, template, [expanded.tree.name.text for expanded in known(found)])

    def _named(self, use: t.Use, expanded: Expanded) -> Expanded:
        """The SLO with its overrides and its final name, and a draft if the `use` is one."""
        from slocompiler.resolve.override import overridden

        slo, name = overridden(expanded.tree, use), expanded.tree.name
        items = slo.items
        if use.prefix:
            name = _prefixed(use.prefix, name)
            items = tuple(_formerly(use.prefix, item) if isinstance(item, t.Formerly) else item for item in items)
            if len(name.text) > LONGEST_NAME:
                message = f"the name `{name.text}` is longer than {LONGEST_NAME} characters"
                self.reading.problems.append(Diagnostic("E106", message, name.span))
        return replace(expanded, tree=replace(slo, draft=slo.draft or use.draft, name=name, items=items), used=use)

    # Arguments

    def _values(self, use: t.Use, template: t.Template, streams: Streams) -> dict[str, tuple[Value, Streams]]:
        """The values of the parameters, each with the streams that its names refer to; E304 for missing ones."""
        given = self._given(use, template) if template.intact else {arg.name.text: arg.value for arg in use.args}
        names = [parameter.name.text for parameter in template.parameters]
        meant = {closest(name, names) for name in given if name not in names}  # reported, with this suggestion
        values: dict[str, tuple[Value, Streams]] = {}
        for parameter in template.parameters:
            name, default = parameter.name.text, parameter.default
            value = given.get(name)
            if name not in given and default:
                span, because = default.span, f"the template `{template.name.text}` is used here"
                value = replace(default, span=Reached(span.source, span.start, span.end, use.template.span, because))
            if value and not (isinstance(value, t.Selector) and isinstance(value.name, t.Param)):  # reported elsewhere
                final = self._final(value)
                if not isinstance(final, Damaged):
                    values[name] = final, streams
            elif value is None and template.intact and name not in meant:
                label = (Label(parameter.span, "this parameter has no default"),)
                message = f"`{template.name.text}` needs the argument `{name}`"
                problem = Diagnostic("E304", message, use.template.span, label, f"add `{name} = …`")
                self.reading.problems.append(problem)
        return values

    def _given(self, use: t.Use, template: t.Template) -> dict[str, Value]:
        """The first argument of each name; E304 for unknown and repeated ones."""
        names, problems = [parameter.name.text for parameter in template.parameters], self.reading.problems
        given: dict[str, t.Arg] = {}
        for arg in use.args:
            name = arg.name.text
            first = given.setdefault(name, arg)
            if name not in names:
                here = (Label(template.name.span, "declared here"),)
                message = f"the template `{template.name.text}` has no parameter `{name}`"
                help, fixes = one_of(name, names, "it has no parameters"), correct(arg.name.span, name, names)
                problems.append(Diagnostic("E304", message, arg.name.span, here, help, fixes))
            elif first is not arg:
                here = (Label(first.span, "the first is here"),)
                fixes = remove_item("remove the second", arg.span, safe=arg.span.text == first.span.text)
                message = f"`{name}` is given twice"
                problems.append(Diagnostic("E304", message, arg.name.span, here, "remove one of them", fixes))
        return {name: arg.value for name, arg in given.items()}

    def _final(self, value: Value) -> Value | Damaged:
        """The argument with final strings, which are the same wherever the template uses it."""
        if isinstance(value, t.Text):
            return self._string(value)
        if isinstance(value, t.Filter):
            return self._filter(value)
        if isinstance(value, t.Selector) and value.filter:
            final = self._filter(value.filter)
            return final if isinstance(final, Damaged) else replace(value, filter=final)
        return value

    def _string(self, value: t.Text) -> t.Text | Damaged:
        text = self.reading.text(value)
        return text if isinstance(text, Damaged) else Filled(value.span, text, None)

    def _filter(self, value: t.Filter) -> t.Filter | Damaged:
        texts = [self._string(m.value) if isinstance(m.value, t.Text) else m.value for m in value.matchers]
        if damage(texts):
            return DAMAGED
        return replace(value, matchers=tuple(map(lambda m, text: replace(m, value=text), value.matchers, texts)))


def _prefixed(prefix: t.Name, name: t.Name) -> t.Name:
    """The name of an SLO behind that of its `use … as NAME`."""
    here = prefix.span
    span = Reached(here.source, here.start, here.end, name.span, "together with this name")
    return t.Name(span, f"{prefix.text}-{name.text}")


def _formerly(prefix: t.Name, item: t.Formerly) -> t.Formerly:
    return replace(item, names=tuple(_prefixed(prefix, name) for name in item.names))
