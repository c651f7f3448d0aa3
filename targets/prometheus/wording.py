"""The words of alerts: of each, the summary and the description.

Prometheus evaluates what is in double braces when the alert fires. Queries, and user text that is made literal, come
from `texts.py`. Slack shows the texts only, so the addresses of the annotations are in them.
"""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.record import record

Words = tuple[str, str]
"""A summary and a description."""
_QUERIED = "{{ . | first | value | humanizePercentage }}"
_VALUE = "{{ $value | humanizePercentage }}"
_TIME = '{{ . | first | value | humanizeDuration | reReplaceAll "^([^ ]+( [1-9][^ ]*)?).*" "$1" }}'
"""Seconds that were queried, as a duration of at most two units."""


@record
class Facts:
    """What the texts of an SLO's alerts have in common. Each is text of a Prometheus template."""

    subject: str
    """The titles of the service and the SLO, and the labels of its deployment."""
    values: str
    """The values of `per` labels, each after a comma."""
    promise: str
    """The promise, who agreed to it, and why."""
    failure: str
    """What bad events do, such as `fail`."""
    unit: str
    budget: str
    """The share of bad events that the promise allows."""
    window: str
    counted: str
    """The events that are counted, and those that are left out."""
    data: str
    """The series that are read, and the events that are left out."""
    links: Sequence[tuple[str, str]]
    """Titles and addresses."""


@record
class Gauge:
    """How the value that slices judge compares with its bound now."""

    bad: str
    """The query for a value that is not good."""
    any: str
    """The query for any value."""
    shown: str
    verdict: str

    def judged(self, bad: str, good: str) -> str:
        """The text `bad` while the value is not good, and else `good`."""
        return given(self.bad, bad, given(self.any, good, "no data"))


def literal(text: str) -> str:
    """User text inside a Prometheus template, with every action escaped."""
    return text.replace("{", '{{"{"}}') if "{{" in text or text.endswith("{") else text


def given(query: str, then: str, otherwise: str = "") -> str:
    """The text `then`, which reads the result of a query, or `otherwise` if there is no result."""
    more = "{{ else }}" + otherwise if otherwise else ""
    return "{{ with " + query + " }}" + then + more + "{{ end }}"


def _percentage(query: str) -> str:
    """A ratio that is queried, as a percentage."""
    return given(query, _QUERIED, "an unknown share")


def _if_left(left: str, then: str, otherwise: str, unknown: str = "") -> str:
    """The text `then` while the budget that `left` queries is above 0, else `otherwise`. Both may read `$left`."""
    some = "{{ $left := . | first | value }}{{ if gt $left 0.0 }}"
    return given(left, some + then + "{{ else }}" + otherwise + "{{ end }}", unknown)


def _spent(value: str) -> str:
    """The share of the budget that is spent if the variable `value` has the share that is left."""
    return given(f'printf "vector(1 - (%f))" {value} | query', _QUERIED)


def _step(urgent: bool, ways: str) -> str:
    if urgent:
        return f"First stop the damage: {ways}. Then find the cause."
    return "This is no emergency. Find the cause before the budget is spent."


def _causes(causes: Sequence[str]) -> str:
    """The sentence of the cause whose number is the value of the alert."""
    numbered = enumerate(causes, 1)
    return "".join("{{ if eq $value " + f"{number}.0" + " }} " + cause + "{{ end }}" for number, cause in numbered)


def _lines(*lines: str, links: Sequence[tuple[str, str]]) -> str:
    return "\n".join([*(line for line in lines if line), *(f"{title}: {url}" for title, url in links)]).strip()


def burning(
    about: Facts,
    windows: Sequence[tuple[str, str]],
    now: str,
    left: str,
    period: int,
    gauges: Sequence[Gauge],
    urgent: bool,
) -> Words:
    """`SLOBurn`. `windows` are durations, each with the query for its share of bad events; `now` is that of five minutes.

    `left` is the query for the budget left, and `period` are the seconds of the window.
    """
    share = f"{_percentage(now)} of {about.unit} {about.failure}"
    lasts = f'printf "round(vector(%f * {period} / %f), 60)" $left $value | query'
    judged = share
    for gauge in reversed(gauges):
        judged = gauge.judged(f"{gauge.shown} is {gauge.verdict}", judged)
    gone = _if_left(left, given(lasts, f", budget gone in {_TIME}"), ", budget gone")
    over = ", ".join(f"{_percentage(ratio)} over the last {window}" for window, ratio in windows)
    description = _lines(
        about.promise,
        *(f"Now: {one.judged(f'{one.shown}, {one.verdict}', f'{one.shown}, good again')}." for one in gauges),
        f"{share} now, {over}. The promise allows {about.budget} over {about.window}.",
        _if_left(
            left,
            "{{ $left | humanizePercentage }} of the error budget is left."
            + given(lasts, f" At this rate, it is exhausted in {_TIME}."),
            f"The error budget is exhausted: {_spent('$left')} of it is spent.",
            "It is unknown how much of the error budget is left.",
        ),
        _step(urgent, "roll back, fail over or shed load"),
        f"Measured: {about.counted}",
        links=about.links,
    )
    return f'{about.subject}{about.values}: {judged} ({{{{ printf "%.1f" $value }}}}x{gone})', description


def budget(about: Facts, below: str, action: str, coverage: str) -> Words:
    """`SLOBudget`. `below` is a percentage, or "" for an exhausted budget; `coverage` is a query."""
    summary = f"less than {below} of the error budget is left" if below else "the error budget is exhausted"
    left = "{{ if gt $value 0.0 }}" + _VALUE + " of the error budget is left"
    spent = "{{ else }}" + _spent("$value") + " of the error budget is spent{{ end }}"
    description = _lines(
        about.promise,
        f"{left}{spent}. There is data for {_percentage(coverage)} of the last {about.window}.",
        f"Agreed action: {action}" if action else "",
        ""
        if below
        else "If no user complained, the target may be too strict. Review it with the people who agreed to it.",
        links=about.links,
    )
    return f"{about.subject}{about.values}: {summary}", description


def no_data(about: Facts, lasting: str, causes: Sequence[str], of: str) -> Words:
    """`SLONoData` after the duration `lasting`; `of` names one value, if the alert is about one."""
    said = f" of {of}" if of else ""
    unsure = "" if of else f", or none that separates good from bad {about.unit}"
    description = _lines(
        about.promise,
        f"There has been no data{said} for at least {lasting}{unsure}.{_causes(causes)} "
        "Users may be affected without an alert.",
        "First check by hand that users are served. "
        "Then check that the target is scraped and that no metric or label was renamed.",
        f"Measured: {about.data}",
        links=about.links,
    )
    return f"{about.subject}{f', {of}' if of else ''}: no data", description


def partly(about: Facts, lasting: str) -> Words:
    """`SLONoData` after the duration `lasting` in which a share of the events had no bucket at the bound."""
    description = _lines(
        about.promise,
        f"For {lasting}, {_VALUE} of the events have been in series without a bucket at the threshold. "
        "The ratio and the budget leave them out.",
        "Check whether a new version of the service has other buckets.",
        f"Measured: {about.data}",
        links=about.links,
    )
    return f"{about.subject}: {_VALUE} of the events are not judged", description


def down(
    links: Sequence[tuple[str, str]],
    service: str,
    jobs: Sequence[str],
    lasting: str,
    causes: Sequence[str],
    blind: str,
    urgent: bool,
) -> Words:
    """`SLODown` after the duration `lasting`. `blind` names the SLOs that have no data meanwhile."""
    several = len(jobs) > 1
    named = f"job{'s' if several else ''} {' and '.join(jobs)} {'are' if several else 'is'} down"
    description = _lines(
        f"Down for at least {lasting}.{_causes(causes)} Meanwhile there is no data for {blind}.",
        _step(urgent, "restart, roll back or fail over"),
        links=links,
    )
    return f"{service}: {named}", description
