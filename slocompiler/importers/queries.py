"""From fields with queries to what they measure, with diagnostics at the queries."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field
from slocompiler.importers.gauges import averaged, single_series
from slocompiler.importers.promise import Promise, Refused, measured
from slocompiler.importers.query import MARK, Halves, Query, parsed, windows, with_window
from slocompiler.importers.recognise import OTHER, Note, Pair, Side, Unfit, pair
from slocompiler.promql.tree import all_of
from slocompiler.record import replace

MEANT = "name the events themselves, such as `sum(rate(http_requests_total[{{.window}}]))`"


def events(promise: Promise, total: Field, part: Field, side: Side, problems: list[Diagnostic]) -> Promise:
    """With the events of two queries, those of all events and of its good or bad ones. Raises Refused."""
    for field in (total, part):
        if not field or field.kind != "text":
            raise Refused("E602", f"`{field.path.rpartition('.')[2]}` is missing, or no text", field)
    texts = [field.string() for field in (total, part)]
    if texts[0].strip() in ("1", "vector(1)"):
        problems.append(Diagnostic("W606", "a ratio is given as the number of events", part.span, help=MEANT))
        return ratio(_with_code(promise, "W606"), part, side, problems)
    return judged(promise, (texts[0], total), (texts[1], part), side, problems)


def ratio(promise: Promise, field: Field, side: Side, problems: list[Diagnostic]) -> Promise:
    """With the events whose share a query returns, which is that of the good or of the bad ones. Raises Refused."""
    if not field or field.kind != "text":
        raise Refused("E602", f"`{field.path.rpartition('.')[2]}` is missing, or no text", field)
    marked = windows(field.string())[0]
    halves = Halves(marked)
    is_side = OTHER[side] if halves.is_flipped else side
    mean = averaged(parsed(halves.rest)) if not halves.part else None
    if mean:
        return judged(promise, (mean[0].text, field), (mean[1].text, field), is_side, problems)
    if not halves.part:
        fault = parsed(marked)
        message = fault if isinstance(fault, str) else "this is no ratio of events"
        raise Refused("E620", message, field, "write `BAD / TOTAL`: the events of a budget are counted")
    if halves.guard:
        help = "where nothing happened, sloc counts nothing"
        message = f"`{halves.guard}` made up a ratio for the time without events"
        problems.append(Diagnostic("W607", message, field.span, help=help))
        promise = _with_code(promise, "W607")
    return judged(promise, (halves.total, field), (halves.part, field), is_side, problems)


def judged(
    promise: Promise,
    total: tuple[str, Field],
    part: tuple[str, Field],
    side: Side,
    problems: list[Diagnostic],
    gauge: str = "",
) -> Promise:
    """With what the queries of all events and of a part of them measure; notes about both stand at the part.

    Each side is a text and its field. If `gauge` selects series that are 1 or 0, and both queries average them, every
    minute of a series is an event. Raises Refused.
    """
    queries, notes = _queries(total, part)
    try:
        found = pair(queries[0], queries[1], side)
    except Unfit as unfit:
        raise Refused(unfit.note.code, unfit.note.message, part[1], unfit.note.help) from unfit
    if gauge:
        found = found._replace(shape=single_series(gauge))
    if found.shape is None:
        _check_raw(found, total[1], part[1])
        notes.append(Note("W601", "these queries have no shape that sloc knows: they stay PromQL", _RAW))
    for note in (*notes, *found.notes):
        problems.append(Diagnostic(note.code, note.message, part[1].span, help=note.help))
    return _with_code(measured(promise, found), *[note.code for note in (*notes, *found.notes)])


_RAW = "a query that counts one metric by its labels, or the buckets of a histogram, becomes statements"


def _queries(*sides: tuple[str, Field]) -> tuple[list[Query], list[Note]]:
    """The queries of both sides, with the same window. Raises Refused for what is no PromQL."""
    marked = [windows(text) for text, _ in sides]
    notes = list[Note]()
    fixed = set().union(*(ranges for text, ranges in marked if MARK not in text))
    texts = [text for text, _ in marked]
    if len(fixed) == 1:
        texts = [text if MARK in text else with_window(text) for text in texts]
        message = f"the window is fixed as `[{next(iter(fixed))}]`; here it is the one of each alert and budget"
        notes.append(Note("W605", message))
    queries = []
    for text, (_, field) in zip(texts, sides, strict=True):
        query = parsed(text)
        if isinstance(query, str):
            help = "functions that other servers add are no PromQL" if "function" in query else ""
            raise Refused("E620", query, field, help)
        queries.append(query)
    if any(node.name == "irate" for query in queries for node in all_of(query.node) if node.kind == "call"):
        notes.append(Note("W604", "`irate` looks at the last two samples only; here every event counts"))
    if not all(query.is_windowed for query in queries):
        notes.append(Note("W603", "a counter without `rate`: its increases are counted"))
    return queries, notes


def _check_raw(found: Pair, total: Field, part: Field) -> None:
    """Raise Refused for raw PromQL without a window."""
    for text, field in ((found.raw.total, total), (found.raw.part, part)):
        if "$window" not in text:
            raise Refused("E620", "this query has no window over which events are counted", field, MEANT)


def _with_code(promise: Promise, *codes: str) -> Promise:
    return replace(promise, codes=(*promise.codes, *codes))
