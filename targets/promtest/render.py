"""Renders unit tests for promtool, and the rules that they test."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.ir import Down, Service, Slo, Through
from slocompiler.record import replace
from slocompiler.targets import shared
from slocompiler.targets.prometheus import render as prometheus
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.yaml import scalar, single_quoted
from slocompiler.targets.promtest import maintenance, moments, slices
from slocompiler.targets.promtest.cases import cases
from slocompiler.targets.promtest.down import soonest
from slocompiler.targets.promtest.labels import Impossible, Undecided
from slocompiler.targets.promtest.rules import Part, excerpt, parts
from slocompiler.targets.promtest.scenario import Case
from slocompiler.targets.promtest.subject import Subject
from slocompiler.targets.shared import Files, Options
from slocompiler.visible import shown

LONGEST = 150
"""The seconds of a slice, at most, whose share of bad ones a journey knows within five minutes."""


def untested(slo: Slo) -> str:
    """Why an SLO has no cases; "" if it has some."""
    if isinstance(slo.indicator, Through) and any(one.slices > LONGEST for one in slo.indicator.passed):
        return "sloc generates no series for long slices of time"
    return _without_events(slo)


def _without_events(slo: Slo) -> str:
    """Why there are no labels for its events, or none were found; "" if they were. `sloc check` reports what never occurs."""
    try:
        slices.can_be_tested(Subject(slo, Options()))
        moments.can_be_tested(slo)
    except (Undecided, Impossible) as reason:
        return str(reason)
    return ""


def render_service(service: Service, options: Options) -> Files:
    """For every SLO, files `<service>.<slo>.<number>.test.yaml`, each with its rules.

    A promtool file has one evaluation interval, which cannot suit both windows of an hour and windows of days. Each of
    its tests evaluates all of its rules.
    """
    plain = testable(options)
    for slo in (slo for slo in service.slos if not untested(slo)):
        usual = replace(slo, maintenance=(), exceptions=())
        tests_of = _together(cases(soonest(usual, service), plain), _rules(usual, service, plain))
        for one in maintenance.moved(slo):
            tests_of |= _together(maintenance.cases(one, plain), _rules(one, service, plain))
        for number, ((rules, step), tests) in enumerate(tests_of.items(), 1):
            name = f"{options.folder}{service.name}.{slo.name}.{number}"
            yield f"{name}.rules.yaml", rules
            yield f"{name}.test.yaml", document(slo, name, step, tests)


def _rules(slo: Slo, service: Service, options: Options) -> list[Part]:
    return parts(prometheus.rules_of(slo, service, options))


def testable(options: Options) -> Options:
    """The options for rules that promtool evaluates: without what needs the real intervals."""
    tested = replace(chosen(options), catch_up=False, late_series=False, ruler="files", files="one")
    return replace(options, targets={**options.targets, "prometheus": tested})


def _together(tests: Iterable[Case], rendered: list[Part]) -> dict[tuple[str, int], list[Case]]:
    """The cases by the rules and the evaluation interval that they need."""
    found: dict[tuple[str, int], list[Case]] = {}
    for case in tests:
        rules = excerpt(rendered, [check.expr for check in case.checks], case.given)
        found.setdefault((rules, case.clock.step), []).append(case)
    return found


def document(slo: Slo, name: str, step: int, tests: Iterable[Case], more: Iterable[str] = ()) -> str:
    """The tests of the rules in `<name>.rules.yaml`; they also have the groups `more`, which are evaluated last.

    `step` is the number of seconds between two evaluations.
    """
    lines = [
        f"# {shared.header(f'{name}.test.yaml', scalar(slo.source))} `promtool test rules` runs it.",
        f"rule_files: [{name.rpartition('/')[2]}.rules.yaml]",
        f"evaluation_interval: {step}s",
        "group_eval_order:",
        *(f"- {scalar(f'{slo.id} {kind}')}" for kind in ("sli", "rollup", "budget")),
        *([f"- {scalar(f'{slo.service} down')}"] if any(isinstance(line, Down) for line in slo.alerts) else []),
        *(f"- {scalar(group)}" for group in more),
        "tests:",
    ]
    for case in tests:
        lines += _test(case)
    return "\n".join(lines) + "\n"


def _flow(values: str) -> str:
    """Values inside a mapping in braces; those of native histograms have braces too."""
    return single_quoted(values) if "{" in values else values


def _test(case: Case) -> list[str]:
    """One test. A comment in each expression says what its failure means, because promtool prints the expression."""
    return [
        f"- name: {single_quoted(case.name)}",
        f"  interval: {case.clock.interval}s",
        "  input_series:",
        *(f"  - {{series: {single_quoted(name)}, values: {_flow(values)}}}" for name, values in case.series.items()),
        "  promql_expr_test:",
        *(
            f"  - {{expr: {single_quoted(f'{check.expr} # {shown(case.name)}: {check.otherwise}')}, "
            f'eval_time: {case.clock.step * check.tick}s, exp_samples: [{{labels: "{{}}", value: {check.value}}}]}}'
            for check in case.checks
        ),
    ]
