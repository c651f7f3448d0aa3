"""Builds the syntax tree: the parser calls one method per rule of `slo.lark`.

Children are tokens (keywords, names, values) and finished nodes. Tokens whose names begin with `_` are omitted.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.record import replace
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Counted, Journey, Part, Ref, Through
from slocompiler.syntax.tokens import Token, kind
from slocompiler.syntax.values import LITERALS, not_whole
from slocompiler.syntax.vocabulary import WORDS, argument

if TYPE_CHECKING:
    from slocompiler.syntax.scan import Scan

HEAD = "write the head of a block on one line, so that a diff shows all of it"
JOURNEY = "journey"
"""The name of the one SLO of a journey."""
SETS, TEXTS = (t.Selector, t.Filter), (t.Text, t.Param)
_NAME = lazy_pattern(r"[a-z][a-z0-9-]{0,62}\Z")
_PARAMETER = lazy_pattern(r"[a-z_][a-z0-9_]*\Z")


def _bare(token: Token) -> t.Name:
    return t.Name(token, token.value)


class Builder:
    """Builds the tree of one source, and collects its problems."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        self.params: list[t.Param] = []
        self.damage: list[int] = []
        """The offsets of E104, and of E107 and E109 in values: nodes around them are not checked further."""
        self.misplaced: set[int] = set()
        """Lines that begin with an argument of the line before (E104): an E101 there is a consequence."""

    @cached_property
    def _scan(self) -> Scan:
        from slocompiler.syntax.scan import Scan  # only mistakes need it

        return Scan(self.source)

    # Spans and values

    def _span(self, first: Any, last: Any) -> Span:
        begin: Span = first.span
        return begin if first is last else Span(self.source, begin.start, last.span.end)

    def _statement(self, children: list[Any], words: int = 1) -> Span:
        """The span of a statement; E104 if its first argument is not on the line of its keyword."""
        word, first = children[words - 1], children[words]
        start = first.span.start
        if self.source.text.find("\n", word.end, start) >= 0:
            what = argument(word.kind, kind(first))
            fixes = () if self._scan.word(start) in WORDS else self._joined(word.end, start)
            self._report("E104", f"expected {what} on the same line as `{word.value}`", word.after, fixes=fixes)
            self.misplaced.add(self.source.line_number(start))
            self.damage.append(word.end)
        return self._span(children[0], children[-1])

    def _brace_beside(self, name: Any, brace: Span, help: str = HEAD) -> None:
        """E104 if `{` is not on the line of the name before it; the target and window of an SLO are between them."""
        before = name.span
        line_end = self.source.text.find("\n", before.end, brace.start)
        if line_end >= 0:
            code = self._scan.end_of_code(line_end)
            message = f"expected `{{` on the same line as `{before.text}`"
            fixes = self._joined(before.end, brace.start)
            self._report("E104", message, Span(self.source, code, code), help, fixes)

    def _because_beside(self, before: Any, because: Token) -> None:
        """`because` inside a statement stands on the line of what is before: on its own it is the target's reason."""
        last = before.span
        if self.source.text.find("\n", last.end, because.start) >= 0:
            help = "on a line of its own, `because` is a statement: the reason of the target"
            fixes = self._joined(last.end, because.start)
            self._report("E104", f"expected `because` on the same line as `{last.text}`", last.after, help, fixes)

    def _joined(self, start: int, end: int) -> tuple[Fix, ...]:
        """The fix that joins the lines between these offsets; none if there is a comment."""
        text = self.source.text[start:end]
        line = re.sub(r"\s*\n\s*", " ", text)
        return () if "#" in text else edits("write it on one line", (Span(self.source, start, end), line), safe=True)

    def _report(self, code: str, message: str, span: Span, help: str = "", fixes: tuple[Fix, ...] = ()) -> None:
        self.problems.append(Diagnostic(code, message, span, help=help, fixes=fixes))

    def _value(self, token: Token) -> Any:
        if token.kind == "PARAM":
            self.params.append(t.Param(token, token.value[1:]))
            return self.params[-1]
        return LITERALS[token.kind](token.value, token, self._report_value)

    def _report_value(self, problem: Diagnostic) -> None:
        """Report a malformed value; it is damaged, so that nothing else is reported about it."""
        self.problems.append(problem)
        if problem.code in ("E107", "E109"):
            self.damage.append(problem.span.start)

    def _whole(self, token: Token) -> t.DurationLike:
        """A duration of whole seconds, longer than zero, as everywhere but in bounds and conditions."""
        value: t.DurationLike = self._value(token)
        if isinstance(value, t.Duration):
            fault = not_whole(token.value, value)
            if fault:
                self._report_value(Diagnostic("E107", fault, value.span))
                value = t.Duration(value.span, value.seconds.to_integral_value() or Decimal(1))
        return value

    def _label_name(self, token: Token) -> t.Name | t.Text:
        return self._value(token) if token.kind == "STRING" else t.Name(token, token.value)

    def _name(self, token: Token) -> t.Name:
        """A name that becomes part of file names, labels and resources."""
        if not _NAME.match(token.value):
            fixed = re.sub(r"[^a-z0-9]+", "-", token.value.lower()).lstrip("-0123456789")[:63].rstrip("-")
            use = "use up to 63 lowercase letters, digits and hyphens, and begin with a letter"
            self._rename(f"`{token.value}` is not a valid name: {use}", token, fixed if _NAME.match(fixed) else "")
        return _bare(token)

    def _parameter(self, token: Token) -> t.Name:
        if not _PARAMETER.match(token.value):
            fixed = re.sub(r"[^a-z0-9_]+", "_", token.value.lower())
            message = f"`{token.value}` is not a valid parameter name: use lowercase letters, digits and underscores"
            self._rename(message, token, fixed if _PARAMETER.match(fixed) else "")
        return _bare(token)

    def _rename(self, message: str, token: Token, name: str) -> None:
        """E106 for an invalid name; the fix renames it if the file does not use it elsewhere."""
        help = f"write `{name}`" if name else ""
        alone = name and self.source.text.count(token.value) == 1
        self._report("E106", message, token, help, edits(help, (token, name)) if alone else ())

    # Declarations

    def start(self, c: list[Any]) -> tuple[t.Statement, ...]:
        return tuple(c)

    def import_(self, c: list[Any]) -> t.Import:
        return t.Import(self._statement(c), self._value(c[1]))

    def defaults(self, c: list[Any]) -> t.Defaults:
        return t.Defaults(self._statement(c), tuple(c[2:-1]))

    def service(self, c: list[Any]) -> t.Service:
        at = 3 if kind(c[2]) == "STRING" else 2
        self._brace_beside(c[1], c[at])
        title = self._value(c[2]) if at == 3 else None
        return t.Service(self._statement(c), self._name(c[1]), title, tuple(c[at + 1 : -1]))

    def template(self, c: list[Any]) -> t.Template:
        at = next(i for i, child in enumerate(c) if kind(child) == "LBRACE")
        return t.Template(self._statement(c), self._name(c[1]), tuple(c[2:at]), tuple(c[at + 1 : -1]))

    def param(self, c: list[Any]) -> t.Parameter:
        default = self._value(c[1]) if len(c) > 1 else None
        return t.Parameter(self._span(c[0], c[-1]), self._parameter(c[0]), default)

    def named_alerts(self, c: list[Any]) -> t.NamedAlerts:
        self._brace_beside(c[1], c[2])
        return t.NamedAlerts(self._statement(c), self._name(c[1]), tuple(c[3:-1]))

    def named_policy(self, c: list[Any]) -> t.NamedPolicy:
        self._brace_beside(c[1], c[2])
        return t.NamedPolicy(self._statement(c), self._name(c[1]), tuple(c[3:-1]))

    def slo(self, c: list[Any]) -> t.Slo:
        draft = int(c[0].kind == "DRAFT")
        span = self._statement(c, 1)
        if draft:
            self._statement(c, 2)
        brace = draft + (5 if c[draft + 2].kind == "STRING" else 4)
        self._brace_beside(c[draft + 1], c[brace])
        title = self._value(c[draft + 2]) if brace == draft + 5 else None
        window = c[brace - 1]
        return t.Slo(
            span,
            bool(draft),
            self._name(c[draft + 1]),
            title,
            self._value(c[brace - 2]),
            self._whole(window) if isinstance(window, Token) else window,
            tuple(c[brace + 1 : -1]),
        )

    def journey(self, c: list[Any]) -> Journey:
        written = self.slo(c)
        own = tuple(item for item in written.items if isinstance(item, t.Owner | t.Formerly))
        promised = tuple(item for item in written.items if item not in own)
        slo = replace(written, name=t.Name(written.name.span, JOURNEY), items=promised)
        return Journey(written.span, written.name, written.title, (*own, slo), slo)

    def through(self, c: list[Any]) -> Through:
        return Through(self._statement(c), tuple(c[1:]))

    def part(self, c: list[Any]) -> Part:
        choices = tuple(Ref(token, token.value) for token in c if token.kind == "REF")
        times = self._value(c[-2]) if c[-1].kind == "TIMES" else None
        return Part(self._span(c[0], c[-1]), choices, times)

    def counted(self, c: list[Any]) -> Counted:
        return Counted(self._statement(c), Ref(c[1], c[1].value))

    def calendar(self, c: list[Any]) -> t.Calendar:
        return t.Calendar(self._span(c[0], c[1]), _bare(c[1]))

    # Settings

    def owner(self, c: list[Any]) -> t.Owner:
        return t.Owner(self._statement(c), self._value(c[1]))

    def stakeholders(self, c: list[Any]) -> t.Stakeholders:
        return t.Stakeholders(self._statement(c), tuple(map(self._value, c[1:])))

    def runbook(self, c: list[Any]) -> t.Runbook:
        return t.Runbook(self._statement(c), self._value(c[1]))

    def link(self, c: list[Any]) -> t.Link:
        return t.Link(self._statement(c), self._value(c[1]), self._value(c[2]))

    def labels(self, c: list[Any]) -> t.Labels:
        return t.Labels(self._statement(c), tuple(c[2:-1]))

    def label(self, c: list[Any]) -> t.Label:
        return t.Label(self._span(c[0], c[-1]), self._label_name(c[0]), self._value(c[-1]))

    def allow(self, c: list[Any]) -> t.Allow:
        self._because_beside(c[1], c[2])
        return t.Allow(self._statement(c), _bare(c[1]), self._value(c[3]))

    def formerly(self, c: list[Any]) -> t.Formerly:
        return t.Formerly(self._statement(c), tuple(map(self._name, c[1:])))

    def because(self, c: list[Any]) -> t.Because:
        return t.Because(self._statement(c), self._value(c[1]))

    def review(self, c: list[Any]) -> t.Review:
        last = self._value(c[3]) if len(c) > 3 else self._value(c[2]) if len(c) > 2 else None
        return t.Review(self._statement(c), self._whole(c[1]), last)

    def maintenance(self, c: list[Any]) -> t.Maintenance:
        zone = next((child for child in c if isinstance(child, t.Name)), None)
        until = next((child for child in c if isinstance(child, t.Date)), None)
        self._because_beside(until or zone or c[4], c[-2])
        when = _bare(c[2]) if c[2].kind == "DAY" else self._value(c[2])
        self._statement(c[:2])
        return t.Maintenance(
            self._span(c[0], c[-1]),
            self._value(c[1]),
            when,
            self._value(c[3]),
            self._whole(c[4]),
            zone,
            until,
            self._value(c[-1]),
        )

    def zone(self, c: list[Any]) -> t.Name:
        return _bare(c[0])

    def until(self, c: list[Any]) -> t.Date:
        day: t.Date = self._value(c[0])
        return day

    def except_(self, c: list[Any]) -> t.Except:
        chosen = self._choice(c[1]) if isinstance(c[1], SETS) else None
        begin, end, because = c[-4:-1]
        self._because_beside(end, because)
        return t.Except(self._statement(c), chosen, self._value(begin), self._value(end), self._value(c[-1]))

    def risk(self, c: list[Any]) -> t.Risk:
        on = c[5] if len(c) > 5 else ()
        end = on[-1] if on else c[4]
        self._statement(c[:2])
        return t.Risk(
            self._span(c[0], end), self._value(c[1]), self._whole(c[2]), self._whole(c[3]), self._value(c[4]), on
        )

    def feedback(self, c: list[Any]) -> t.Feedback:
        on = c[3] if len(c) > 3 else ()
        self._statement(c[:2])
        day = self._value(c[1])
        return t.Feedback(self._span(c[0], on[-1] if on else c[2]), day, self._value(c[2]), on)

    def on(self, c: list[Any]) -> tuple[t.Name, ...]:
        return tuple(map(_bare, c))

    # Templates in use

    def use(self, c: list[Any]) -> t.Use:
        draft = int(c[0].kind == "DRAFT")
        args = tuple(child for child in c if isinstance(child, t.Arg))
        prefix = next((child for child in c if isinstance(child, t.Name)), None)
        without = next((child for child in c if isinstance(child, tuple)), ())
        overrides = tuple(child for child in c if isinstance(child, t.Override))
        last = without[-1] if without else prefix or (args[-1] if args else c[draft + 1])
        brace = next((child for child in c if kind(child) == "LBRACE"), None)
        if brace:
            close = self.source.text.rfind(")", last.span.end, brace.start)  # the tree omits it
            named = without or prefix or close < 0
            self._brace_beside(last if named else Token(self.source, close, close + 1, "RPAR", ")"), brace)
            last = c[-1]
        self._statement(c[: draft + 2], draft + 1)
        return t.Use(self._span(c[0], last), bool(draft), _bare(c[draft + 1]), args, prefix, without, overrides)

    def override(self, c: list[Any]) -> t.Override:
        self._brace_beside(c[1], c[2])
        return t.Override(self._statement(c), _bare(c[1]), tuple(c[3:-1]))

    def as_name(self, c: list[Any]) -> t.Name:
        return self._name(c[0])

    def without(self, c: list[Any]) -> tuple[t.Name, ...]:
        return tuple(map(_bare, c))

    def arg(self, c: list[Any]) -> t.Arg:
        value = self._value(c[-1]) if isinstance(c[-1], Token) else c[-1]
        return t.Arg(self._span(c[0], c[-1]), self._parameter(c[0]), value)

    # Events

    def stream(self, c: list[Any]) -> t.StreamDef:
        exclude = next((child for child in c if isinstance(child, t.Filters)), None)
        sum_ = next(child for child in c if isinstance(child, t.Sum))
        reason = c[-1] if isinstance(c[-1], TEXTS) else None
        return t.StreamDef(self._statement(c), self._name(c[1]), sum_, exclude, reason)

    def events(self, c: list[Any]) -> t.Events:
        of = self._value(c[1]) if isinstance(c[1], Token) else c[1]
        return t.Events(self._statement(c), of)

    def sum(self, c: list[Any]) -> t.Sum:
        terms = tuple([child for child in c if isinstance(child, SETS)])
        unit = c[-1] if isinstance(c[-1], t.Name) else None
        native = kind(c[0]) == "NATIVE"
        return t.Sum(self._span(c[0], c[-1]), terms, native, unit)

    def named_native(self, c: list[Any]) -> t.Selector:
        return t.Selector(self._span(c[0], c[0]), _bare(c[0]), None)

    def unit(self, c: list[Any]) -> t.Name:
        return _bare(c[0])

    def selector(self, c: list[Any]) -> t.Selector:
        token = c[0]
        name = self._value(token) if token.kind == "PARAM" else _bare(token)
        narrowed = c[1] if len(c) > 1 else None
        if isinstance(narrowed, t.Selector):  # `x{"a.metric"}`: a metric's name inside another's braces
            self._report("E106", "a selector can name only one metric", narrowed.span)
            narrowed = narrowed.filter
        elif narrowed is not None:
            self._brace_beside(name, narrowed.span, "write the braces directly after the name")
        return t.Selector(self._span(token, c[-1]), name, narrowed)

    counter = selector

    def filter(self, c: list[Any]) -> t.Filter | t.Selector:
        span, metrics = self._span(c[0], c[-1]), [child for child in c if isinstance(child, t.Text)]
        if not metrics:
            return t.Filter(span, tuple(c[1:-1]))
        matchers = tuple(child for child in c if isinstance(child, t.Matcher))
        for extra in metrics[1:]:
            self._report("E106", "a selector can name only one metric", extra.span)
        return t.Selector(span, metrics[0], t.Filter(span, matchers))

    def metric_name(self, c: list[Any]) -> Any:
        return self._value(c[0])

    def matcher(self, c: list[Any]) -> t.Matcher:
        return t.Matcher(self._span(c[0], c[2]), self._label_name(c[0]), c[1].value, self._value(c[2]))

    def filters(self, c: list[Any]) -> t.Filters:
        choices = [self._choice(child) for child in c if kind(child) != "OR"]
        return t.Filters(self._span(c[0], c[-1]), tuple(filter(None, choices)))

    def _choice(self, child: Any) -> Any:
        if isinstance(child, t.Selector):
            self._report("E106", "a filter cannot name a metric, only labels", child.name.span)
            return child.filter
        return self._value(child) if isinstance(child, Token) else child

    def exclude(self, c: list[Any]) -> t.Exclude:
        what = c[2] if kind(c[1]) == "WHEN" else c[1]
        reason = c[-1] if isinstance(c[-1], TEXTS) else None
        return t.Exclude(self._statement(c), self._value(what) if isinstance(what, Token) else what, reason)

    def counters(self, c: list[Any]) -> t.Sum:
        return t.Sum(self._span(c[0], c[-1]), tuple(child for child in c if isinstance(child, SETS)), False, None)

    def reason(self, c: list[Any]) -> Any:
        return self._value(c[0])

    # The classification of events

    def good(self, c: list[Any]) -> t.Measure:
        bounds = [at for at, child in enumerate(c) if isinstance(child, t.Bound)]
        other = c[1] if isinstance(c[1], (t.When, t.Fold)) else self._value(c[1]) if kind(c[1]) == "PROMQL" else None
        sets = tuple([child for child in c if isinstance(child, SETS)])
        by_or = "OR" in map(kind, c)
        joined: Any = "or" if by_or else "+" if len(sets) > 1 else ""  # Lark drops `+`, as it does in `sum`
        bound = c[bounds[0]] if bounds else None
        parts = [c[begin + 1 : end + 1] for begin, end in pairwise([0, *bounds])] if len(bounds) > 1 else []
        bounded = tuple(map(self._with_bound, parts))
        return t.Measure(self._statement(c), c[0].value, sets, joined, bound, other, bounded)

    bad = good

    def _with_bound(self, c: list[Any]) -> t.Bounded:
        sets = [child for child in c if isinstance(child, SETS)]
        return t.Bounded(self._span(sets[0] if sets else c[0], c[-1]), len(sets), c[-1])

    def when(self, c: list[Any]) -> t.When:
        if not isinstance(c[1], Token):
            return t.When(self._span(c[0], c[-1]), tuple(c[1:]), None)
        return t.When(self._span(c[0], c[-1]), self._value(c[1]), self._value(c[2]) if len(c) > 2 else None)

    def comparison(self, c: list[Any]) -> t.Comparison:
        return t.Comparison(self._span(c[0], c[-1]), c[0], c[1].value, self._value(c[2]))

    def fold(self, c: list[Any]) -> t.Fold:
        return t.Fold(self._span(c[0], c[-1]), _bare(c[0]), c[1])

    inner = fold

    def quotient(self, c: list[Any]) -> t.Quotient:
        return t.Quotient(self._span(c[0], c[1]), c[0], c[1])

    def bound(self, c: list[Any]) -> t.Bound:
        return t.Bound(self._span(c[0], c[1]), c[0].value, self._value(c[1]))

    def slices(self, c: list[Any]) -> t.Slices:
        each = kind(c[-1]) == "EACH"
        at_least = self._value(c[2]) if len(c) > 2 and not each else None
        return t.Slices(self._statement(c), self._whole(c[1]), at_least, each)

    def no_data_is(self, c: list[Any]) -> t.NoDataIs:
        return t.NoDataIs(self._span(c[0], c[-1]), c[-1].value)

    def per(self, c: list[Any]) -> t.Per:
        return t.Per(self._statement(c), tuple(c[1:]))

    def per_label(self, c: list[Any]) -> t.PerLabel:
        names = [self._label_name(token) for token in c]
        return t.PerLabel(self._span(c[0], c[-1]), names[0], names[-1])

    def target(self, c: list[Any]) -> t.TargetFor:
        filter_ = self._choice(c[1])
        assert isinstance(filter_, t.Filter)
        return t.TargetFor(self._statement(c), filter_, self._value(c[2]))

    # Alerts and policy

    def alerts(self, c: list[Any]) -> t.Alerts:
        name = _bare(c[1]) if c[1].kind == "NAME" else None
        return t.Alerts(self._statement(c), tuple(c[2:-1]), name, c[1].kind == "NONE")

    def alert(self, c: list[Any]) -> Any:
        line, *rest = c[1]
        return line(self._span(c[0], rest[-1] or rest[-2]), c[0].value, *rest)

    def burn(self, c: list[Any]) -> tuple[Any, ...]:
        return t.BurnLine, self._value(c[0]), self._whole(c[1]), c[2] if len(c) > 2 else None

    def share(self, c: list[Any]) -> tuple[Any, ...]:
        return t.ShareLine, self._value(c[1]), self._whole(c[3]), c[4] if len(c) > 4 else None

    def exhausted(self, c: list[Any]) -> tuple[Any, ...]:
        return t.ExhaustedLine, self._whole(c[2]), c[3] if len(c) > 3 else None

    def remaining(self, c: list[Any]) -> tuple[Any, ...]:
        return t.RemainingLine, self._value(c[2])

    def no_data(self, c: list[Any]) -> tuple[Any, ...]:
        of_one, unless = c[2] if isinstance(c[2], t.Node) else None, c[-1] if isinstance(c[-1], t.Proof) else None
        return t.NoDataLine, of_one, self._whole(c[3 if of_one else 2]), unless

    def of_one(self, c: list[Any]) -> t.Name | t.Text:
        return self._label_name(c[0])

    def unless(self, c: list[Any]) -> t.Proof:
        return t.Proof(self._span(c[0], c[2]), c[0], c[1].value, self._value(c[2]))

    def down(self, c: list[Any]) -> tuple[Any, ...]:
        return t.DownLine, self._whole(c[1])

    def needs(self, c: list[Any]) -> t.Needs:
        least = {kind(after): self._value(one) for one, after in pairwise(c) if kind(one) in ("NUMBER", "PARAM")}
        return t.Needs(self._span(c[0], c[-1]), least.get("BAD"), least.get("EVENTS"))

    def policy(self, c: list[Any]) -> t.Policy:
        name = _bare(c[1]) if c[1].kind == "NAME" else None
        return t.Policy(self._statement(c), tuple(c[2:-1]), name, c[1].kind == "NONE")

    def step(self, c: list[Any]) -> t.Step:
        below = self._value(c[1]) if c[0].kind == "BELOW" else None
        at = 2 if below else 1
        marks = {token.kind for token in c[at + 1 :]}
        return t.Step(self._span(c[0], c[-1]), below, self._value(c[at]), "NOTIFY" in marks, "GATE" in marks)
