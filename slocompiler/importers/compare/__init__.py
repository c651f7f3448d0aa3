"""Compares imported SLOs with the other tool: promtool computes the ratios, or the alerts, of both from the same events.

    rows ─sloth, pyrra─▶ their rules ┐
    SLOs ─prometheus target─▶ ours   ├─ tests whose expectations are impossible ─promtool─▶ answers ─table─▶ texts
    scenes ─▶ series, and the truth  ┘

Pure: the command line runs promtool.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import isclose
from typing import Literal, NamedTuple

from slocompiler.importers.compare import alerts, pyrra, sloth
from slocompiler.importers.compare.alerts import Fired
from slocompiler.importers.compare.scenes import SCENES, Scene
from slocompiler.importers.compare.theirs import GROUP, Theirs
from slocompiler.importers.report import Row
from slocompiler.ir import Program, Service, Slo
from slocompiler.targets.prometheus import render as prometheus
from slocompiler.targets.promtest.render import document, testable, untested
from slocompiler.targets.promtest.rules import excerpt, parts
from slocompiler.targets.promtest.scenario import COARSE, Case, Check, Phase
from slocompiler.targets.promtest.subject import Subject
from slocompiler.targets.shared import Options

Which = Literal["shape", "all", "alerts"]
"""The ratios of one SLO of each tool and each way to write it, or of every SLO; or the alerts of one of each."""
_TOOLS = {"sloth": sloth.rules, "pyrra": pyrra.rules}
_PERIOD = "slo:error_ratio:period"
_SIDES = ("theirs", "ours")
_IMPOSSIBLE = -1
"""No ratio is this, so that promtool prints each one."""
_EQUAL = 1e-3
"""The greatest relative difference of equal ratios."""
_NOTHING = "record nothing of the made-up series; perhaps one part of a sum has none"
_SPELLED = re.compile(r'\ble="([^"]+)"')
_GOT = re.compile(
    r'^ +expr: ("(?:[^"\\]|\\.)*"), time: [^\n]*?,(?: err: [^\n]*|\n +exp: [^\n]*\n +got: (?:nil|\{[^\n]*\} (\S+)))$',
    re.MULTILINE,
)
"""An expression, which Go quotes with escapes that Python shares, and its value."""


class Answer(NamedTuple):
    """The share of bad events in a scene."""

    scene: Scene
    tool: str
    true: float
    """By counting the events."""
    theirs: float | None
    """None if nothing was recorded."""
    ours: float | None

    @property
    def is_equal(self) -> bool:
        """Whether both tools have the same ratio."""
        return None not in (self.theirs, self.ours) and isclose(self.theirs or 0, self.ours or 0, rel_tol=_EQUAL)

    @property
    def why(self) -> str:
        """Why the ratios differ; "" if they are equal, or if no reason is known."""
        return "" if self.is_equal else self.scene.why.get(self.tool, "")


class Compared(NamedTuple):
    """What became of the comparison of an SLO."""

    slo: str
    tool: str
    budget: float
    """The share of events that may be bad."""
    reason: str
    """Why it is not compared; "" if it is."""
    answers: tuple[Answer, ...] = ()
    fired: tuple[Fired, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether every difference has a known reason. So it is for an SLO that is not compared."""
        judged = [(one.is_equal, one.why) for one in self.answers] + [(one.is_equal, one.why) for one in self.fired]
        return all(is_equal or why for is_equal, why in judged)


class Comparison(NamedTuple):
    """A comparison of one SLO, before promtool has run."""

    slo: Slo
    theirs: Theirs
    files: dict[str, str]
    """The tests and their rules, for promtool."""
    truths: tuple[float, ...]
    """The counted ratio of each scene."""
    subject: Subject
    phases: tuple[list[Phase], ...]
    """The traffic of each scene."""
    alerting: bool
    """Whether it compares alerts."""

    def read(self, found: Mapping[str, float | None]) -> Compared:
        """The result from the answers of promtool."""
        return self._alerts(found) if self.alerting else self._ratios(found)

    def _alerts(self, found: Mapping[str, float | None]) -> Compared:
        fired: list[Fired] = []
        for scene, phases in zip(SCENES, self.phases, strict=True):
            answers = {
                side: {tick: int(found.get(_key(self.slo, scene, side, tick)) or 0) for tick in _ticks(phases)}
                for side in _SIDES
            }
            fired += alerts.compared(scene, self.slo, self.theirs, self.subject, phases, answers)
        return Compared(self.slo.id, self.theirs.tool, float(1 - self.slo.target), "", (), tuple(fired))

    def _ratios(self, found: Mapping[str, float | None]) -> Compared:
        answers = []
        for scene, true in zip(SCENES, self.truths, strict=True):
            theirs, ours = (found.get(_key(self.slo, scene, side)) for side in _SIDES)
            answers.append(Answer(scene, self.theirs.tool, true, theirs, ours))
        tool, budget = self.theirs.tool, float(1 - self.slo.target)
        if answers[0].theirs is None and answers[0].ours is not None:
            return Compared(self.slo.id, tool, budget, f"{tool}'s rules {_NOTHING}")
        return Compared(self.slo.id, tool, budget, "", tuple(answers))


def read(printed: str) -> dict[str, float | None]:
    """The values of all expressions by their comments, from the output of promtool; None for one without a value."""
    return {
        ast.literal_eval(quoted).rpartition(" # ")[2]: float(value) if value else None
        for quoted, value in _GOT.findall(printed)
    }


def comparisons(
    rows: Sequence[Row], program: Program, options: Options, which: Which, unfit: Callable[[Slo], str]
) -> Iterator[Comparison | Compared]:
    """The comparisons of imported SLOs, or the reasons why they are not compared. `unfit` knows reasons of its own.

    An SLO that cannot be compared represents its shape only if no other one can.
    """
    alerting = which == "alerts"
    slos = {slo.id: (service, slo) for service in program.services for slo in service.slos}
    shapes: dict[object, Comparison | Compared] = {}
    for row in rows:
        shape = row.new if which == "all" else (row.tool, row.how)
        if row.new and not isinstance(shapes.get(shape), Comparison):
            service, slo = slos[row.new]
            found = _comparison(row, service, slo, options, unfit, alerting)
            if isinstance(found, Comparison) or shape not in shapes:
                shapes[shape] = found
    yield from shapes.values()


def _comparison(
    row: Row, service: Service, slo: Slo, options: Options, unfit: Callable[[Slo], str], alerting: bool
) -> Comparison | Compared:
    known = _TOOLS.get(row.tool)
    theirs = known(row.field, slo) if known else "sloc knows the rules of Sloth and Pyrra only"
    reason = untested(slo) or unfit(slo) or (theirs if isinstance(theirs, str) else "")
    if alerting and not reason and not slo.alerts and not isinstance(theirs, str) and not theirs.alerts:
        reason = "it has no alerts"
    if isinstance(theirs, str) or reason:
        return Compared(slo.id, row.tool, float(1 - slo.target), reason)
    plain = testable(options)
    subject = Subject(slo, plain)
    many = subject.traffic(subject.angle, COARSE)
    asked = [theirs.answer, subject.series(_PERIOD, subject.angle.value)]
    sides = [alerts.theirs(), alerts.ours(subject)] if alerting else [f"sum({expr})" for expr in asked]
    cases, truths, traffic = [], [], []
    for scene in SCENES:
        phases = scene.phases(subject.angle.promise.budget, many)
        (*_, end) = _ticks(phases)
        checks = [
            Check(expr, tick, _IMPOSSIBLE, _label(side, tick if alerting else 0))
            for expr, side in zip(sides, _SIDES, strict=True)
            for tick in (_ticks(phases) if alerting else (end,))
        ]
        found = _spelled(scene.series(subject.angle.kit, phases), theirs)
        cases.append(Case(f"{slo.id}: {scene.name}", COARSE, found, checks))
        truths.append(COARSE.history(phases).ratio(end, slo.window) or 0.0)
        traffic.append(phases)
    name = slo.id.replace("/", ".")
    rules = excerpt(parts(prometheus.rules_of(slo, service, plain)), sides[1:] if alerting else asked[1:])
    files = {
        f"{name}.rules.yaml": f"{rules}{theirs.alerting() if alerting else theirs.group()}",
        f"{name}.test.yaml": document(slo, name, COARSE.step, cases, [GROUP]),
    }
    return Comparison(slo, theirs, files, tuple(truths), subject, tuple(traffic), alerting)


def _ticks(phases: Sequence[Phase]) -> range:
    return range(1, sum(phase.ticks for phase in phases) + 1)


def _key(slo: Slo, scene: Scene, side: str, tick: int = 0) -> str:
    """How a check is called in the output of promtool."""
    return f"{slo.id}: {scene.name}: {_label(side, tick)}"


def _label(side: str, tick: int) -> str:
    return f"{side} at {tick}" if tick else side


def _spelled(series: Mapping[str, str], theirs: Theirs) -> dict[str, str]:
    """The series with bounds of buckets as the other tool writes them, such as `5.0`: sloc selects each spelling."""
    spelled = {_number(text): text for rule in theirs.rules for text in _SPELLED.findall(rule.expr)}

    def replaced(name: str) -> str:
        return _SPELLED.sub(lambda found: f'le="{spelled.get(_number(found[1]), found[1])}"', name)

    return {replaced(name): values for name, values in series.items()}


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
