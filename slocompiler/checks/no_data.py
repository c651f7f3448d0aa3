"""`when no data`: the label of `of one` is one of `per`, and `unless` reads one metric that is not the SLO's own."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import quoting
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import add_statement, correct
from slocompiler.resolve import ResolvedSlo, Term, text_of
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t


def no_data_lines(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E242 and E243 of the lines `when no data` of an SLO."""
    for line in slo.alerts.lines if slo.alerts else ():
        if isinstance(line, t.NoDataLine) and line.intact and slo.intact and not slo.tree.draft:
            yield from _of_one(line, slo)
            yield from _unless(line, slo)


def _of_one(line: t.NoDataLine, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E242 for a label that is none of `per`: only its values are recorded apart."""
    if line.of_one is None:
        return
    known, name = [text_of(one.name) for one in slo.per.labels] if slo.per else [], text_of(line.of_one)
    if name in known:
        return
    message = f"`{name}` is no label of `per`: its values are not recorded apart"
    if slo.per:
        here = (Label(slo.per.span, "the labels whose values are recorded apart"),)
        help = did_you_mean(name, known) or f"use {' or '.join(f'`{quoting.label(one)}`' for one in known)}"
        yield Diagnostic("E242", message, line.of_one.span, here, help, correct(line.of_one.span, name, known))
    else:
        text = f"per {quoting.label(name)}"
        is_fixed = any(matcher.label == name for term in slo.total for matcher in term.matchers)  # `per` refuses it
        fixes = () if is_fixed else add_statement(f"add `{text}`", slo.tree.span, text)
        help = f"remove `of one {name}`" if is_fixed else f"add `{text}`, or remove `of one {name}`"
        yield Diagnostic("E242", message, line.of_one.span, help=help, fixes=fixes)


def _unless(line: t.NoDataLine, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E243 for several metrics, and for a metric of the SLO itself: it is gone together with the data."""
    read = [term for proof, term in slo.proofs if proof is line.unless]
    if len(read) > 1:
        here = (Label(read[1].span, "a second metric"),)
        help = 'name one metric with braces, such as `up{job="…"} == 1`'
        yield Diagnostic("E243", "`unless` reads one metric", read[0].span, here, help)
    elif read and (missing := _missing(read[0], slo)):
        here = (Label(missing.span, "the data that is missing"),)
        message = f"`{read[0].metric}` is gone together with the data, so it proves nothing"
        help = 'name a metric that remains, such as `up{job="…"} == 1`'
        yield Diagnostic("E243", message, read[0].span, here, help)


def _missing(read: Term, slo: ResolvedSlo) -> Term | None:
    """The data of the SLO to which all series of the proof belong."""
    part = slo.good or slo.bad
    own = slo.total or (part.looked_at if part else ())
    return next((x for x in own if x.metric == read.metric and set(x.matchers) <= set(read.matchers)), None)
