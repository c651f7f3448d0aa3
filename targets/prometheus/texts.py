"""The summary and description of alerts: share of bad events, budget left, first steps, links.

The texts are Prometheus templates, which run queries when the alert fires. User text in them is literal.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import Any

from slocompiler import jobs, promql
from slocompiler.explain import nouns
from slocompiler.explain.outcome import failure
from slocompiler.explain.phrases import Code, plain
from slocompiler.explain.promise import promise
from slocompiler.ir import Gauge, NoData, Service, Severity, Slices, Slo
from slocompiler.resources import resource
from slocompiler.targets.prometheus import measured, slices
from slocompiler.targets.prometheus.branch import Branch
from slocompiler.targets.prometheus.series import deployed, on, ratio, series
from slocompiler.targets.shared import Options, dashboard_url, documentation_url

Annotations = tuple[tuple[str, str], ...]


def literal(text: str) -> str:
    """User text inside a Prometheus template, with every action escaped."""
    return text.replace("{", '{{"{"}}') if "{{" in text or text.endswith("{") else text


def percent(asked: str) -> str:
    """A template for a queried ratio as a percentage; `asked` comes from `asking`."""
    return "{{ with %s }}{{ . | first | value | humanizePercentage }}{{ else }}an unknown share{{ end }}" % asked  # noqa: UP031  # braces


class Texts:
    """The texts of an SLO's alerts, or of those that the SLOs of its service have in common if it is `shared`."""

    def __init__(self, slo: Slo, service: Service, options: Options, *, shared: bool = False) -> None:
        self._slo, self._options = slo, options
        addresses = (
            ("runbook_url", slo.runbook),
            ("dashboard", dashboard_url(slo, options, service.name if shared else "")),
            ("documentation", documentation_url(slo, options)),
        )
        self._addresses = tuple((name, literal(url)) for name, url in addresses if url)
        about = _about(slo, service, dict(self._addresses))
        self._plain = _facts(about)
        self._promised = _facts(about | _promised(slo)) if slo.overrides else self._plain

    def burning(self, windows: list[int], left: str, severity: Severity) -> Annotations:
        """The texts of `SLOBurn`; `windows` in seconds, `left` an expression."""
        slo = self._slo
        rates = [(promql.duration(window), asking(slo, _share(slo, window))) for window in windows]
        return self._of(
            "burning",
            self._promised,
            windows=rates,
            now=asking(slo, _share(slo, 300)),
            left=asking(slo, left),
            period=slo.window,
            gauge=_gauge(slo, self._options),
            urgent=severity == "page",
        )

    def budget(self, below: Fraction, action: str) -> Annotations:
        """The texts of `SLOBudget` below that share of the budget; `action` is what the policy demands."""
        slo, share = self._slo, promql.percent(below) if below else ""
        step = action or next((step.action for step in slo.policy if Fraction(step.below) == below), "")
        coverage = asking(slo, series("slo:coverage:ratio", slo))
        return self._of("budget", self._promised, below=share, action=step, coverage=coverage)

    def no_data(self, line: NoData, branches: list[Branch]) -> Annotations:
        """The texts of `SLONoData`. The alert is about all values of `per` labels together, or about one value of one."""
        about = f"{literal(line.of_one)} {{{{ {_value(line.of_one)} }}}}" if line.of_one else ""
        causes = [_cause(branch) for branch in branches]
        return self._of("no_data", self._plain, lasting=promql.duration(line.lasting), causes=causes, about=about)

    def down(self, lasting: int, branches: list[Branch], blind: str, severity: Severity) -> Annotations:
        """The texts of `SLODown` after `lasting` seconds; `blind` names the SLOs that then have no data."""
        causes = [_cause(branch) for branch in branches]
        lasts, urgent = promql.duration(lasting), severity == "page"
        return self._of("down", self._plain, lasting=lasts, causes=causes, blind=blind, urgent=urgent)

    def partly(self, lasting: int) -> Annotations:
        """The texts of `SLONoData` after `lasting` seconds in which a share of the events had no bucket at the bound."""
        return self._of("partly", self._plain, lasting=promql.duration(lasting))

    def _of(self, macro: str, facts: SimpleNamespace, **more: object) -> Annotations:
        parts = ("summary", "description")
        texts = [(part, getattr(_module(), f"{macro}_{part}")(facts, **more).strip()) for part in parts]
        return (*texts, *self._addresses)


def asking(slo: Slo, expr: str) -> str:
    """A template's call that queries `expr`, for the values of the `per` labels that fired."""
    if not slo.per:
        return f"query {_string(expr)}"
    narrow = "".join(f",{promql.label_name(label).replace('%', '%%')}=%q" for label in slo.per)
    selection = re.compile(re.escape(series("", slo)[:-1]))
    narrowed, count = selection.subn(lambda match: match[0] + narrow, expr.replace("%", "%%"))
    values = " ".join(f"({_value(label)})" for label in slo.per)
    return f"printf {_string(narrowed)} {' '.join([values] * count)} | query"


def _string(expr: str) -> str:
    """A string of a template; Go and PromQL have the same syntax for it."""
    return promql.quote(expr) if "`" in expr else f"`{expr}`"


def _share(slo: Slo, window: int) -> str:
    """The share of bad events, at most all: a counter of bad events may go on while that of all events stands still."""
    return f"clamp_max({ratio(slo, window)}, 1)"


def _gauge(slo: Slo, options: Options) -> SimpleNamespace | None:
    """How the value that slices judge compares with its bound now: the queries, and the words; None without one value."""
    if not isinstance(slo.indicator, Slices) or not isinstance(slo.indicator.good_when, Gauge):
        return None
    gauge = slo.indicator.good_when
    value = f"({slices.compared(gauge, slices.samples_of(slo, options))})"
    of_one = f" and {on(slo)} {ratio(slo, 300)}" if slo.per else ""
    bad = f"{value} unless {value} {gauge.cmp} {promql.number(gauge.value)}"
    is_time, is_bytes = gauge.fold == "age" or gauge.unit == "s", gauge.unit == "B"
    form = "humanizeDuration" if is_time else "humanize1024" if is_bytes else 'printf "%.4g"'
    unit = "" if is_time or not gauge.unit else gauge.unit if is_bytes else f" {gauge.unit}"
    return SimpleNamespace(
        bad=asking(slo, f"({bad}){of_one}" if of_one else bad),
        any=asking(slo, f"{value}{of_one}"),
        shown=f"{{{{ . | first | value | {form} }}}}{unit}",
        verdict={"<": "too high", ">": "too low"}.get(gauge.cmp[0], "not good"),
    )


def _cause(branch: Branch) -> str:
    """The sentence for a branch that holds."""
    words = plain(branch.when)
    words = words if isinstance(branch.when[0], Code) else f"{words[0].upper()}{words[1:]}"
    return f"{words}. {branch.hint}".strip()


def _value(label: str) -> str:
    """A template's expression for the value of a label of the alert; Go and PromQL have the same string syntax."""
    return f"index $labels {promql.quote(label)}"


def _facts(about: dict[str, object]) -> SimpleNamespace:
    """The facts about the SLO for the templates, and the lines that several texts have in common."""
    facts = SimpleNamespace(**about)  # Jinja reads attributes faster than keys
    facts.promise_line, facts.link_lines = _module().promise_line(facts), _module().link_lines(facts)
    return facts


def _about(slo: Slo, service: Service, addresses: dict[str, str]) -> dict[str, object]:
    """The facts about the SLO that do not differ by value; `addresses` are literal."""
    excluded = [promql.selector("", one.filter) for one in slo.exclusions if len(one.filter) > 1]
    return {
        "deployment": "".join(f", {literal(label.name)} {literal(label.value)}" for label in deployed(slo)),
        "values": "".join(f", {literal(label)} {{{{ {_value(label)} }}}}" for label in slo.per),
        "name": f"{service.title or service.name}: {slo.title or slo.name}",
        "promise": plain(promise(slo)),
        "failure": failure(slo.indicator),
        "budget": promql.percent(1 - slo.target),
        "window": promql.duration(slo.window),
        "service": service.title or service.name,
        "jobs": jobs.of(slo.indicator),
        "unit": nouns.unit(slo),
        "counted": measured.counted(slo),
        "excluded": ", ".join(excluded),
        "data": measured.source(slo.indicator),
        "stakeholders": ", ".join(slo.stakeholders),
        "because": slo.because,
        "links": slo.links,
        "runbook": slo.runbook,
        "dashboard": addresses.get("dashboard", ""),
        "documentation": addresses.get("documentation", ""),
    }


def _promised(slo: Slo) -> dict[str, object]:
    """The budget of the values that fired; it differs if the SLO has other targets for some values."""
    asked = asking(slo, f"100 - 100 * {series('slo:target:ratio', slo)}")
    shown = '{{ . | first | value | printf "%.8g%%" }}'  # humanizePercentage makes 100% of 99.999%
    return {"budget": f"{{{{ with {asked} }}}}{shown}{{{{ else }}}}{promql.percent(1 - slo.target)}{{{{ end }}}}"}


@cache
def _module() -> Any:
    from jinja2 import Environment, StrictUndefined  # slow to import, and only this target needs it

    environment = Environment(  # Prometheus templates, not HTML: user text passes `literal`
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"literal": literal, "percent": percent}
    return environment.from_string(resource("slocompiler.targets.prometheus", "texts.j2")).module
