"""What the matchers and exclusions of a selection ask of each label, as rules that can be held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from slocompiler.ir import Matcher
from slocompiler.promql import label_name, opposite
from slocompiler.regex.sets import always, never
from slocompiler.resolve import Choice, ResolvedSlo, Term
from slocompiler.syntax import tree as t

LONGEST_SHOWN = 60
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


class Rule(NamedTuple):
    """What a value of a label has to fulfil, and the matcher that says so."""

    matcher: Matcher
    """Of an exclusion the opposite of what is written."""
    said: t.Matcher
    excluded: bool = False


class Selected(NamedTuple):
    """The series of a counter, as far as matchers tell."""

    term: Term
    rules: list[Rule]
    several: list[Choice]
    """Its exclusions of several matchers: their opposite is no matcher."""


class Conflict(NamedTuple):
    """A rule that leaves no value of its label, with the earlier ones because of which it does."""

    rule: Rule
    others: list[Rule]


def rules(node: Term | Choice) -> list[Rule]:
    """What its own matchers ask."""
    return [Rule(matcher, said) for matcher, said in zip(node.matchers, node.said, strict=True)]


def excluded(choices: Iterable[Choice]) -> list[Rule]:
    """What exclusions of one matcher leave."""
    return [Rule(opposite(c.matchers[0]), c.said[0], True) for c in choices if len(c.matchers) == 1]


def selected(term: Term, exclude: tuple[Choice, ...] = ()) -> Selected:
    """A counter without what it excludes itself and what else is excluded; one that excludes everything is told alone.

    In the order in which things are said: a stream's exclusion, what narrows the stream, the exclusion of the SLO.
    """
    own = [choice for choice in term.exclude if not is_everything(choice)]
    more = [choice for choice in exclude if not is_everything(choice)]
    several = [choice for choice in (*own, *more) if len(choice.matchers) > 1]
    return Selected(term, [*excluded(own), *rules(term), *excluded(more)], several)


def is_everything(choice: Choice) -> bool:
    """Whether a filter matches whatever its labels hold."""
    return bool(choice.matchers) and all(matcher.op == "=~" and always(matcher) for matcher in choice.matchers)


def follows(node: Choice | Term, given: list[Rule]) -> bool:
    """Whether all that fulfils the given rules fulfils each of its matchers."""
    return bool(node.matchers) and all(
        always(matcher, [rule.matcher for rule in given if rule.matcher.label == matcher.label])
        for matcher in node.matchers
    )


def conflict(given: Iterable[Rule]) -> Conflict | None:
    """The first of the conflicts."""
    return next(conflicts(given), None)


def conflicts(given: Iterable[Rule]) -> Iterator[Conflict]:
    """For each label the first rule that leaves no value of it."""
    groups: dict[str, list[Rule]] = {}
    for rule in given:
        groups.setdefault(rule.matcher.label, []).append(rule)
    for group in groups.values():
        if (len(group) > 1 or group[0].matcher.op == "!~") and never(rule.matcher for rule in group):
            at = next(at for at in range(len(group)) if never(rule.matcher for rule in group[: at + 1]))
            last, before = group[at], group[:at]
            one = next((rule for rule in before if never([rule.matcher, last.matcher])), None)
            yield Conflict(last, [] if never([last.matcher]) else [one] if one else before)


def filters(slo: ResolvedSlo) -> Iterator[Choice]:
    """Every filter that stands in an SLO."""
    yield from slo.exclude
    for part in (slo.good, slo.bad):
        yield from part.filters if part else ()
    yield from (choice for _, choice in slo.targets)


def counters(slo: ResolvedSlo) -> Iterator[Term]:
    """Every counter that it names, but for its events: of `good` or `bad`, or what a condition looks at."""
    for part in (slo.good, slo.bad):
        yield from (*part.terms, *part.looked_at) if part else ()


def written(matcher: Matcher) -> str:
    """A matcher as files have it."""
    return f'{label_name(matcher.label)}{matcher.op}"{value_written(matcher.value)}"'


def value_written(value: str) -> str:
    """A value as files have it between its quotes, cut where it is long."""
    text = value.translate(_ESCAPES)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def wording(rule: Rule) -> str:
    """What a rule says, as it is written."""
    return f"`{written(opposite(rule.matcher) if rule.excluded else rule.matcher)}`"
