"""Writes imported SLOs as the language does, one text for a service, in the layout of `sloc fmt`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from slocompiler.explain.language import judged, limit
from slocompiler.importers.names import recorded
from slocompiler.importers.promise import Indicator, Promise
from slocompiler.importers.recognise import Filters
from slocompiler.ir import Filter, Ratio, Raw, Slices, Stream, Threshold
from slocompiler.promql import METRIC, duration, percent
from slocompiler.quoting import label, text
from slocompiler.record import record
from slocompiler.source import Source
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse
from slocompiler.visible import shown

UNASSIGNED = "unassigned"
"""The owner of a service without one."""
_WORDS = ("all", "any", "avg", "count", "each", "every", "increase", "irate", "max", "min", "native", "not", "only", "rate",
          "some", "sum", "when")  # fmt: skip  # a table
"""Metrics that are written in quotes, because the language takes the bare word for a mistake."""
_LONGEST = 300
"""Characters of a comment."""


Entry = tuple[str, Promise, int]
"""The name of an SLO in the language, the SLO, and the number of its indicator."""


@record
class Service:
    """A service with its SLOs."""

    name: str
    promises: Sequence[Entry]


def service(of: Service) -> str:
    """The text of a file."""
    promises = [promise for _, promise, _ in of.promises]
    shared = [pair for pair in promises[0].labels if all(pair in one.labels for one in promises)]
    runbook = promises[0].runbook if len({one.runbook for one in promises}) == 1 else ""
    owner = next((one.owner for one in promises if one.owner), UNASSIGNED)
    title = next((one.service_title for one in promises if one.service_title), "")
    lines = [f"service {of.name}{_title(title)} {{", f"owner {text(owner)}"]
    lines += [f"runbook {text(runbook)}"] if runbook else []
    lines += labels(shared)
    lines += dict.fromkeys(line for one in promises for line in one.around)
    for name, promise, index in of.promises:
        lines += ["", *_slo(name, promise, index, shared, runbook)]
    found = Source("", "\n".join([*lines, "}", ""]))
    tree, problems = parse(found)
    return found.text if problems else layout(tree)


def _slo(name: str, of: Promise, index: int, shared: Sequence[tuple[str, str]], runbook: str) -> Iterator[str]:
    for comment in of.comments:
        yield f"# {shown(comment)[:_LONGEST]}"
    indicator = of.indicators[index]
    draft = "draft " if of.is_draft else ""
    yield f"{draft}slo {name}{_title(of.title)} {percent(of.target)} over {duration(of.window)} {{"
    if of.exact:
        yield from (*of.exact, "}")
        return
    yield from statements(indicator)
    if of.slices:
        yield f"slices {duration(of.slices[0])} with {percent(of.slices[1])} good"
    if of.per:
        yield per((one, recorded(one)) for one in of.per)
    yield from labels([pair for pair in of.labels if pair not in shared])
    if of.runbook and of.runbook != runbook:
        yield f"runbook {text(of.runbook)}"
    if of.alerts is not None and not of.is_draft:
        yield from ["alerts {", *of.alerts, "}"] if of.alerts else ["alerts none"]
    yield "}"


def statements(of: Indicator) -> Iterator[str]:
    """The statements that say what an SLO measures."""
    if isinstance(of, Filters | Ratio):
        yield f"events {' + '.join(map(stream, of.total))}"
        if of.without:
            yield f"exclude {' + '.join(map(stream, of.without))}"
        yield f"{of.side} {filters(of.choices) if isinstance(of, Filters) else ' + '.join(map(stream, of.part))}"
    elif isinstance(of, Threshold):
        yield f"events {'native ' if of.native else ''}{stream(of.histogram)}"
        bound = f"{'below' if of.good == 'le' else 'above'} {limit(of)}"
        yield f"good {filters(of.only)} {bound}" if of.only else f"good {bound}"
    elif isinstance(of, Slices):
        often = f" with {percent(of.at_least)} good" if of.at_least is not None else ""
        yield f"slices {duration(of.seconds)}{often}{' each' * of.each}"
        yield " ".join(judged(of.good_when, stream))
    elif isinstance(of, Raw):
        yield f"events `{of.total}`"
        yield f"{of.side} `{of.part}`"


def _title(of: str) -> str:
    return f" {text(of)}" if of else ""


def labels(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """The statement with these labels, if there are any."""
    found = [f"{name} = {text(value)}" for name, value in pairs]
    return [f"labels {{ {', '.join(found)} }}"] if found else []


def filters(choices: Iterable[Filter]) -> str:
    """`{a="1"} or {b="2"}`."""
    return " or ".join(f"{{{_matchers(one)}}}" for one in choices)


def stream(of: Stream) -> str:
    """A stream with its matchers in braces."""
    if METRIC.match(of.metric) and of.metric not in _WORDS:
        return f"{of.metric}{{{_matchers(of.all)}}}"
    return f"{{{', '.join(filter(None, [text(of.metric), _matchers(of.all)]))}}}"


def _matchers(of: Filter) -> str:
    return ", ".join(f"{label(one.label)}{one.op}{text(one.value)}" for one in of)


def per(labels: Iterable[tuple[str, str]]) -> str:
    """The statement for budgets by labels of the events, each with the name of the recorded one."""
    return f"per {', '.join(label(x) if x == name else f'{label(x)} as {label(name)}' for x, name in labels)}"
