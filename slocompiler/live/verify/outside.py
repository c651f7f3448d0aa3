"""V708: bad events that are counted, and are no events."""

from __future__ import annotations

from slocompiler.ir import Ratio
from slocompiler.live import tables
from slocompiler.live.questions import Asking, Sample
from slocompiler.live.verify.subject import Found, Subject


def outside(of: Subject) -> Asking[list[Found]]:
    """V708 for a counter of good or bad events that has series of the metric of the events which these do not select."""
    total = {one.metric: one for one in of.events()} if isinstance(of.counted, Ratio) else {}
    reads = [read for read in of.reads() if not read.needed and read.stream.metric in total]
    asked = [of.selects(read) for read in reads]
    answers = yield asked
    found: list[Found] = []
    for read, question in zip(reads, asked, strict=True):
        events = total[read.stream.metric]
        own = tables.kept(answers.vector(question), read.stream)
        inside = tables.kept(tables.selected(own, events.all), events)
        rest = [row for row in own if row not in inside]
        if rest:
            message = f"{tables.count(rest):,} of {tables.count(own):,} series of `{read.name}` here are no events"
            help = f"`events` does not select those with {_shown(rest[0], [one.label for one in events.all])}"
            found.append(of.finding("V708", message, read.written, help))
    return found


def _shown(row: Sample, labels: list[str]) -> str:
    """The values of a series for the labels by which events are selected."""
    return ", ".join(f'`{label}="{row.labels.get(label, "")}"`' for label in dict.fromkeys(labels)) or "these labels"
