"""V702: a label that no series has. V703: a filter that matches no series."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler import promql
from slocompiler.ir import Filter, Matcher
from slocompiler.live import tables
from slocompiler.live.questions import Asking, Endpoint, Sample
from slocompiler.live.verify.subject import Found, Read, Subject, Word, written
from slocompiler.source import Span
from slocompiler.suggest import did_you_mean, one_of

_OF_ERRORS = re.compile(r"err|exc|fail|fault|reason|cause|abort", re.IGNORECASE)
"""A label that only series of failures have, and that may be missing because nothing failed."""
_CLASSES = tuple(f"{digit}{rest}" for digit in range(1, 6) for rest in ("xx", "XX"))
_CODES = tuple(str(code) for code in range(100, 600))
_NAMES = ("OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted", "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss", "Unauthenticated")  # fmt: skip  # a table
_NUMBERS = tuple(map(str, range(17)))
FORMS = (_CLASSES, _CODES, _NAMES, _NUMBERS, tuple(name.upper() for name in _NAMES))
"""The ways to write a status: that of HTTP as a class or as a code, that of gRPC as a name or as a number."""


def labels(of: Subject) -> Asking[list[Found]]:
    """V702 and V703 for the filters of an SLO, and V702 for `per`; none while there are no events."""
    reads = [read for read in of.reads() if read.needed] if of.events() else []
    asked = [of.selects(read) for read in reads]
    answers = yield asked
    rows = [row for one in asked for row in answers.vector(one)]
    found: list[Found] = []
    for word, filter_ in of.filters() if rows else ():
        lacking = [one for one in filter_ if not tables.values(rows, one.label)]
        for one in lacking:
            if word in ("bad", "good") and may_come(one):
                found.append(not_yet(of, one))
            else:
                span = of.at.matcher(one, reads[0].name, of.at.part)
                found += yield from lacks(of, reads[0], one.label, "V702", span)
        if not lacking:
            found += _unmatched(of, word, filter_, rows)
    for label, span in of.at.per.items() if rows else ():
        if not tables.values(rows, label):
            found += yield from lacks(of, reads[0], label, "V702", span)
    return found


def lacks(of: Subject, read: Read, label: str, code: str, span: Span) -> Asking[list[Found]]:
    """A finding for a label that no series has, with those that they have."""
    asked = Endpoint(path="labels", parameters=(("match[]", promql.selector(read.stream.metric)),))
    answers = yield (asked,)
    known = [name for name in answers.data(asked) or () if not name.startswith("__") and name != label]
    message = f"no series of `{read.name}` {of.lately} has a label `{label}`"
    return [of.finding(code, message, span, one_of(label, known))]


def may_come(matcher: Matcher) -> bool:
    """Whether only failed events may have the label, as `error!=""` and `reason="timeout"` ask for."""
    asks_presence = (matcher.op, matcher.value) in (("!=", ""), ("=~", ".+"))
    return asks_presence or bool(_OF_ERRORS.search(matcher.label))


def not_yet(of: Subject, matcher: Matcher) -> Found:
    """A note about a label that may come with the first failed event."""
    return of.note("V703", f"nothing {of.lately} has the label `{matcher.label}` of {written(matcher)}")


# Filters


def _unmatched(of: Subject, word: Word, filter_: Filter, rows: list[Sample]) -> Iterator[Found]:
    """V703 for a filter that matches no event: a finding if it never can, else a note with the values that there are."""
    if tables.selected(rows, filter_):
        return
    for one in filter_:
        seen = tables.values(rows, one.label)
        values = f"`{one.label}` is {tables.listed(seen)}"
        if not tables.selected(rows, [one]) and _never(one, seen):
            span = of.at.matcher(one, "", of.at.part)
            yield of.finding("V703", f"{written(one)} can match no event: {values}", span, _meant(one, seen))
            return
    last = filter_[-1]
    seen = tables.values(rows, last.label)
    several, meant = " and ".join(map(written, filter_)), _meant(last, seen)
    text = f"nothing {of.lately} matches {several} of `{word}`: `{last.label}` is {tables.listed(seen)}"
    yield of.note("V703", f"{text}; {meant}" if meant else text)


def _meant(matcher: Matcher, seen: list[str]) -> str:
    return did_you_mean(matcher.value, seen) if matcher.op == "=" else ""


def _never(matcher: Matcher, seen: list[str]) -> bool:
    """Whether a matcher asks for another way to write values: for codes among classes, or in other letters."""
    if matcher.op.startswith("!"):
        return False
    if any(tables.fits(matcher, other) for one in seen for other in (one.upper(), one.lower(), one.title())):
        return True
    written_as = next((form for form in FORMS if set(seen) <= set(form)), ())
    if not written_as or any(tables.fits(matcher, value) for value in written_as):
        return False
    return any(tables.fits(matcher, value) for form in FORMS for value in form)
