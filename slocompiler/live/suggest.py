"""`sloc suggest`: which target the past of an SLO would have kept, barely, and whether its own is too strict or too loose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from slocompiler import promql
from slocompiler.explain import words
from slocompiler.formats.markdown import code
from slocompiler.formats.markdown import text as in_markdown
from slocompiler.ir import Feedback, Slo
from slocompiler.live import complaints as users
from slocompiler.live import ladder
from slocompiler.live.backtest import BARELY, Replay, Step
from slocompiler.live.names import labels, name, place
from slocompiler.live.status_formats import percent
from slocompiler.targets.prometheus.series import deployed

SCHEMA = 1
"""The version of the JSON form, which grammar/suggest.schema.json describes."""
MARK = "# sloc suggest"
"""How the comments begin that `--write` adds, and replaces later."""
Verdict = Literal["too strict", "fits", "too loose", "unknown"]


class Suggestion(NamedTuple):
    """What the past says of the target of an SLO."""

    slo: Slo
    start: int
    end: int
    verdict: Verdict
    why: str
    now: Step | None
    """What the present target would have meant; None without data."""
    better: Step | None
    """The strictest target that would have held; None if the past does not say, or if it is the present one."""
    heard: users.Heard | None
    """What users said; None if nobody writes it down."""
    ladder: tuple[Step, ...] = ()
    """What each target would have meant for all values together, the strictest first."""
    short: bool = False
    """Whether too little of a window has data to say that a target would have held."""


def judged(replay: Replay, said: Sequence[Feedback] | None = None) -> Suggestion:
    """The verdict; `said` is what users said of the SLO, None if its service has no feedback.

    Of values of `per`, the one with the least budget counts; those with a target of their own do not.
    """
    values = [one for one in replay.outcomes if one.target == replay.slo.target]
    heard = None if said is None else users.heard(replay.days, said)
    steps = tuple(_worst(step) for step in zip(*(one.ladder for one in values), strict=True))
    short = all(ladder.is_short(replay, one) for one in values)

    def found(verdict: Verdict, why: str, now: Step | None = None, better: Step | None = None) -> Suggestion:
        return Suggestion(replay.slo, replay.start, replay.end, verdict, why, now, better, heard, steps, short)

    if not values:
        return found("unknown", "there are no data of it")
    now = next(step for step in steps if step.target == replay.slo.target)
    best = next((step for step in steps if step.least >= 0), None)
    left = f"at worst, {percent(now.least)} of its budget was left"
    if now.least < 0:
        return found(
            "too strict", f"at worst, {percent(1 - now.least)} of its budget was spent", now, None if short else best
        )
    if short:
        return found("unknown", "too little of a window has data", now)
    if all(step.least == 1 for step in steps):
        return found("unknown", "no event was bad: every target would have held", now)
    if now.least < BARELY:
        return found("fits", f"it held, barely: {left}", now)
    if best is None or best.target <= now.target:
        return found("fits", f"{left}, and no stricter one that was tried would have held", now)
    return found("too loose", left, now, best)


def _worst(steps: Sequence[Step]) -> Step:
    """A target for all values: the least budget of any, and the alerts of all."""
    least, left = min(one.least for one in steps), min(one.left for one in steps)
    return Step(steps[0].target, least, left, sum(one.pages for one in steps), sum(one.tickets for one in steps))


# Words


def sentence(found: Suggestion) -> str:
    """What to think of the present target: `99.9%/30d is too strict: at worst, 165% of its budget was spent`."""
    target = f"{promql.percent(found.slo.target)}/{promql.duration(found.slo.window)}"
    verb = "" if found.verdict == "fits" else "is "
    if found.verdict == "unknown":
        return f"{target}: the past does not say whether it fits: {found.why}"
    return f"{target} {verb}{found.verdict}: {found.why}"


def instead(found: Suggestion) -> str:
    """The suggestion: `99.8% would have held, barely: at worst, 17% was left; 4 pages, 2 tickets`; empty without one."""
    if found.better is None:
        return ""
    one = found.better
    alerts = f"{words.plural(one.pages, 'page')}, {words.plural(one.tickets, 'ticket')}"
    return f"{promql.percent(one.target)} {ladder.held(one.least)}: at worst, {percent(one.least)} was left; {alerts}"


def complaints(found: Suggestion) -> str:
    """What the past of events does not know: what users said. Where nobody complained, the looser target is enough."""
    if found.heard and found.verdict in ("too strict", "too loose"):
        strict, count = found.verdict == "too strict", found.heard.complaints
        if count:
            so = "there is work to do, rather than a looser target" if strict else "the looser one hid it"
            return f"Users complained on {words.plural(count, 'day')}: {so}."
        return f"Nobody complained: {'the looser one is enough' if strict else 'it may stay'}."
    if found.verdict == "too strict":
        return "If nobody complained, the looser one is enough. If people did, there is work to do instead."
    return "If people complained, the looser one hid it. If nobody did, it may stay." if found.better else ""


def as_text(suggestions: Iterable[Suggestion]) -> str:
    """A paragraph for each SLO."""
    return "\n\n".join("\n  ".join(_lines(one, name(one.slo))) for one in suggestions)


def as_markdown(suggestions: Iterable[Suggestion]) -> str:
    """An item of a list for each SLO."""
    lines = ((code(name(one.slo)), *map(in_markdown, [*_lines(one, "")][1:])) for one in suggestions)
    return "\n".join(f"- {first}: {'. '.join(rest)}" for first, *rest in lines)


def _lines(found: Suggestion, title: str) -> Iterator[str]:
    yield f"{title}  {words.moment(found.start)} to {words.moment(found.end)}"
    yield from (line for line in (sentence(found), instead(found), complaints(found)) if line)
    if found.heard:
        yield from users.sentences(found.heard)


def as_json(suggestions: Iterable[Suggestion], now: int) -> dict[str, Any]:
    """The same as values of JSON; shares are of 1 and times in seconds."""
    return {
        "schema": SCHEMA,
        "now": now,
        "slos": [
            {
                "id": one.slo.id,
                "deployment": labels(one.slo),
                "start": one.start,
                "end": one.end,
                "verdict": one.verdict,
                "why": one.why,
                "target": float(one.slo.target),
                "complaints": one.heard and one.heard.complaints,
                "least": one.now and round(one.now.least, 9),
                "suggested": one.better
                and {**one.better._asdict(), "target": float(one.better.target), "least": round(one.better.least, 9),
                     "left": round(one.better.left, 9)},
            }
            for one in suggestions
        ],
    }  # fmt: skip  # a key a line


# In the file


def commented(text: str, offset: int, comments: Sequence[str]) -> str | None:
    """The text of a file with comments above the SLO whose name is at an offset, in place of earlier ones; all else stays.

    None if something else stands before the SLO on its line.
    """
    begin = text.rfind("\n", 0, offset) + 1
    indent = text[begin:offset]
    if indent.split() not in (["slo"], ["draft", "slo"]):
        return None
    indent = indent[: len(indent) - len(indent.lstrip())]
    before = text[:begin]
    while before.rstrip("\r\n").rpartition("\n")[2].strip().startswith(MARK):
        before = before[: before.rstrip("\r\n").rfind("\n") + 1]
    end = "\r\n" if "\r\n" in text else "\n"
    return before + "".join(f"{indent}{comment}{end}" for comment in comments) + text[begin:]


def comment(found: Suggestion) -> str:
    """The comment of a suggestion, in one line."""
    where = place(deployed(found.slo))
    days = " to ".join(words.moment(at)[:10] for at in (found.start, found.end))
    said = "; ".join(part for part in (sentence(found), instead(found)) if part)
    return f"{MARK}{f' ({where})' if where else ''}, {days}: {said}"
