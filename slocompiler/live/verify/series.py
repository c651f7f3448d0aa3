"""V701: a selector without series, with the matcher without which there would be some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Matcher
from slocompiler.live import tables
from slocompiler.live.questions import Asking, Endpoint, Sample, Table
from slocompiler.live.verify.buckets import other_kind
from slocompiler.live.verify.labels import lacks, may_come, not_yet
from slocompiler.live.verify.subject import Found, Read, Subject, Unchecked, written
from slocompiler.suggest import did_you_mean, similar

NAMES = Endpoint(path="label/__name__/values")
"""The names of all metrics of the server; asked only for a metric that it does not have."""
LIKELY = 0.75
"""How similar a name among all of a server must be to be suggested."""
CERTAIN = 0.9
"""How similar the name of a counter of bad events must be to be a misspelt one: it may not have counted anything yet."""


def series(of: Subject) -> Asking[list[Found]]:
    """V701 of an SLO, and V703 for selectors that may find series later."""
    reads = of.reads()
    asked = [of.selects(read) for read in reads]
    answers = yield asked
    rows = [answers.vector(one) for one in asked]
    has_data = any(own for read, own in zip(reads, rows, strict=True) if read.needed)
    found: list[Found] = []
    for read, own in zip(reads, rows, strict=True):
        if not own:
            found += yield from _absent(of, read, read.needed and not has_data)
        elif read.needed:
            found += _excluded(of, read, own)
    if not any(rows) and not any(isinstance(one, Diagnostic | Unchecked) for one in found):
        found.append(Unchecked("V701", of.slo.id, "none of their series is there, and they may be absent"))
    return found


def _absent(of: Subject, read: Read, is_needed: bool) -> Asking[list[Found]]:
    """Why a selector finds no series. For one that is not needed yet, a problem only if it is certain."""
    labels = tuple(dict.fromkeys(matcher.label for matcher in read.stream.all))
    wide = Table(metric=read.stream.metric, matchers=(), labels=labels, lookback=of.lookback, at=of.now)
    answers = yield wide, NAMES
    rows = answers.vector(wide)
    if not rows:
        return list(_unknown(of, read, is_needed, answers.data(NAMES) or []))
    blamed, rest = _blamed(read, rows)
    if blamed and not tables.values(rows, blamed.label):
        if may_come(blamed) and not is_needed:
            return [not_yet(of, blamed)]
        span = of.at.matcher(blamed, read.name, read.written)
        return (yield from lacks(of, read, blamed.label, "V701" if is_needed else "V702", span))
    return [_mismatched(of, read, is_needed, blamed, rest, alone=not tables.selected(rows, [blamed] if blamed else ()))]


def _mismatched(
    of: Subject, read: Read, is_needed: bool, blamed: Matcher | None, rest: list[Sample], *, alone: bool
) -> Found:
    """The metric has series, and its labels have other values; `alone`: the matcher fits none, whatever the others are."""
    if blamed is None:
        message = f"no series of `{read.name}` {of.lately} fits all of its matchers, but some fit each of them"
        return of.finding("V701", message, read.written) if is_needed else of.note("V703", message)
    seen = tables.values(rest, blamed.label)
    more = "" if alone else " besides the other matchers"
    message = f"no series of `{read.name}` {of.lately} has {written(blamed)}{more}"
    values = f"`{blamed.label}` is {tables.listed(seen)}"
    if not is_needed:
        return of.note("V703", f"{message}: {values}")
    count = tables.count(rest)
    help = f"{count:,} series {'matches' if count == 1 else 'match'} without it: {values}"
    meant = did_you_mean(blamed.value, seen)
    span = of.at.matcher(blamed, read.name, read.written)
    return of.finding("V701", message, span, f"{meant}\n{help}" if meant else help)


def _unknown(of: Subject, read: Read, is_needed: bool, names: Sequence[str]) -> Iterator[Found]:
    """A metric that the server does not have at all."""
    other = other_kind(of, names)
    if other:
        yield other
        return
    ending = read.stream.metric.removeprefix(read.name)
    known = [one for name in names if name.endswith(ending) and (one := name.removesuffix(ending)) != read.name]
    message = f"there is no series of `{read.name}` {of.lately}"
    if is_needed or similar(read.name, known, CERTAIN):
        help = _meant(read.name, known) or "is it scraped, and by this server?"
        yield of.finding("V701", message, read.written, help)
    else:
        yield of.note("V703", message)


def _meant(name: str, known: Sequence[str]) -> str:
    """A question about a metric that is similar: one with a unit or `_total` behind the name, else a misspelt one."""
    longer = min((one for one in known if one.startswith(f"{name}_")), key=len, default="")
    likely = longer or next(iter(similar(name, known, LIKELY)), "")
    return f"did you mean `{likely}`?" if likely else ""


def _blamed(read: Read, rows: list[Sample]) -> tuple[Matcher | None, list[Sample]]:
    """The matcher without which there are series, and these series; the likeliest misspelt one first."""
    every = read.stream.all
    alone = [(one, tables.selected(rows, (other for other in every if other is not one))) for one in every]
    found = [(one, rest) for one, rest in alone if rest]
    found = found or [(one, rows) for one in every if not tables.selected(rows, [one])]
    misspelt = (pair for pair in found if did_you_mean(pair[0].value, tables.values(pair[1], pair[0].label)))
    return next(misspelt, found[0] if found else (None, rows))


def _excluded(of: Subject, read: Read, rows: list[Sample]) -> Iterator[Found]:
    """V701 for events that are all excluded."""
    stream = read.stream
    if stream.none and not tables.kept(rows, stream):
        worst = max(stream.none, key=lambda one: tables.count(tables.selected(rows, one)))
        message = f"every series of `{read.name}` {of.lately} is excluded"
        yield of.finding("V701", message, of.at.matcher(worst[0], read.name, read.written))
