"""The subject of a case: an SLO, the values of its `per` labels with their targets, and the checks of its rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from slocompiler import burn, promql
from slocompiler.ir import Alert, Burn, Exhausted, Matcher, NoData, Remaining, Severity, Slices, Slo
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.series import up
from slocompiler.targets.promtest import events, oracle
from slocompiler.targets.promtest.kit import Kit
from slocompiler.targets.promtest.labels import Impossible, Labels
from slocompiler.targets.promtest.scenario import COARSE, MANY, Check, Clock, Phase, clock
from slocompiler.targets.shared import Options, severity_name

DOES: dict[Severity, str] = {"page": "page", "ticket": "open a ticket", "notify": "notify"}
NEAR = 0.03
"""The allowed relative difference of a recorded ratio from the counted one."""
EXACT = 1000
"""The bad events between two samples of an SLO that spends its budget evenly: enough to make rounding harmless."""
LEAST_BUDGET = 5e-10
"""The least budget, as a share of all events, whose events promtool's 64-bit numbers still count exactly."""


class Angle(NamedTuple):
    """One value of the `per` labels with its target and lines; the SLO itself without `per`."""

    value: Labels
    alerts: tuple[Alert, ...]
    promise: oracle.Promise
    kit: Kit

    def lines(self, severity: Severity) -> list[Burn | Exhausted]:
        """The lines of `SLOBurn` of one severity, which share an alert."""
        return [line for line in self.alerts if isinstance(line, Burn | Exhausted) and line.severity == severity]

    def hiding(self, severity: Severity) -> list[Burn | Exhausted]:
        """The lines that hide `SLOBurn` of one severity while they hold: a page says what a ticket would."""
        return self.lines("page") if severity == "ticket" else []


class Subject:
    """An SLO with everything that its cases need. Raises Impossible and Undecided, as `labels.solve` does."""

    def __init__(self, slo: Slo, options: Options) -> None:
        self.slo, self.options = slo, options
        self.jobs = events.jobs(slo)
        self.slice = burn.slice_of(slo)
        self.coarse = clock(max(COARSE.step, self.slice))
        self.deployment = {label.name: label.value for label in slo.deployment.labels} if slo.deployment else {}
        own, others = events.values(slo)
        self.angle, *self.twins = [self._angle(value, float(slo.target), slo.alerts) for value in own]
        chosen = zip(others, slo.overrides, strict=True)
        self.others = [self._angle(value, float(o.target), o.alerts) for value, o in chosen]

    def _angle(self, value: Labels, target: float, alerts: tuple[Alert, ...]) -> Angle:
        kit = events.kit(self.slo, value)
        if lacking := kit.lacking():
            raise Impossible(f"no event is {lacking}")
        if 1 - target < LEAST_BUDGET:
            raise Impossible("its budget is less than one event in a billion")
        promise = oracle.Promise(target, self.slo.window, self.options.scrape_interval, self.slice)
        return Angle(value, alerts, promise, kit)

    def budgets(self, angle: Angle) -> list[Remaining]:
        """The lines of `SLOBudget`: those of the SLO, and the steps of its policy that notify."""
        lines = [line for line in self.slo.alerts if isinstance(line, Remaining)]
        if self.slo.alerts and angle.alerts:
            lines += [Remaining(severity="notify", below=step.below) for step in self.slo.policy if step.notify]
        return lines

    def targets(self, values: str) -> dict[str, str]:
        """The `up` series of the scrape targets."""
        return {up(self.slo, (Matcher("job", "=", job),)): values for job in self.jobs}

    def scraped(self, values: str) -> dict[str, str]:
        """The same beside the data of the SLO; none if the SLO itself or its alerts about missing data read `up`."""
        read = [*self.slo.indicator.streams] if isinstance(self.slo.indicator, Slices) else []
        read += [line.unless.stream for line in self.slo.alerts if isinstance(line, NoData) and line.unless]
        return {} if any(stream.metric == "up" for stream in read) else self.targets(values)

    # Expressions and checks

    def series(self, name: str, value: Labels | None = None, **more: str) -> str:
        """The selector of a series of this SLO."""
        labels = {"slo": self.slo.id, **self.deployment, **more, **(value or {})}
        return promql.selector(name, tuple(Matcher(label, "=", text) for label, text in labels.items()))

    def alert(self, name: str, value: Labels | None = None, severity: Severity | None = None, **more: str) -> str:
        """An expression for the number of firing alerts of a name."""
        if severity:
            more["severity"] = severity_name(severity, self.slo.deployment, self.options)
        return self.count(self.series("ALERTS", value, alertname=name, alertstate="firing", **more))

    @staticmethod
    def count(expr: str) -> str:
        """An expression for the number of samples that `expr` returns."""
        return f"count({expr}) or vector(0)"

    def silent(self, tick: int, when: str) -> Check:
        """The check that no alert fires."""
        expr = self.count(self.series("ALERTS", alertstate="firing"))
        return Check(expr, tick, 0, f"nothing should alert {when}; it did")

    def near(self, name: str, tick: int, bounds: tuple[float, float] | None, value: Labels) -> list[Check]:
        """The check that a recorded ratio is the counted one; none without bounds."""
        if bounds is None:
            return []
        low, high = bounds
        near = 1e-9 + NEAR * max(abs(low), abs(high))
        expr = self.count(f"{self.series(name, value)} >= {low - near:.9g} <= {high + near:.9g}")
        expected = f"{low:.4g}" if high - low <= near else f"{low:.4g} to {high:.4g}"
        return [Check(expr, tick, 1, f"{name} should be {expected}; it was not")]

    def ratio(self, window: int) -> str:
        """The name of the recorded error ratio over a window in seconds."""
        return f"slo:error_ratio:rate{promql.duration(window)}"

    def keeps(self, severity: Severity) -> int:
        """The seconds for which `SLOBurn` fires on."""
        return chosen(self.options).keeps(severity)

    def traffic(self, angle: Angle, clock: Clock) -> int:
        """The events between two samples: enough for an exact ratio, and for every line that needs a number of events.

        Rules count events as the rate of each evaluation times the interval of evaluation. In a case, fewer
        evaluations are in a window, so more events are needed.
        """
        enough = max(MANY, round(EXACT / angle.promise.budget))
        for line in (line for severity in DOES for line in angle.lines(severity)):
            ratio = angle.promise.threshold(line) if isinstance(line, Burn) else angle.promise.least(line)
            evaluations = max(1, angle.promise.windows(line)[0] // clock.step)
            counted = evaluations * self.options.evaluation_interval / clock.interval
            enough = max(enough, round(2 * line.needs / (ratio * counted)), round(2 * line.traffic / counted))
        return enough

    def burning(
        self, angle: Angle, clock: Clock, phases: Sequence[Phase], severities: Iterable[Severity] = tuple(DOES)
    ) -> list[Check]:
        """The checks of when `SLOBurn` fires and when it does not, for each severity."""
        history = clock.history(phases)
        checks = []
        for severity in severities:
            does = DOES[severity]
            met = oracle.any_met(angle.lines(severity), angle.promise, history)
            met = oracle.unless(met, oracle.any_met(angle.hiding(severity), angle.promise, history))
            known = oracle.firing(met, clock.step, oracle.WAITS[severity], self.keeps(severity))
            expr = self.alert("SLOBurn", angle.value, severity)
            if angle.lines(severity):
                checks += [
                    Check(expr, tick, int(state), sentence(does, state, tick, clock, phases, angle.promise))
                    for tick, state in oracle.worth(known, accumulate(phase.ticks for phase in phases))
                ]
        return checks

    def spending(self, angle: Angle, clock: Clock, phases: Sequence[Phase]) -> list[Check]:
        """The checks of when `SLOBudget` fires and when it does not, for every line."""
        history = clock.history(phases)
        checks = []
        lines = self.budgets(angle)
        for line in lines:
            known = oracle.spent(line, lines, angle.promise, history)
            below = f"{promql.number(line.below * 100)}%"
            expr = self.alert("SLOBudget", angle.value, line.severity, below=below)
            for tick, state in oracle.worth(known, accumulate(phase.ticks for phase in phases)):
                left = history.left(tick, self.slo.window, angle.promise.budget)
                does = f"{DOES[line.severity]} below {below}"
                end = "should {0}; it did not" if state else "should not {0}; it did"
                checks.append(
                    Check(expr, tick, int(state), f"with {100 * (left or 0):.3g}% left it {end.format(does)}")
                )
        return checks


def sentence(does: str, state: bool, tick: int, clock: Clock, phases: Sequence[Phase], promise: oracle.Promise) -> str:
    """What should have happened at a tick and did not, in words."""
    begin, burns = 0, False
    for phase in phases:
        if tick <= begin + phase.ticks:
            break
        burns |= phase.bad > 0
        begin += phase.ticks
    elapsed = promql.duration((tick - begin) * clock.step)
    if phase.bad:
        rate = f"{phase.bad / (phase.bad + phase.good) / promise.budget:.4g}×"
        return (
            f"{rate} should {does} within {elapsed}; it did not"
            if state
            else f"{rate} for {elapsed} should not {does}; it did"
        )
    if burns:
        return (f"it should still {does} {elapsed} after the errors; it did not" if state
                else f"it should no longer {does} {elapsed} after the errors; it did")  # fmt: skip  # two branches
    return f"it should not {does} without errors; it did"
