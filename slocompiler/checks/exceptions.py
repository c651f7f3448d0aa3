"""Exceptions: incidents are short and few, and people agreed to each of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from fractions import Fraction

from slocompiler import moments
from slocompiler.burn import HOUR, MINUTE
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits, remove
from slocompiler.promql import duration, rounded
from slocompiler.resolve import Excepted, ResolvedService, ResolvedSlo, text_of
from slocompiler.syntax import tree as t

LONGEST = 24 * HOUR
"""The longest exception, in seconds."""
MOST = 16
"""The most exceptions of an SLO: each is a part of its rules."""
MUCH = 10
"""The percentage of a window above which exceptions are another target."""
APART = 10 * MINUTE
"""The seconds between two exceptions: so long after an event, a count still holds it."""


def exceptions(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E245, E246, E253, W330, W370 and W371 for the exceptions of an SLO."""
    for one in slo.exceptions:
        if one.tree.intact:
            yield from _times(one.tree)
            yield from _values(one.tree, slo, run)
            yield from _reason(one)
            yield from _over(one.tree, slo, run)
    yield from _agreed(slo)
    known = [one for one in slo.exceptions if one.tree.intact and not [*_times(one.tree)]]
    yield from _amount(sorted(known, key=lambda one: one.tree.begin.seconds), slo)


def _times(tree: t.Except) -> Iterator[Diagnostic]:
    """E245 for an exception that ends before it begins, or is too long."""
    lasting = tree.end.seconds - tree.begin.seconds
    if lasting <= 0:
        word = "before" if lasting else "when"
        begin, end = tree.begin.span, tree.end.span
        fixes = edits("use the other order", (begin, end.text), (end, begin.text)) if lasting else ()
        yield Diagnostic(
            "E245", f"this exception ends {word} it begins", end, (Label(begin, "begins here"),), fixes=fixes
        )
    elif lasting > LONGEST:
        message = f"an exception can last up to {LONGEST // HOUR}h, and this is {duration(lasting)}"
        help = "what takes longer is no single incident: agree on a looser target"
        yield Diagnostic("E245", message, tree.end.span, help=help)


def _values(tree: t.Except, slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E253 for a filter that does not say which values of `per` labels, or which deployments, are meant."""
    own = [text_of(one.name) for one in slo.per.labels] if slo.per else []
    placed: dict[str, set[str]] = {}
    for label in (label for deployment in run.project.deployments for label in deployment.labels):
        placed.setdefault(label.name, set()).add(label.value)
    known = ", ".join(f"`{label}`" for label in (*own, *placed))
    for matcher in tree.filter.matchers if tree.filter else ():
        name, value = text_of(matcher.label), matcher.value
        if name not in own and name not in placed:
            message = f"`{name}` is not in `per` of `{slo.called}`, so its values have no counts of their own"
            help = f"use {known}" if known else "remove the filter"
            yield Diagnostic("E253", message, matcher.label.span, help=help)
        elif matcher.op != "=":
            help = 'name one value: `{label="value"}`; for more values, add an exception for each'
            yield Diagnostic("E253", f"an exception cannot have `{matcher.op}`", matcher.span, help=help)
        elif name in placed and isinstance(value, t.Text) and value.value not in placed[name]:
            message = f'no deployment has `{name}="{value.value}"`'
            help = f"use one of {', '.join(f'`{one}`' for one in sorted(placed[name]))}"
            yield Diagnostic("E253", message, value.span, help=help)


def _reason(one: Excepted) -> Iterator[Diagnostic]:
    """W330 for an exception without a reason."""
    if isinstance(one.tree.because, t.Text) and not one.because.strip():
        help = "say what happened, and who agreed that it does not count"
        yield Diagnostic("W330", "nothing says why this does not count", one.tree.because.span, help=help)


def _agreed(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """W371 at the first exception of an SLO to which nobody agreed."""
    known = [one.tree for one in slo.exceptions if one.tree.intact]
    if known and not any(text.strip() for text in slo.stakeholders):
        help = 'name the people who agreed: `stakeholders "product", "support"`'
        yield Diagnostic("W371", "nobody is named who agreed to this exception", known[0].span.word, help=help)


def _over(tree: t.Except, slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W370 for an exception that is in no window any more, if today's date is given."""
    if run.today is None:
        return
    window = run.once(_windows, slo.service)[tree]
    if window is None:
        return
    left = tree.end.seconds + window + APART  # with a window that is wrong, it may be in no year
    if left < datetime.combine(run.today, time(), UTC).timestamp():
        message = f"this exception left the window on {datetime.fromtimestamp(left, UTC).date().isoformat()}"
        help = "remove it: git remembers it"
        fixes = remove("remove this exception", tree.span)
        yield Diagnostic("W370", message, tree.span, help=help, fixes=fixes)


def _windows(service: ResolvedService) -> dict[t.Except, int | None]:
    """The longest window, in seconds, of the SLOs that share each exception; None if one of their windows is unknown."""
    found: dict[t.Except, int | None] = {}
    for slo in service.slos:
        window = int(slo.tree.window.seconds) if isinstance(slo.tree.window, t.Duration) else None
        for one in slo.exceptions:
            longest = found.get(one.tree, 0)
            found[one.tree] = None if window is None or longest is None else max(longest, window)
    return found


def _amount(known: list[Excepted], slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E246 for exceptions that are too many, overlap, or take too much of a window; `known` has the earliest first."""
    name = slo.called
    if len(known) > MOST:
        message = f"`{name}` has more than {MOST} exceptions"
        help = "remove those that have left the window, or agree on a looser target"
        yield Diagnostic("E246", message, known[MOST].tree.span, help=help)
        return
    apart = max(APART, 2 * slo.whole_slice)
    for number, one in enumerate(known):
        before = [other for other in known[:number] if _share_values(one, other)]
        near = next((other for other in before if one.tree.begin.seconds < other.tree.end.seconds + apart), None)
        if near:
            begin, end = near.tree.begin.seconds, max(near.tree.end.seconds, one.tree.end.seconds)
            message = f"two exceptions of `{name}` overlap, or are less than {duration(apart)} apart"
            help = f"join them: `{moments.write(begin)} to {moments.write(end)}`"
            yield Diagnostic("E246", message, one.tree.span, (Label(near.tree.span, "the other one"),), help)
            return
        yield from _much([*before, one], slo)


def _share_values(one: Excepted, other: Excepted) -> bool:
    """Whether two exceptions may be about the same value of the `per` labels."""
    mine, theirs = ({m.label: m.value for choice in each.choices for m in choice.matchers} for each in (one, other))
    return all(theirs.get(label, value) == value for label, value in mine.items())


def _much(some: list[Excepted], slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E246 if exceptions take more than a tenth of the window that ends with the last of them."""
    window, last = slo.tree.window, some[-1].tree
    if not isinstance(window, t.Duration):
        return
    begin = last.end.seconds - int(window.seconds)
    inside = [one.tree for one in some if one.tree.end.seconds > begin]
    taken = sum(tree.end.seconds - max(begin, tree.begin.seconds) for tree in inside)
    if taken * 100 > window.seconds * MUCH:
        share = rounded(Fraction(100 * taken) / Fraction(window.seconds))
        labels = tuple(Label(tree.span, duration(tree.end.seconds - tree.begin.seconds)) for tree in inside[:-1])
        message = f"exceptions take {share}% of a window of `{slo.called}`: at most {MUCH}% can be excepted"
        help = "agree on a looser target: this is no exception any more"
        yield Diagnostic("E246", message, last.span, labels, help)
