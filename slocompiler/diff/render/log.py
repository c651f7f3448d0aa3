"""The record of what SLOs promised as text, as Markdown and as JSON, the latest change first."""

from __future__ import annotations

import json as to_text
from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import Any

from slocompiler.diff.change import Change
from slocompiler.diff.log import DATELESS, Entry, Log
from slocompiler.diff.render import figures, json
from slocompiler.diff.render.text import LABEL, WIDTH
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase, plain
from slocompiler.formats.markdown import code
from slocompiler.formats.markdown import text as in_markdown
from slocompiler.ir_json import to_json
from slocompiler.visible import shown

SCHEMA = 1
"""The version of the JSON form, which grammar/log.schema.json describes."""
SHORT = 12
"""The digits of a commit that are shown."""
NOBODY = "nobody named"


def as_text(found: Log) -> str:
    """A paragraph for each commit, below the SLO and its last target."""
    return "\n\n".join("\n\n".join((_head(id, of), *map(_paragraph, reversed(of)))) for id, of in found.items())


def _paragraph(entry: Entry) -> str:
    return "\n".join((f"{_day(entry)}  {entry.revision.commit[:SHORT]}  {_author(entry)}", *_lines(entry)))


def _lines(entry: Entry) -> Iterator[str]:
    for change in entry.changes:
        yield from _labelled(change.kinds[0], _words(change))
        yield from (f"  {'':<{LABEL}}{line}" for line in figures.budget(change.detail))
    told = {kind for change in entry.changes for kind in change.kinds}
    if "because" not in told:
        yield from _labelled("because", because(entry))
    if "stakeholders" not in told:
        yield from _labelled("agreed by", agreed(entry))


def _labelled(label: str, text: str) -> Iterator[str]:
    for number, line in enumerate(wrap(text, WIDTH - LABEL - 2, break_on_hyphens=False)):
        yield f"  {'' if number else label:<{LABEL}}{line}"


def as_markdown(found: Log) -> str:
    """A table for each SLO."""
    return "\n\n".join("\n".join(_table(id, of)) for id, of in found.items())


def _table(id: str, of: list[Entry]) -> Iterator[str]:
    yield f"### {code(id)}\n\n{in_markdown(_state(of))}\n"
    yield "| Day | Commit | Author | Change | Reason | Agreed by |\n|---|---|---|---|---|---|"
    for entry in reversed(of):
        about = (_day(entry), entry.revision.commit[:SHORT], _author(entry))
        changes = "<br>".join(map(_cell, entry.changes))
        yield f"| {' | '.join(map(in_markdown, about))} | {changes} | {' | '.join(map(in_markdown, (because(entry), agreed(entry))))} |"


def _cell(change: Change) -> str:
    budget = figures.outage(change.detail)
    quoted = _quoted(change.what, lambda text: code(text, in_table=True), in_markdown)
    return f"**{change.kinds[0]}** {quoted}" + (f"; budget {budget} of full outage" if budget else "")


def as_json(found: Log) -> str:
    """The record for programs. It is ASCII: authors of commits can have any characters, and no terminal acts on these."""
    slos = [{"id": id, "entries": list(map(_entry, of))} for id, of in found.items()]
    return to_text.dumps({"schema": SCHEMA, "slos": slos}, indent=2) + "\n"


def _entry(entry: Entry) -> dict[str, Any]:
    slo = entry.slo
    return {
        "day": entry.revision.day or None,
        "commit": entry.revision.commit,
        "author": entry.revision.author,
        "id": slo.id,
        "target": to_json(slo.target),
        "window": slo.window,
        "draft": slo.draft,
        "because": slo.because,
        "stakeholders": list(slo.stakeholders),
        "changes": list(map(_change, entry.changes)),
    }


def _change(change: Change) -> dict[str, Any]:
    before, after = change.detail.budget or (None, None)
    budgets = {"before": json.budget(before), "after": json.budget(after)}
    return {"kinds": list(change.kinds), "what": plain(change.what), "budget": budgets}


# Parts


def _head(id: str, of: list[Entry]) -> str:
    return f"{id}  {_state(of)}"


def _state(of: list[Entry]) -> str:
    """`99.9% over 30d since 2026-10-01`."""
    last = of[-1]
    if any("removed" in change.kinds for change in last.changes):
        return f"removed on {_day(last)}"
    same = len(of)
    while same > 1 and _target(of[same - 2]) == _target(last):
        same -= 1
    return f"{_target(last)} since {_day(of[same - 1])}"


def _target(entry: Entry) -> str:
    draft = ", a draft" if entry.slo.draft else ""
    return f"{language.objective(entry.slo.target, entry.slo.window)}{draft}"


def _day(entry: Entry) -> str:
    return entry.revision.day or DATELESS


def _author(entry: Entry) -> str:
    return shown(entry.revision.author) or NOBODY


def what(entry: Entry) -> str:
    """The changes of an entry in a line."""
    return "; ".join(f"{change.kinds[0]}: {_words(change)}" for change in entry.changes)


def because(entry: Entry) -> str:
    """The reason of the target, as a line."""
    return shown(entry.slo.because) or "none given"


def agreed(entry: Entry) -> str:
    """The people who agreed, as a line."""
    return shown(", ".join(entry.slo.stakeholders)) or NOBODY


def _words(change: Change) -> str:
    return _quoted(change.what, shown, str)


def _quoted(phrase: Phrase, quote: Callable[[str], str], own: Callable[[str], str]) -> str:
    return "".join(quote(part.text) if isinstance(part, Code) else own(part) for part in phrase)
