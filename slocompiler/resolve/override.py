"""The names of SLOs in a `use`: those that it excludes, and those whose settings it overrides.

An override stands as if the SLO of the template had it in place of its own. It has no statement that changes what is
measured, so a template means the same wherever it is used.
"""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct, remove
from slocompiler.record import replace
from slocompiler.resolve.settings import REPEATED
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t


def overridden(slo: t.Slo, use: t.Use) -> t.Slo:
    """An SLO of a template with the settings that its `use` overrides: links add up, and so do labels by their names."""
    override = next((one for one in use.overrides if one.name.text == slo.name.text), None)
    if override is None:
        return slo
    own = [item for item in override.items if not isinstance(item, t.Labels)]
    replaced = {type(item) for item in own} - {*REPEATED}
    kept = [item for item in slo.items if type(item) not in replaced and not isinstance(item, t.Labels)]
    return replace(slo, items=(*kept, *_labels(override.items, slo.items), *own))


def _labels(nearer: tuple[t.Statement, ...], inner: tuple[t.Statement, ...]) -> Iterator[t.Labels]:
    """The labels of an override, and those of the SLO with other names."""
    given = [item for item in nearer if isinstance(item, t.Labels)]
    names = {t.text_of(entry.name) for item in given for entry in item.entries}
    for item in inner:
        if isinstance(item, t.Labels) and given:
            others = tuple(entry for entry in item.entries if t.text_of(entry.name) not in names)
            given[0] = replace(given[0], entries=(*given[0].entries, *others))
        elif isinstance(item, t.Labels):
            yield item
    yield from given


def misnamed(use: t.Use, template: t.Template, names: list[str]) -> Iterator[Diagnostic]:
    """E205 for SLOs in a `use` that the template does not have; E232 for overrides without effect.

    `names` are the SLOs of the expanded template.
    """
    for name in (*use.without, *(one.name for one in use.overrides)):
        if name.text not in names and not name.is_stand_in:
            here = (Label(template.name.span, "declared here"),)
            message = f"the template `{template.name.text}` has no SLO `{name.text}`"
            overrides = name not in use.without  # to leave out another SLO changes what is measured
            fixes = correct(name.span, name.text, names) if overrides else ()
            yield Diagnostic("E205", message, name.span, here, one_of(name.text, names), fixes)
    first: dict[str, t.Override] = {}
    excluded = {name.text: name for name in use.without}
    for one in use.overrides:
        name = one.name
        if name.text in excluded:
            here = (Label(excluded[name.text].span, "excluded here"),)
            message, help = f"`{name.text}` is excluded, so nothing can be overridden", "remove one of them"
        elif first.setdefault(name.text, one) is not one:
            here = (Label(first[name.text].name.span, "the first is here"),)
            message, help = f"a second override of `{name.text}`", "put all of its settings into one block"
        else:
            continue
        if not name.is_stand_in:
            yield Diagnostic("E232", message, name.span, here, help, remove("remove this override", one.span))
