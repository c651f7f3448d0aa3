"""The promtest target: unit tests for promtool, and the rules that they test. Not made unless asked for."""

from __future__ import annotations

from dataclasses import replace

from slocompiler import promql
from slocompiler.ir import Program, Service
from slocompiler.targets import prometheus
from slocompiler.targets.base import Options
from slocompiler.targets.prometheus.yaml import quoted, scalar
from slocompiler.targets.promtest.cases import cases
from slocompiler.targets.promtest.scenario import Case

APOSTROPHE = "'"


def render(program: Program, options: Options) -> dict[str, str]:
    """For every service its rules and, for each pace at which promtool is to evaluate them, `<service>.<pace>.test.yaml`.

    A file of promtool's has one pace, but windows of an hour and of days cannot both be tested at one.
    """
    plain = replace(options, prometheus=replace(options.prometheus, catch_up=False, late_series=False))
    files = prometheus.render(program, plain)
    for service in program.services:
        paces: dict[int, list[Case]] = {}
        for case in (case for slo in service.slos for case in cases(slo, plain)):
            paces.setdefault(case.clock.step, []).append(case)
        for step, made in sorted(paces.items()):
            files[f"{service.name}.{promql.duration(step)}.test.yaml"] = _document(service, step, made)
    return files


def _document(service: Service, step: int, made: list[Case]) -> str:
    groups = [f"{slo.id} {kind}" for slo in service.slos for kind in ("sli", "rollup", "budget")]
    lines = [
        f"# Made by `sloc build --target promtest` from {scalar(service.source)}: `promtool test rules` runs it.",
        f"rule_files: [{service.name}.rules.yaml]",
        f"evaluation_interval: {step}s",
        "group_eval_order:",
        *(f"- {scalar(name)}" for name in groups),
        "tests:",
    ]
    for case in made:
        lines += _test(case)
    return "\n".join(lines) + "\n"


def _test(case: Case) -> list[str]:
    """One test; an expression carries as its comment what it means if it fails, for promtool prints the expression."""
    return [
        f"- name: {_text(case.name)}",
        f"  interval: {case.clock.interval}s",
        "  input_series:",
        *(f"  - {{series: {_text(name)}, values: {values}}}" for name, values in case.series.items()),
        "  promql_expr_test:",
        *(
            f"  - {{expr: {_text(f'{check.expr} # {case.name}: {check.otherwise}')}, "
            f'eval_time: {case.clock.step * check.tick}s, exp_samples: [{{labels: "{{}}", value: {check.value}}}]}}'
            for check in case.checks
        ),
    ]


def _text(text: str) -> str:
    """In single quotes, which keep selectors readable; escaped where a line cannot hold the text."""
    return f"'{text.replace(APOSTROPHE, 2 * APOSTROPHE)}'" if text.isprintable() else quoted(text)
