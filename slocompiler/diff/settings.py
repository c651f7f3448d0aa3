"""Changes of texts: owner, stakeholders, reason, policy, review, titles, runbook, links, labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from slocompiler import promql
from slocompiler.diff.change import Change, Detail, changed
from slocompiler.diff.match import matched
from slocompiler.diff.subject import Subject
from slocompiler.explain.language import filters, left, marks, planned, stream
from slocompiler.explain.phrases import Code, Phrase

Step = tuple[Decimal, str]
"""A step of the policy: the share of the budget that is left, and the action."""
TEXTS: tuple[tuple[str, Phrase, Callable[[Subject], str]], ...] = (
    ("owner", (), lambda one: one.service.owner),
    ("stakeholders", (), lambda one: ", ".join(sorted(set(one.slo.stakeholders)))),
    ("because", (), lambda one: one.slo.because),
    ("review", (), lambda one: _review(one)),
    ("title", (), lambda one: one.slo.title),
    ("title", ("of the service",), lambda one: one.service.title),
    ("runbook", (), lambda one: one.slo.runbook),
)
"""The kind, which is the name of the setting; an addition to it; its value, "" for none."""


def settings(before: Subject, after: Subject) -> Iterator[Change]:
    """Every setting that is text: single ones, those with names, and steps of the policy."""
    for kind, called, value in TEXTS:
        yield from _text(kind, called, kind, (before, value(before)), (after, value(after)))
    for kind, word, values in (("links", "link", _links), ("labels", "labels", _labels)):
        old, new = values(before), values(after)
        for name in sorted(old.keys() | new.keys()):
            sides = (before, old.get(name, "")), (after, new.get(name, ""))
            yield from _text(kind, (Code(name),), f"{word} {name}", *sides)
    yield from _exclusions(before, after)
    yield from _policy(before, after)


def _exclusions(before: Subject, after: Subject) -> Iterator[Change]:
    """Another reason for the same exclusion; an exclusion that is new or gone is a change of its own."""
    for word, reasons in (("exclude", _reasons), ("maintenance", _planned)):
        old, new = reasons(before), reasons(after)
        for name in (name for name in new if name in old):
            called: Phrase = (f"the reason of {word} ", Code(name))
            yield from _text("because", called, word, (before, old[name]), (after, new[name]))


def _reasons(one: Subject) -> dict[str, str]:
    """The reason of each exclusion, by how it is written."""
    reasons = {filters((other.filter,)): other.reason for other in one.slo.exclusions}
    reasons |= {stream(other.counter): other.reason for other in one.slo.without}
    if one.slo.exclude_when:
        reasons[f"when {one.slo.exclude_when}"] = one.slo.exclude_when_reason
    return reasons


def _planned(one: Subject) -> dict[str, str]:
    """The reason of each maintenance, by its text and its time."""
    return {f"{x.text}, {planned(x)}": x.because for x in one.slo.maintenance}


def _policy(before: Subject, after: Subject) -> Iterator[Change]:
    """Steps with another action, or with the same action at another share."""
    both = matched(_steps(before), _steps(after), lambda step: step, lambda step: step[0], lambda step: step[1])
    for old, step in sorted(both, key=_share, reverse=True):
        if old and step and old[0] != step[0]:
            yield Change(
                kinds=("policy",),
                what=(f"{left(old[0])} → {left(step[0])}: ", Code(step[1])),
                location=after.location("policy"),
                detail=Detail(before=old[0], after=step[0]),
            )
        elif known := step or old:
            sides = (before, old[1] if old else ""), (after, step[1] if step else "")
            yield from _text("policy", (left(known[0]),), "policy", *sides)


def _text(
    kind: str, called: Phrase, setting: str, before: tuple[Subject, str], after: tuple[Subject, str]
) -> Iterator[Change]:
    """The change of a text, whose origin has the name `setting`."""
    (was, old), (now, new) = before, after
    if old != new:
        yield Change(
            kinds=(kind,),
            what=changed(old, new, *called),
            location=now.location(setting),
            same=(called, edit(was.masked(old), now.masked(new))),
            detail=Detail(before=old or None, after=new or None),
        )


def edit(before: str, after: str) -> tuple[str, str]:
    """The parts that differ, without the common beginning and end: the same for all SLOs of a template."""
    begin = _common(before, after)
    before, after = before[begin:], after[begin:]
    end = _common(before[::-1], after[::-1])
    return before[: len(before) - end], after[: len(after) - end]


def _common(one: str, other: str) -> int:
    """The length of the common beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one.startswith(other[:middle]) else (low, middle - 1)
    return low


def _review(one: Subject) -> str:
    review = one.slo.review
    if review is None:
        return ""
    return f"every {promql.duration(review.every)}" + (f" last {review.last.isoformat()}" if review.last else "")


def _links(one: Subject) -> dict[str, str]:
    """Addresses by title. A title may have several."""
    found: dict[str, list[str]] = {}
    for link in one.slo.links:
        found.setdefault(link.title, []).append(link.url)
    return {title: ", ".join(sorted(urls)) for title, urls in found.items()}


def _labels(one: Subject) -> dict[str, str]:
    return {label.name: label.value for label in one.slo.labels}


def _steps(one: Subject) -> list[Step]:
    return [(step.below, f"{step.action}{marks(step)}") for step in one.slo.policy]


def _share(both: tuple[Step | None, Step | None]) -> Decimal:
    """The share of the budget at which the step is due."""
    step = both[1] or both[0]
    return step[0] if step else Decimal(0)
