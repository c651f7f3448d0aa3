"""Changes of alerts: the lines before and after, and when each detects errors, as in `sloc explain`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from slocompiler import burn
from slocompiler.burn import SHARES
from slocompiler.diff.change import Change, Detail, Detection, Line, Lines
from slocompiler.diff.match import pair
from slocompiler.diff.subject import Scope, Subject, scopes
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import Alert, Burn, Exhausted, NoData, Remaining


def alerts(before: Subject, after: Subject) -> Iterator[Change]:
    """Alert lines that were added, removed or changed; all lines of an SLO that became a draft, or live."""
    if before.slo.draft != after.slo.draft:
        kind, now = ("drafted", "a draft now: no alerts") if after.slo.draft else ("live", "not a draft any more")
        both = lines(before.scope, after.scope)
        detail = Detail(lines=both, before=before.slo.draft, after=after.slo.draft)
        alerting = before.scope.alerts or any(scope.alerts for scope in before.overrides.values())
        kinds = (kind, "silenced") if after.slo.draft and alerting else (kind,)
        yield Change(kinds=kinds, what=(now,), location=after.location("draft"), detail=detail)
        return
    found: list[Phrase] = []
    for old, new in scopes(before, after):
        both = worded(lines(old, new))
        what = joined([_phrase(*line) for line in both], "; ")
        if what and what not in found:  # a change of the whole SLO is not repeated for some of its values
            found.append(what)
            name = new.filter or old.filter
            where: Phrase = ("alerts for ", Code(language.filters([name])), ": ") if name else ()
            yield Change(
                kinds=("silenced", "alerts") if _silences(old, new, both) else ("alerts",),
                what=(*where, *what),
                location=after.location("alerts"),
                detail=Detail(lines=both, before=old.alerts, after=new.alerts),
            )


def lines(before: Scope, after: Scope) -> Lines:
    """All lines that read differently, or that detect errors at another time."""
    pairs, gone, new = pair(sorted(before.alerts, key=_order), sorted(after.alerts, key=_order), *_KEYS)
    matched = [(line(old, before), line(new, after)) for old, new in pairs]
    found: list[tuple[Line | None, Line | None]] = [(old, new) for old, new in matched if old != new]
    found += [(line(one, before), None) for one in gone]
    found += [(None, line(one, after)) for one in new]
    return tuple(sorted(found, key=lambda both: [one.words if one else "" for one in reversed(both)]))


def worded(both: Lines) -> Lines:
    """Those that read differently."""
    return tuple((old, new) for old, new in both if not (old and new and old.words == new.words))


def timed(both: Lines) -> Lines:
    """Those that read the same, and detect errors at another time because of another target or window."""
    return tuple((old, new) for old, new in both if old and new and old.words == new.words)


def line(of: Alert, scope: Scope) -> Line:
    """A line in words, and when it detects each of SHARES errors, from a full budget."""
    text = language.alert(of, scope.target, scope.window)
    if isinstance(of, NoData):
        return Line(text, of.severity, ())
    return Line(text, of.severity, tuple(_detection(of, scope, bad) for bad in SHARES))


def _detection(of: Alert, scope: Scope, bad: Fraction) -> Detection | None:
    seconds = burn.detection(of, scope.target, scope.window, bad, scope.slice_seconds)
    return None if seconds is None else Detection(seconds, burn.spent(seconds, scope.target, scope.window, bad))


def _size(of: Alert) -> int | Decimal:
    """The number that describes a line: its window, the time left, the budget left, or the time without data."""
    match of:
        case Burn():
            return of.window
        case Exhausted():
            return of.within
        case Remaining():
            return of.below
        case NoData():
            return of.lasting


def _share(of: Alert) -> Decimal | None:
    """The share of the budget that a burn line allows in its window; None for other lines."""
    return of.share if isinstance(of, Burn) else None


def _order(of: Alert) -> tuple[str, str, int | Decimal, str]:
    return type(of).__name__, of.severity, _size(of), repr(of)


_KEYS = (
    lambda of: of,
    lambda of: (type(of), of.severity, _size(of)),
    lambda of: (type(of), _size(of), _share(of)),
    lambda of: (type(of), of.severity, _share(of)),
    lambda of: (type(of), of.severity),
)
"""The keys by which a line before is matched with one after, the most certain first."""


def _silences(before: Scope, after: Scope, both: Lines) -> bool:
    """Whether a line is gone or does not page any more; of the standard alerts, whether a severity is gone.

    They follow the target and the window, and do not replace each other line by line.
    """
    if _is_standard(before) and _is_standard(after):
        return bool({one.severity for one in before.alerts} - {one.severity for one in after.alerts})
    return any(_is_quieter(*line) for line in both)


def _is_standard(scope: Scope) -> bool:
    return scope.window >= burn.SHORTEST_STANDARD and scope.alerts == burn.standard_alerts(scope.target, scope.window)


def _is_quieter(old: Line | None, new: Line | None) -> bool:
    return old is not None and (new is None or (old.severity == "page" and new.severity != "page"))


def _phrase(old: Line | None, new: Line | None) -> Phrase:
    if old and new:
        return Code(old.words), " → ", Code(new.words)
    return ("removed: ", Code(old.words)) if old else ("added: ", Code(new.words)) if new else ()
