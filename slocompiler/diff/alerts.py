"""Changes of alerts: the lines before and after, and when each detects errors, as in `sloc explain`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from slocompiler import burn, standard
from slocompiler.burn import SHARES
from slocompiler.diff.change import Change, Detail, Detection, First, Line, Lines, Location
from slocompiler.diff.match import matched
from slocompiler.diff.subject import Scope, Subject, scopes
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import SEVERITIES, Alert, Burn, Exhausted, NoData, Remaining, Severity, Unmeasured


def alerts(before: Subject, after: Subject) -> Iterator[Change]:
    """Alert lines that were added, removed or changed; all lines of an SLO that became a draft, or live."""
    if before.slo.draft != after.slo.draft:
        kind, now = ("drafted", "a draft now: no alerts") if after.slo.draft else ("live", "not a draft any more")
        both = lines(before.scope, after.scope)
        detail = Detail(
            lines=both, firsts=firsts(before.scope, after.scope), before=before.slo.draft, after=after.slo.draft
        )
        alerting = before.scope.alerts or any(scope.alerts for scope in before.overrides.values())
        kinds = (kind, "silenced") if after.slo.draft and alerting else (kind,)
        yield Change(kinds=kinds, what=(now,), location=after.location("draft"), detail=detail)
        return
    yield from _changed(before, after, "", after.location("alerts"))
    old, new = before.variants, after.variants
    places = {one.deployment: Location(one.place) for one in after.slo.variants}
    for name in sorted(old.keys() & new.keys()):  # of other deployments, the project file says what changed
        yield from _changed(old[name], new[name], f" in {name}", places[name])


def silences(before: Subject, after: Subject) -> bool:
    """Whether an alert is gone or quieter."""
    return any(_silences(*both) for both in scopes(before, after))


def _changed(before: Subject, after: Subject, place: str, location: Location) -> Iterator[Change]:
    """Lines that were added, removed or changed; `place` is the deployment if they are not those of all, as ` in us`."""
    found: list[Phrase] = []
    for old, new in scopes(before, after):
        both = worded(lines(old, new))
        what = joined([_phrase(*line) for line in both], "; ")
        if what and what not in found:  # a change of the whole SLO is not repeated for some of its values
            found.append(what)
            name = new.filter or old.filter
            where: Phrase = (f"alerts{place} for ", Code(language.filters([name])), ": ") if name else ()
            if place and not name:
                where = (f"alerts{place}: ",)
            yield Change(
                kinds=("silenced", "alerts") if _silences(old, new) else ("alerts",),
                what=(*where, *what),
                location=location,
                detail=Detail(lines=both, firsts=firsts(old, new), before=old.alerts, after=new.alerts),
            )


def lines(before: Scope, after: Scope) -> Lines:
    """All lines that read differently, or that detect errors at another time."""
    matched = (
        (line(old, before) if old else None, line(new, after) if new else None) for old, new in _pairs(before, after)
    )
    found: list[tuple[Line | None, Line | None]] = [(old, new) for old, new in matched if old != new]
    return tuple(sorted(found, key=lambda both: [one.words if one else "" for one in reversed(both)]))


def firsts(before: Scope, after: Scope) -> tuple[First, ...]:
    """When the first page and the first ticket fire, before and after; () if neither fires at another time."""
    found = tuple(First(one, _first(before, one), _first(after, one)) for one in ("page", "ticket"))
    return found if any(one.before != one.after for one in found) else ()


def _first(scope: Scope, severity: Severity) -> tuple[Fraction | None, ...]:
    """After how many seconds the first line of a severity fires, for each of SHARES errors."""
    lines = [one for one in scope.alerts if one.severity == severity]
    return tuple(burn.soonest(lines, scope.target, scope.window, bad, scope.slice_seconds) for bad in SHARES)


def _pairs(before: Scope, after: Scope) -> list[tuple[Alert | None, Alert | None]]:
    """All lines before and after, matched; None for a line that was added or removed."""
    return matched(sorted(before.alerts, key=_order), sorted(after.alerts, key=_order), *_KEYS)


def worded(both: Lines) -> Lines:
    """Those that read differently."""
    return tuple((old, new) for old, new in both if not (old and new and old.words == new.words))


def timed(both: Lines) -> Lines:
    """Those that read the same, and detect errors at another time because of another target or window."""
    return tuple((old, new) for old, new in both if old and new and old.words == new.words)


def line(of: Alert, scope: Scope) -> Line:
    """A line in words, and when it detects each of SHARES errors, from a full budget."""
    text = language.alert(of, scope.target, scope.window)
    if isinstance(of, Unmeasured):
        return Line(text, of.severity, ())
    return Line(text, of.severity, tuple(_detection(of, scope, bad) for bad in SHARES))


def _detection(of: Alert, scope: Scope, bad: Fraction) -> Detection | None:
    seconds = burn.detection(of, scope.target, scope.window, bad, scope.slice_seconds)
    return None if seconds is None else Detection(seconds, burn.spent(seconds, scope.target, scope.window, bad))


def _size(of: Alert) -> int | Decimal:
    """The number that describes a line: its window, the time left, the budget left, or the time without data or targets."""
    match of:
        case Burn():
            return of.window
        case Exhausted():
            return of.within
        case Remaining():
            return of.below
        case _:
            return of.lasting


def _share(of: Alert) -> Decimal | None:
    """The share of the budget, or of bad events, that a burn line allows in its window; None for other lines."""
    return of.share or of.ceiling if isinstance(of, Burn) else None


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


def _silences(before: Scope, after: Scope) -> bool:
    """Whether an alert is gone or quieter; of the standard alerts, whether a severity is gone.

    They follow the target and the window, and do not replace each other line by line.
    """
    if _is_standard(before) and _is_standard(after):
        lost = {one.severity for one in before.alerts} - {one.severity for one in after.alerts}
        return bool(lost) or (standard.DOWN in before.alerts and standard.DOWN not in after.alerts)
    return any(_is_quieter(old, new, after) for old, new in _pairs(before, after) if old and old != new)


def _is_standard(scope: Scope) -> bool:
    alerts = tuple(one for one in scope.alerts if one != standard.DOWN)  # whether it is one depends on other services
    return scope.window >= standard.SHORTEST and alerts == standard.alerts(
        scope.target, scope.window, scope.slice_seconds
    )


def _is_quieter(old: Alert, new: Alert | None, scope: Scope) -> bool:
    """Whether a line is gone, is less urgent, needs more events, or fires later at some share of errors.

    Both are judged at the target and the window of one scope, whose changes have kinds of their own. A page that was no
    page may need as many bad events as pages do by default.
    """
    if new is None or SEVERITIES.index(new.severity) > SEVERITIES.index(old.severity):
        return True
    if isinstance(old, NoData) and isinstance(new, NoData):
        excused = new.unless is not None and new.unless != old.unless
        return new.lasting > old.lasting or new.of_one != old.of_one or excused
    if isinstance(old, Unmeasured) and isinstance(new, Unmeasured):
        return new.lasting > old.lasting
    usual = burn.page_needs(scope.slice_seconds) if new.severity == "page" != old.severity else 0
    (needs, traffic), (needed, before) = (
        (one.needs, one.traffic) if isinstance(one, Burn | Exhausted) else (0, 0) for one in (new, old)
    )
    return needs > max(needed, usual) or traffic > before or _is_later(old, new, scope)


def _is_later(old: Alert, new: Alert, scope: Scope) -> bool:
    """Whether a line fires at a higher burn rate, or later at a share of errors."""
    if isinstance(old, Burn) and isinstance(new, Burn):
        was, now = (burn.line_factor(one, scope.target, scope.window) for one in (old, new))
        if now > was:
            return True
    times = zip(line(old, scope).detects, line(new, scope).detects, strict=True)
    return any(was and (now is None or now.seconds > was.seconds) for was, now in times)


def _phrase(old: Line | None, new: Line | None) -> Phrase:
    if old and new:
        return Code(old.words), " → ", Code(new.words)
    return ("removed: ", Code(old.words)) if old else ("added: ", Code(new.words)) if new else ()
