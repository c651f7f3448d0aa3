"""`sloc review --done DATE`: writes the day into the `review` statements of what was reviewed, and changes nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from slocompiler.cli.fix import edited
from slocompiler.cli.messages import fail, note, say
from slocompiler.cli.session import Run
from slocompiler.cli.sources import reader
from slocompiler.cli.writer import replace_or_fail
from slocompiler.compiler import locate
from slocompiler.diagnostics import Edit
from slocompiler.ir import Program
from slocompiler.source import Source
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse
from slocompiler.syntax.tree import Date, Review
from slocompiler.visible import visible

LISTED = 3
"""The names that a message lists."""


def record(run: Run, reviewed: Program, day: date, now: int) -> None:
    """Write the day into all files, or into none: a statement that cannot have it ends the command with 1.

    `now` is the present, in seconds since the epoch. The sources of the run are kept.
    """
    if day > datetime.fromtimestamp(now, UTC).date():
        fail(f"--done {day}: this day has not come")
    known = locate(run.sources, run.project, reader(run.root, run.project.libraries))
    statements: dict[tuple[str, int], tuple[Review, set[str]]] = {}
    for id, one in known.items():
        if one.review:
            statements.setdefault(_key(one.review), (one.review, set()))[1].add(id)
    wanted = {slo.id for slo in reviewed.slos}
    without = sorted(id for id in wanted if known[id].review is None)
    found = [both for both in statements.values() if both[1] & wanted]
    if not found:
        fail(f"nothing to record: no review is planned of {_listed(without)}; write `review every 90d last {day}`", 1)
    sources = {source.path: source for source in run.sources}
    refused = [
        f"{review.span}: {why}"
        for review, ids in found
        if (why := _refusal(review, ids - wanted, day, review.span.source.path in sources))
    ]
    if refused:
        for line in refused:
            say(visible(f"sloc: {line}"), err=True)
        say("sloc: nothing was written", err=True)
        sys.exit(1)
    changed = dict(_changed(sources, [_edit(review, day) for review, _ in found]))
    replace_or_fail(((Path(sources[path].shown_as), text.encode()) for path, text in changed.items()), "")
    for review, ids in found:
        note(f"{review.span.source.shown_as}:{review.span.line}: last {day}, for {_listed(sorted(ids))}")
    if without:
        note(f"no review is planned of {_listed(without)}", err=True)


def _key(review: Review) -> tuple[str, int]:
    """Where a statement is: several SLOs have it if it is in a service, in defaults, or in a template."""
    return review.span.source.path, review.span.start


def _listed(ids: list[str]) -> str:
    more = f" and {len(ids) - LISTED:,} more" if len(ids) > LISTED else ""
    return ", ".join(ids[:LISTED]) + more


def _refusal(review: Review, others: set[str], day: date, ours: bool) -> str:
    """Why the day must not be written; "" if it may be."""
    if not ours:
        return "this review is in a file that is not one of the project: write a `review` in the service"
    if others:
        return f"this review is also that of {_listed(sorted(others))}: review these too, or write a `review` in the service"
    if review.last is None:
        return ""
    if not isinstance(review.last, Date) or not _holds(review, review.last):
        return "the date of this review is a parameter of a template: write it where the template is used"
    if review.last.value > day:
        return f"the last review was later, on {review.last.value}"
    return ""


def _holds(review: Review, last: Date) -> bool:
    """Whether the date stands in the statement itself."""
    own, span = review.span, last.span
    return span.source.path == own.source.path and own.start <= span.start and span.end <= own.end


def _edit(review: Review, day: date) -> Edit:
    return Edit(review.last.span, f"{day}") if review.last else Edit(review.span.after, f" last {day}")


def _changed(sources: dict[str, Source], edits: list[Edit]) -> Iterator[tuple[str, str]]:
    """The new texts of files. One that had the layout of `sloc fmt` has it again: a longer line can move comments."""
    for path in {edit.span.source.path: None for edit in edits}:
        before = sources[path]
        after = edited(before, edits)
        text = layout(parse(after)[0]) if layout(parse(before)[0]) == before.text else after.text
        if text != before.text:
            yield path, text
