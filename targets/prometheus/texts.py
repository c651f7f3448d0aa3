"""The summary and description of alerts: share of bad events, budget left, first steps, links.

The texts are Prometheus templates, which run queries when the alert fires. User text in them is literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

from slocompiler import jobs, promql
from slocompiler.explain import language, nouns
from slocompiler.explain.outcome import failure
from slocompiler.explain.phrases import Code, plain
from slocompiler.explain.promise import promise
from slocompiler.ir import TIMES, Gauge, NoData, Service, Severity, Slices, Slo, Through
from slocompiler.record import replace
from slocompiler.targets.prometheus import measured, slices, wording
from slocompiler.targets.prometheus.branch import Branch
from slocompiler.targets.prometheus.series import deployed, on, ratio, series
from slocompiler.targets.prometheus.wording import Facts, Words, given, literal
from slocompiler.targets.shared import Options, dashboard_url, documentation_url

Annotations = tuple[tuple[str, str], ...]


class Texts:
    """The texts of an SLO's alerts, or of those that the SLOs of its service have in common if it is `shared`."""

    def __init__(self, slo: Slo, service: Service, options: Options, *, shared: bool = False) -> None:
        self._slo, self._options = slo, options
        self._service = service.title or service.name
        addresses = (
            ("runbook_url", slo.runbook),
            ("dashboard", dashboard_url(slo, options, service.name if shared else "")),
            ("documentation", documentation_url(slo, options)),
        )
        self._addresses = tuple((name, literal(url)) for name, url in addresses if url)
        named = ((name.removesuffix("_url").capitalize(), url) for name, url in self._addresses)
        self._links = (*named, *((literal(link.title), literal(link.url)) for link in slo.links))

    @cached_property
    def _plain(self) -> Facts:
        return _facts(self._slo, self._service, self._links)

    def burning(self, windows: list[int], left: str, severity: Severity) -> Annotations:
        """The texts of `SLOBurn`; `windows` in seconds, `left` an expression."""
        slo = self._slo
        rates = [(promql.duration(window), asking(slo, _share(slo, window))) for window in windows]
        facts = replace(self._plain, budget=_budget(slo)) if slo.overrides else self._plain
        now, asked, gauges = asking(slo, _share(slo, 300)), asking(slo, left), list(_gauges(slo, self._options))
        return self._of(wording.burning(facts, rates, now, asked, slo.window, gauges, severity == "page"))

    def budget(self, below: Fraction, action: str) -> Annotations:
        """The texts of `SLOBudget` below that share of the budget; `action` is what the policy demands."""
        slo, share = self._slo, promql.percent(below) if below else ""
        step = action or next((step.action for step in slo.policy if Fraction(step.below) == below), "")
        coverage = asking(slo, series("slo:coverage:ratio", slo))
        return self._of(wording.budget(self._plain, share, literal(step), coverage))

    def no_data(self, line: NoData, branches: list[Branch]) -> Annotations:
        """The texts of `SLONoData`. The alert is about all values of `per` labels together, or about one value of one."""
        of = f"{literal(line.of_one)} {{{{ {_value(line.of_one)} }}}}" if line.of_one else ""
        return self._of(wording.no_data(self._plain, promql.duration(line.lasting), _causes(branches), of))

    def down(self, lasting: int, branches: list[Branch], blind: str, severity: Severity) -> Annotations:
        """The texts of `SLODown` after `lasting` seconds; `blind` names the SLOs that then have no data."""
        service = literal(self._service) + _deployment(self._slo)
        named, lasts = [*map(literal, jobs.of(self._slo.indicator))], promql.duration(lasting)
        return self._of(
            wording.down(self._links, service, named, lasts, _causes(branches), blind, urgent=severity == "page")
        )

    def partly(self, lasting: int) -> Annotations:
        """The texts of `SLONoData` after `lasting` seconds in which a share of the events had no bucket at the bound."""
        return self._of(wording.partly(self._plain, promql.duration(lasting)))

    def _of(self, words: Words) -> Annotations:
        return (("summary", words[0]), ("description", words[1]), *self._addresses)


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


def _gauges(slo: Slo, options: Options) -> Iterator[wording.Gauge]:
    """How each value that slices judge compares with its bound now: the queries, and the words."""
    gauges = slo.indicator.gauges if isinstance(slo.indicator, Slices) else ()
    for gauge in gauges:
        if gauge.fold != "each" or not slo.renamed:  # single series have the labels of the events
            name = literal(language.folded(gauge, lambda stream: stream.metric)) if len(gauges) > 1 else ""
            yield _gauge(gauge, f"{name}: " if name else "", slo, options)


def _gauge(gauge: Gauge, name: str, slo: Slo, options: Options) -> wording.Gauge:
    value = f"({slices.value(gauge, slo, options)})"
    of_one = f" and {on(slo)} {ratio(slo, 300)}" if slo.per else ""
    bad = f"{value} unless {value} {gauge.cmp} {promql.number(gauge.value)}"
    is_time, is_bytes = gauge.fold in TIMES or gauge.unit == "s", gauge.unit == "B"
    is_share = gauge.divisor is not None and gauge.value <= 1
    form = (
        "humanizePercentage"
        if is_share
        else "humanizeDuration"
        if is_time
        else "humanize1024"
        if is_bytes
        else 'printf "%.4g"'
    )
    unit = "" if is_time or not gauge.unit else gauge.unit if is_bytes else f" {gauge.unit}"
    unit += "/s" * gauge.rate
    return wording.Gauge(
        bad=asking(slo, f"({bad}){of_one}" if of_one else bad),
        any=asking(slo, f"{value}{of_one}"),
        shown=f"{name}{{{{ . | first | value | {form} }}}}{unit}",
        verdict={"<": "too high", ">": "too low"}.get(gauge.cmp[0], "not good"),
    )


def _causes(branches: list[Branch]) -> list[str]:
    """A sentence for each branch."""
    found = []
    for branch in branches:
        words = plain(branch.when)
        words = words if isinstance(branch.when[0], Code) else f"{words[0].upper()}{words[1:]}"
        found.append(literal(f"{words}. {branch.hint}".strip()))
    return found


def _value(label: str) -> str:
    """A template's expression for the value of a label of the alert; Go and PromQL have the same string syntax."""
    return f"index $labels {promql.quote(label)}"


def _name(slo: Slo, service: str) -> str:
    """The titles of the service and the SLO; a journey has one for both."""
    return service if isinstance(slo.indicator, Through) else f"{service}: {slo.title or slo.name}"


def _facts(slo: Slo, service: str, links: tuple[tuple[str, str], ...]) -> Facts:
    agreed = f" Agreed with {literal(', '.join(slo.stakeholders))}." if slo.stakeholders else ""
    because = f" {literal(slo.because)}" if slo.because else ""
    filters = ", ".join(promql.selector("", one.filter) for one in slo.exclusions if len(one.filter) > 1)
    without = f", without {literal(filters)}" if filters else ""
    return Facts(
        subject=literal(_name(slo, service)) + _deployment(slo),
        values="".join(f", {literal(label)} {{{{ {_value(label)} }}}}" for label in slo.per),
        promise=f"{literal(plain(promise(slo)))}{agreed}{because}",
        failure=failure(slo.indicator),
        unit=nouns.unit(slo),
        budget=promql.percent(1 - slo.target),
        window=promql.duration(slo.window),
        counted=literal(measured.counted(slo)) + without,
        data=literal(measured.source(slo.indicator)) + without,
        links=links,
    )


def _deployment(slo: Slo) -> str:
    return "".join(f", {literal(label.name)} {literal(label.value)}" for label in deployed(slo))


def _budget(slo: Slo) -> str:
    """The budget of the values that fired; it differs if the SLO has other targets for some values."""
    asked = asking(slo, f"100 - 100 * {series('slo:target:ratio', slo)}")
    # humanizePercentage makes 100% of 99.999%
    return given(asked, '{{ . | first | value | printf "%.8g%%" }}', promql.percent(1 - slo.target))
