"""The matchers and exclusions of a selector as rules for each label, so that they can be compared with each other."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler import quoting
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Matcher
from slocompiler.promql import opposite
from slocompiler.record import record
from slocompiler.regex.sets import always, never
from slocompiler.resolve import Choice, ResolvedSlo, Term
from slocompiler.syntax import tree as t

LONGEST_SHOWN = 60
"""How many characters of a value a message shows."""


Found = tuple[Diagnostic, Iterable[t.Matcher]]
"""A problem, and its matchers: no further problem of these is reported."""


@record
class Rule:
    """A condition on the value of a label, and the matcher in the file that states it."""

    matcher: Matcher
    """For an exclusion, the opposite of the written matcher."""
    node: t.Matcher
    excluded: bool = False


@record
class Selected:
    """The rules that select the series of a counter."""

    term: Term
    rules: list[Rule]
    several: list[Choice]
    """Its exclusions with several matchers, whose opposite is not a single matcher."""


@record
class Conflict:
    """A rule that makes its label unsatisfiable, and the earlier rules it conflicts with."""

    rule: Rule
    others: list[Rule]


def rules(node: Term | Choice) -> list[Rule]:
    """The rules of its own matchers."""
    return list(map(Rule, node.matchers, node.nodes))


def excluded(choices: Iterable[Choice]) -> list[Rule]:
    """The rules of exclusions with a single matcher."""
    return [Rule(opposite(c.matchers[0]), c.nodes[0], True) for c in choices if len(c.matchers) == 1]


def selected(term: Term, exclude: tuple[Choice, ...] = ()) -> Selected:
    """The rules of a counter with its own exclusions and those of the SLO, in the order in which they apply.

    An exclusion of everything is left out: it has a diagnostic of its own, and would conflict with every rule.
    """
    own = [choice for choice in term.exclude if not is_everything(choice)]
    more = [choice for choice in exclude if not is_everything(choice)]
    several = [choice for choice in (*own, *more) if len(choice.matchers) > 1]
    return Selected(term, [*excluded(own), *rules(term), *excluded(more)], several)


def is_everything(choice: Choice) -> bool:
    """Whether a filter matches every value of its labels."""
    for matcher in choice.matchers:
        if matcher.op != "=~" or not always(matcher):
            return False
    return bool(choice.matchers)


def follows(node: Choice | Term, given: list[Rule]) -> bool:
    """Whether everything that satisfies the given rules also satisfies each matcher of `node`."""
    for matcher in node.matchers:
        if not always(matcher, [rule.matcher for rule in given if rule.matcher.label == matcher.label]):
            return False
    return bool(node.matchers)


def conflict(given: Iterable[Rule]) -> Conflict | None:
    """The first of the conflicts; None if there is none."""
    return next(iter(conflicts(given)), None)


def conflicts(given: Iterable[Rule]) -> list[Conflict]:
    """The first conflict of each label."""
    groups: dict[str, list[Rule]] = {}
    for rule in given:
        groups.setdefault(rule.matcher.label, []).append(rule)
    several = [group for group in groups.values() if len(group) > 1 or group[0].matcher.op == "!~"]
    return [_conflict(group) for group in several if never([rule.matcher for rule in group])]


def _conflict(group: list[Rule]) -> Conflict:
    at = next(at for at in range(len(group)) if never([rule.matcher for rule in group[: at + 1]]))
    last, before = group[at], group[:at]
    one = next((rule for rule in before if never([rule.matcher, last.matcher])), None)
    return Conflict(last, [] if never([last.matcher]) else [one] if one else before)


def filters(slo: ResolvedSlo) -> list[Choice]:
    """Every filter of an SLO: exclusions, `good` and `bad`, targets."""
    found = [*slo.exclude]
    for part in (slo.good, slo.bad):
        found += part.filters if part else ()
    found += [choice for _, choice in slo.targets]
    return found


def counters(slo: ResolvedSlo) -> list[Term]:
    """Every metric of an SLO besides its events: counters of `good` or `bad`, excluded ones, those of conditions and `unless`."""
    found: list[Term] = []
    for part in (slo.good, slo.bad):
        found += (*part.terms, *part.looked_at) if part else ()
    found += [term for term, _ in slo.without]
    found += [term for _, term in slo.proofs]
    return found


def written(matcher: Matcher) -> str:
    """A matcher in the syntax of the language, its value cut after LONGEST_SHOWN characters."""
    return f'{quoting.label(matcher.label)}{matcher.op}"{value_written(matcher.value)}"'


def in_full(matcher: Matcher) -> str:
    """A matcher in the syntax of the language."""
    return f"{quoting.label(matcher.label)}{matcher.op}{quoting.text(matcher.value)}"


def value_written(value: str) -> str:
    """A value with its escapes, as it stands between quotes, cut after LONGEST_SHOWN characters."""
    shown = quoting.text(value)[1:-1]
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"


def wording(rule: Rule) -> str:
    """The matcher of a rule as it stands in the file, in back-quotes."""
    return f"`{written(opposite(rule.matcher) if rule.excluded else rule.matcher)}`"
