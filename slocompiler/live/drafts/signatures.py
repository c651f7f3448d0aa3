"""What the templates of the library need of a server: made from its files, so that no second table exists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from slocompiler.compiler import analyse
from slocompiler.ir import Filter, Indicator, Matcher, Ratio, RatioSlices, Slices, Slo, Stream, Threshold
from slocompiler.jobs import streams
from slocompiler.library import Entry
from slocompiler.project import Project
from slocompiler.record import record
from slocompiler.source import Source

_USE = re.compile(r"use ([\w-]+)\((.*)\)$")
_ARGUMENT = re.compile(r'(\w+) = ("[^"]*"|[\w.]+%?)')
_SLO = re.compile(r'^  slo ([\w-]+) "[^"]*" \$(\w+) over', re.MULTILINE)
_BOUND = re.compile(r"^    good .*\bbelow \$(\w+)", re.MULTILINE)
REASON = "because"


@record
class Need:
    """An SLO of a template."""

    name: str
    target: str
    """The parameter for its target."""
    bound: str
    """The parameter for its bound in a histogram; empty if it has none."""
    stream: Stream
    """Its events, or what its condition reads. Values of labels that are parameters are written `<name>`."""
    metrics: tuple[str, ...]
    """What a server has if the SLO can be measured."""
    bad: tuple[Filter, ...]
    """The filters of its bad or good events; each may be enough to tell them."""
    counted: str
    """The counter of its events, or one of them; empty if it judges a gauge."""
    limit: Decimal | None
    """Its bound as the template has it, in the unit of the metric."""
    unit: str

    @property
    def keys(self) -> dict[str, str]:
        """The label of each parameter that stands for a value."""
        return {one.value[1:-1]: one.label for one in self.stream.all if _is_key(one)}

    @property
    def fixed(self) -> Filter:
        """The matchers that are no parameters."""
        return tuple(one for one in self.stream.all if not _is_key(one))


@record
class Signature:
    """A template: its name, and the values that the example of its file gives to parameters that are no labels."""

    entry: str
    template: str
    keys: tuple[str, ...]
    values: Mapping[str, str]
    needs: tuple[Need, ...]


def signatures(entries: list[Entry], read: Callable[[str], Source | str]) -> list[Signature]:
    """The signatures of all templates that know their metrics; `read` reads the library."""
    uses = [(entry, *found) for entry in entries for found in _uses(entry)]
    imports = "".join(f'import "std/{name}.slo"\n' for name in dict.fromkeys(entry.name for entry, *_ in uses))
    services = "".join(_service(number, template, given) for number, (_, template, given) in enumerate(uses))
    program, problems = analyse([Source("library.slo", f"{imports}\n{services}")], Project(), read)
    assert program is not None, [problem.message for problem in problems]
    return [
        _signature(entry, template, given, service.slos)
        for (entry, template, given), service in zip(uses, program.services, strict=True)
    ]


def _uses(entry: Entry) -> Iterator[tuple[str, dict[str, str]]]:
    """The templates of a file with the arguments of its examples; none whose arguments are streams."""
    for use in entry.uses:
        if (found := _USE.match(use)) and "{" not in found[2]:
            given = dict(_ARGUMENT.findall(found[2]))
            if all(value[0] == '"' or value[0].isdigit() for value in given.values()):
                yield found[1], given


def _service(number: int, template: str, given: Mapping[str, str]) -> str:
    values = {name: f'"<{name}>"' if value[0] == '"' else value for name, value in given.items()}
    arguments = ", ".join(f"{name} = {value}" for name, value in values.items())
    return f'service s{number:03} {{\n  owner "a"\n  draft use {template}({arguments})\n}}\n'


def _signature(entry: Entry, template: str, given: Mapping[str, str], slos: tuple[Slo, ...]) -> Signature:
    begin = entry.templates.index(f"template {template}(")
    heads = list(_SLO.finditer(entry.templates, begin))[: len(slos)]
    needs = []
    for head, slo in zip(heads, slos, strict=True):
        end = entry.templates.index("\n  }\n", head.start())
        bound = _BOUND.search(entry.templates, head.start(), end)
        needs.append(_need(slo, head[2], bound[1] if bound else ""))
    keys = tuple(name for name, value in given.items() if value[0] == '"' and name != REASON)
    others = {name: value for name, value in given.items() if value[0] != '"'}
    return Signature(entry=entry.name, template=template, keys=keys, values=others, needs=tuple(needs))


def _need(slo: Slo, target: str, bound: str) -> Need:
    indicator = slo.indicator
    read = streams(indicator)
    is_bound = isinstance(indicator, Threshold)
    return Need(
        name=slo.name,
        target=target,
        bound=bound,
        stream=read[0],
        metrics=tuple(f"{one.metric}_bucket" if is_bound else one.metric for one in read),
        bad=_bad(indicator),
        counted=counter(indicator, read[0]),
        limit=indicator.bound if isinstance(indicator, Threshold) else None,
        unit=indicator.unit if isinstance(indicator, Threshold) else "",
    )


def counter(indicator: Indicator, stream: Stream) -> str:
    """The metric that counts the events of one of the streams of an indicator; empty if it judges a gauge."""
    if isinstance(indicator, RatioSlices):
        return counter(indicator.of, stream)
    if isinstance(indicator, Slices):
        return ""
    return f"{stream.metric}_count" if isinstance(indicator, Threshold) and not indicator.native else stream.metric


def _bad(indicator: Indicator) -> tuple[Filter, ...]:
    if isinstance(indicator, Threshold):
        return indicator.only
    if isinstance(indicator, Ratio):
        same = [one for one in indicator.part if one.metric == indicator.total[0].metric]
        own = set(indicator.total[0].all)
        return tuple(one for part in same for one in (part.any or (tuple(m for m in part.all if m not in own),)) if one)
    assert isinstance(indicator, Slices | RatioSlices)
    return ()


def _is_key(one: Matcher) -> bool:
    return one.op == "=" and one.value.startswith("<") and one.value.endswith(">")
