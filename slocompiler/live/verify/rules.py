"""V710: the rules of a build against those that the server has loaded: missing, different, unhealthy or late ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from slocompiler import promql
from slocompiler.explain.words import plural
from slocompiler.ir import Program
from slocompiler.live import tables
from slocompiler.live.kind import BUILDINFO, kind
from slocompiler.live.questions import Answers, Asking, Endpoint
from slocompiler.live.verify.subject import Found, Note, Subject, Unchecked
from slocompiler.live.verify.texts import formatted, same
from slocompiler.promql.tree import layout
from slocompiler.targets.prometheus import down, render
from slocompiler.targets.prometheus.rule import Rule
from slocompiler.targets.prometheus.series import identity
from slocompiler.targets.shared import ALERTNAMES, Options

RULES = Endpoint(path="rules")


class Loaded(NamedTuple):
    """A rule that the server has."""

    name: str
    labels: Mapping[str, str]
    query: str
    lasting: float
    """`for`, in seconds."""
    error: str
    """What the last evaluation failed with; "" if it worked."""
    late: str
    """How long the evaluation of its group takes, if that is longer than the interval of the group."""


class Compared(NamedTuple):
    """The rules of an SLO, or those of a service for its jobs."""

    of: Subject
    missing: list[Rule]
    pairs: list[tuple[Rule, Loaded]]
    extra: list[Loaded]
    """Rules that are loaded for it and that a build does not have."""


def loaded(answers: Answers) -> list[Loaded] | None:
    """The rules that the server has and a build may have written; None if it lists none."""
    data = answers.data(RULES)
    if data is None:
        return None
    groups = (data.get("groups") if isinstance(data, dict) else None) or []
    return [_loaded(rule, group) for group in groups for rule in group.get("rules") or () if _is_ours(rule)]


def rules(program: Program, subjects: Mapping[str, Subject], options: Options) -> Asking[list[Found]]:
    """V710 of a program whose SLOs are `subjects`, and a note on its rules."""
    answers = yield RULES, BUILDINFO
    known = loaded(answers)
    if known is None:
        return [Unchecked("V710", "", "the server does not list its rules")]
    if not known and kind(answers.data(BUILDINFO)) == "VictoriaMetrics":
        return [Unchecked("V710", "", "VictoriaMetrics lists the rules of vmalert with `-vmalert.proxyURL` alone")]
    found = list(_compared(program, subjects, options, known))
    expected = sum(len(one.missing) + len(one.pairs) for one in found)
    pairs = [pair for one in found for pair in one.pairs]
    if not pairs:
        first = found[0].of
        message = f"the server has loaded none of the {expected:,} rules of these SLOs"
        help = "load the files that `sloc build` writes"
        return [first.finding("V710", message, first.at.name, help)]
    problems = [problem for one in found for problem in (*_missing(one), *_extra(one), *_failing(one))]
    problems += yield from _different(found)
    problems += _undeclared(program, subjects, known)
    wrong = sum(bool(rule.error) for _, rule in pairs)
    state = f"{wrong:,} failing" if wrong else "all healthy"
    return [*problems, Note("V710", "", f"{plural(len(pairs), 'rule')} loaded, {state}")]


def _is_ours(rule: Mapping[str, Any]) -> bool:
    labels = rule.get("labels") or {}
    name = rule.get("name") or ""
    return "service" in labels and (name.startswith("slo:") or name in ALERTNAMES)


def _loaded(rule: Mapping[str, Any], group: Mapping[str, Any]) -> Loaded:
    takes, interval = float(group.get("evaluationTime") or 0), float(group.get("interval") or 0)
    return Loaded(
        rule["name"],
        rule.get("labels") or {},
        rule.get("query") or "",
        float(rule.get("duration") or 0),
        (rule.get("lastError") or "no reason given") if rule.get("health") in ("err", "error", "bad") else "",
        f"{takes:.3g}s of {interval:g}s" if takes > interval > 0 else "",
    )


# Which are the same


def _compared(
    program: Program, subjects: Mapping[str, Subject], options: Options, known: Sequence[Loaded]
) -> Iterator[Compared]:
    by_slo: dict[str, list[Loaded]] = {}
    for rule in known:
        by_slo.setdefault(rule.labels.get("slo") or rule.labels["service"], []).append(rule)
    for service in program.services:
        for slo in service.slos:
            own = [rule for group in render.groups_of(slo, service, options) for rule in group.rules]
            there = [one for one in by_slo.get(slo.id, ()) if identity(slo).items() <= one.labels.items()]
            yield _paired(subjects[slo.id], own, there)
        watching = down.group(service, options)
        if watching:
            first = service.slos[0]
            where = {name: value for name, value in identity(first).items() if name != "slo"}
            there = [one for one in by_slo.get(service.name, ()) if where.items() <= one.labels.items()]
            yield _paired(subjects[first.id], watching.rules, there)


def _paired(of: Subject, own: Iterable[Rule], there: Iterable[Loaded]) -> Compared:
    """Rules of the same name and labels belong together; of the others, those of the same name."""
    rest = list(there)
    pairs: list[tuple[Rule, Loaded]] = []
    missing: list[Rule] = []
    by_name: list[Rule] = []
    for left, with_labels, without_match in ((own, True, by_name), (by_name, False, missing)):
        for rule in left:
            alike = (x for x in rest if x.name == rule.name and (x.labels == rule.labels or not with_labels))
            match = next(alike, None)
            if match is None:
                without_match.append(rule)
            else:
                rest.remove(match)
                pairs.append((rule, match))
    return Compared(of, missing, pairs, rest)


# What is wrong


def _missing(one: Compared) -> Iterator[Found]:
    if one.missing:
        count = plural(len(one.missing) + len(one.pairs), "rule")
        some = f"the server has not loaded {len(one.missing):,} of its {count}: {_names(one.missing)}"
        message = some if one.pairs else f"the server has loaded none of its {count}"
        yield one.of.finding("V710", message, one.of.at.name, "load the files that `sloc build` writes")


def _extra(one: Compared) -> Iterator[Found]:
    if one.extra:
        message = (
            f"the server has loaded {plural(len(one.extra), 'rule')} that a build does not have: {_names(one.extra)}"
        )
        yield one.of.finding("V710", message, one.of.at.name, "remove the old rules from the server")


def _failing(one: Compared) -> Iterator[Found]:
    for _, rule in one.pairs:
        if rule.error:
            yield one.of.finding("V710", f"the rule `{rule.name}` fails: {rule.error}", one.of.at.name)
    late = {rule.late for _, rule in one.pairs if rule.late}
    for text in sorted(late):
        message = f"the evaluation of its rules takes {text}: some are skipped"
        yield one.of.finding("V710", message, one.of.at.name, "give the server more resources, or `profile: economy`")


def _different(found: Iterable[Compared]) -> Asking[list[Found]]:
    """Rules whose text is another one. The server formats what still differs, as it would write both."""
    unlike = [
        (one, rule, other)
        for one in found
        for rule, other in one.pairs
        if rule.labels != other.labels or _seconds(rule) != other.lasting or not same(rule.expr, other.query)
    ]
    asked = {text: formatted(text) for _, rule, other in unlike for text in (rule.expr, other.query)}
    answers = yield tuple(asked.values())
    problems: dict[Subject, list[Rule]] = {}
    for one, rule, other in unlike:
        mine, theirs = (answers.data(asked[text]) or layout(text) for text in (rule.expr, other.query))
        if mine != theirs or rule.labels != other.labels or _seconds(rule) != other.lasting:
            problems.setdefault(one.of, []).append(rule)
    return [
        of.finding(
            "V710", f"the server has another version of {plural(len(wrong), 'rule')}: {_names(wrong)}", of.at.name
        )
        for of, wrong in problems.items()
    ]


def _undeclared(program: Program, subjects: Mapping[str, Subject], known: Iterable[Loaded]) -> Iterator[Found]:
    """Rules of SLOs that a service does not have any more. Other services may be those of another project."""
    own = {service.name: service for service in program.services if service.slos}
    gone: dict[str, set[str]] = {}
    for rule in known:
        slo, service = rule.labels.get("slo"), rule.labels["service"]
        if slo and slo not in subjects and service in own:
            gone.setdefault(service, set()).add(slo)
    for service, ids in gone.items():
        of = subjects[own[service].slos[0].id]
        message = f"the server has loaded rules of SLOs that `{service}` does not have: {tables.listed(sorted(ids))}"
        yield of.finding("V710", message, of.at.name, "remove the old rules from the server")


def _names(some: Iterable[Rule | Loaded]) -> str:
    return tables.listed(list(dict.fromkeys(f"`{one.name}`" for one in some)))


def _seconds(rule: Rule) -> float:
    return promql.seconds(rule.lasting)
