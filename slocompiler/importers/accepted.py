"""Holds what was written to the compiler: where it reports an error, the SLO is written in another way, or refused."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.names import recorded
from slocompiler.importers.promise import DAY, Promise
from slocompiler.importers.recognise import Filters
from slocompiler.importers.write import Entry, Service, service
from slocompiler.ir import Ratio, Raw, Slices, Threshold
from slocompiler.project import Project
from slocompiler.record import replace
from slocompiler.source import Source

Placed = dict[str, tuple[str, tuple[str, ...]]]
"""For each SLO, by `service/name`: how it is written, or that it is refused, and the codes of what is reported about it."""
_ALERTS = ("E404", "E405", "E406", "E408", "E409", "E410", "E411")
REFUSED = "refused"
_TARGETS = ("E401", "E402", "E403")
_HOW = {Filters: "filters", Ratio: "counters", Threshold: "bound", Raw: "raw", Slices: "slices"}
_HEAD = re.compile(r"^ *(?:draft )?slo ([a-z0-9-]+)", re.MULTILINE)


def accepted(
    services: Sequence[Service], project: Project | None, problems: list[Diagnostic]
) -> tuple[dict[str, str], list[Service], Placed]:
    """The texts of the services by the names of their files, the services as they are written, and what became of each SLO."""
    texts, done, placed, waiting = dict[str, str](), list[Service](), Placed(), list(services)
    while waiting:
        written = {f"{one.name}.slo": service(one) for one in waiting}
        _, found = analyse([Source(path, text) for path, text in written.items()], project)
        errors: dict[str, list[Diagnostic]] = {}
        for problem in found:
            if problem.is_error:
                errors.setdefault(problem.span.source.path, []).append(problem)
        ahead = []
        for one in waiting:
            path = f"{one.name}.slo"
            if path in errors:
                rest = _without(one, written[path], errors[path], problems, placed)
                ahead += [rest] if rest.promises else []
            else:
                texts[path] = written[path]
                done.append(one)
                for name, promise, index in one.promises:
                    how = _HOW[type(promise.indicators[index])]
                    placed[f"{one.name}/{name}"] = how, promise.codes
        waiting = ahead
    return texts, done, placed


def _without(of: Service, text: str, errors: list[Diagnostic], problems: list[Diagnostic], placed: Placed) -> Service:
    """The service, in which each SLO with an error is written in another way, or left out.

    An error outside of all SLOs is one of each of them.
    """
    names = [name for name, _, _ in of.promises]
    heads = [(match.start(), match[1]) for match in _HEAD.finditer(text) if match[1] in names]
    starts = [start for start, _ in heads]
    wrong: dict[str, Diagnostic] = {}
    for error in errors:
        index = bisect_right(starts, error.span.start) - 1
        for name in [heads[index][1]] if index >= 0 else names:
            wrong.setdefault(name, error)
    entries = list[Entry]()
    for name, promise, index in of.promises:
        error_or_none = wrong.get(name)
        if error_or_none is None:
            entries.append((name, promise, index))
            continue
        other = _other_way(promise, index, error_or_none, problems)
        if other is None:
            message = f"the language does not take this SLO: {error_or_none.message}"
            problems.append(Diagnostic("E661", message, promise.field.span, help=error_or_none.help))
            promise.field.refuse("E661")
            placed[f"{of.name}/{name}"] = REFUSED, (*promise.codes, "E661")
        else:
            entries.append((name, *other))
    return Service(of.name, entries)


def _other_way(
    promise: Promise, index: int, error: Diagnostic, problems: list[Diagnostic]
) -> tuple[Promise, int] | None:
    """The SLO with other alerts, or with the next way to write what it measures; None if there is none."""
    if error.code in _ALERTS:
        if promise.alerts == ():
            return None
        others: tuple[str, ...] | None = () if promise.alerts is None or promise.window < DAY else None
        what = "no alerts" if others == () else "the standard alerts"
        message = f"{error.message}: it has {what} instead"
        problems.append(Diagnostic("W634", message, promise.field.span, help=error.help))
        return replace(promise, alerts=others, codes=(*promise.codes, "W634")), index
    if error.code in _TARGETS:
        return None
    both = [name for name, _ in promise.labels if name in map(recorded, promise.per)]
    if both:
        message = f"the label `{both[0]}` is lost: `per` has it"
        problems.append(Diagnostic("W630", message, promise.field.span))
        kept = tuple([pair for pair in promise.labels if pair[0] not in both])
        return replace(promise, labels=kept, codes=(*promise.codes, "W630")), index
    if index + 1 < len(promise.indicators):
        problems.append(Diagnostic("W601", f"it stays PromQL: {error.message}", promise.field.span))
        return replace(promise, codes=(*promise.codes, "W601")), index + 1
    return None
