"""Laws of `sloc import`: no value is lost in silence, what is written is right, and no document crashes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slocompiler.codes import CODES
from slocompiler.compiler import analyse
from slocompiler.formats.text import render
from slocompiler.importers import imported
from slocompiler.importers.promise import Options
from slocompiler.importers.report import Import, as_json
from slocompiler.source import Source
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse

WORDS = st.sampled_from(["a", "b-c", "Web Shop", "x_y", "9", "owner", "ä", '"$x ${y}" \\'])
LABELS = st.dictionaries(st.sampled_from(["owner", "team", "tier", "severity", "area", "a-b"]), WORDS, max_size=3)
MATCHERS = st.lists(st.sampled_from(['job="a"', 'code=~"5.."', 'code!="404"', 'le="0.3"', "path=~`/x.*`"]), unique=True)
METRICS = st.sampled_from(["a_total", "b_total", "t_seconds_bucket", "t_seconds_count", "up"])


@st.composite
def selectors(draw: st.DrawFn) -> str:
    return f"{draw(METRICS)}{{{', '.join(draw(MATCHERS))}}}"


SHAPES = (
    *("sum(rate({0}[W]))", "sum(rate({0}[W])) - sum(rate({1}[W]))", "sum by (route) (increase({0}[W]))", "{0}"),
    *("sum(rate({0}[W])) or vector(0)", "avg_over_time({0}[W])", "sum(irate({0}[W])) + sum(irate({1}[W]))", "max({0})"),
    *("1 - sum(rate({0}[W])) / sum(rate({1}[W]))", "sum(rate({0}[W])", "sum_over_time({0}[W:])", "sum({0})"),
)
"""W stands for the window, the numbers for selectors."""


@st.composite
def queries(draw: st.DrawFn) -> str:
    window = draw(st.sampled_from(["{{.window}}", "{{.window}}", "{{ .window }}", "5m"]))
    shape = draw(st.sampled_from(SHAPES))
    return shape.replace("W", window).replace("{0}", draw(selectors())).replace("{1}", draw(selectors()))


NUMBERS = st.sampled_from([99.9, "99.95", 99, 0.999, 100, "x", 50, None, 30])
OTHERS = st.dictionaries(
    st.sampled_from(["other", "x.y", "kind", "name"]), st.one_of(WORDS, st.lists(WORDS)), max_size=2
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings with some of these fields, and others."""
    known = st.fixed_dictionaries({}, optional=dict(fields))
    return st.builds(lambda other, own: other | own, OTHERS, known)


def every(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings with all of these fields, and others."""
    return st.builds(lambda other, own: other | own, OTHERS, st.fixed_dictionaries(dict(fields)))


ANNOTATIONS = st.dictionaries(
    st.sampled_from(["runbook", "summary"]), st.sampled_from(["https://a.example.org", "https://b.example.org"])
)
RATIOS = st.sampled_from(
    [
        "sum(rate(a_total[1h])) / sum(rate(b_total[1h]))",
        'a:ratio_rate1h{job="a"} > 14.4 * 0.001 and a:ratio_rate5m > 14.4 * 0.001',
        "max(a:ratio_rate1h > (0.0144)) without (x) or b:rate1h > 6 * 0.01",
        "b:rate1h / b:rate1h",
    ]
)
NAMES = st.sampled_from(["a:ratio_rate1h", "a:ratio_rate5m", "b:rate1h"])
RULE = some(record=NAMES, alert=WORDS, expr=st.one_of(queries(), RATIOS), labels=LABELS)
RULES = every(groups=st.lists(some(name=WORDS, rules=st.lists(RULE, max_size=4)), max_size=2))
ALERT = some(disable=st.booleans(), labels=LABELS, annotations=ANNOTATIONS)
SLOTH = every(
    version=st.just("prometheus/v1"),
    service=WORDS,
    labels=LABELS,
    slos=st.lists(
        every(
            name=WORDS,
            objective=NUMBERS,
            description=WORDS,
            sli=st.one_of(
                every(events=every(error_query=queries(), total_query=queries())),
                every(raw=every(error_ratio_query=queries())),
                some(plugin=some(id=WORDS)),
            ),
            alerting=some(name=WORDS, labels=LABELS, annotations=ANNOTATIONS, page_alert=ALERT, ticket_alert=ALERT),
        ),
        max_size=3,
    ),
)
METRIC = every(metric=selectors())
PYRRA = every(
    apiVersion=st.just("pyrra.dev/v1alpha1"),
    kind=st.just("ServiceLevelObjective"),
    metadata=every(name=WORDS, labels=st.dictionaries(st.sampled_from(["pyrra.dev/team", "pyrra.dev/x", "y"]), WORDS)),
    spec=every(
        target=NUMBERS,
        window=st.sampled_from(["4w", "30d", "12h", "x"]),
        description=WORDS,
        alerting=some(disabled=st.booleans(), burnrates=st.booleans(), absent=st.booleans(), name=WORDS),
        indicator=st.one_of(
            every(ratio=some(errors=METRIC, total=METRIC, grouping=st.lists(st.sampled_from(["route", "service"])))),
            every(latency=every(success=METRIC, total=METRIC)),
            every(latencyNative=every(latency=st.sampled_from(["200ms", "1s", "x"]), total=METRIC)),
            every(bool_gauge=METRIC),
        ),
    ),
)
SIDE = every(metricSource=every(type=st.sampled_from(["Prometheus", "Datadog"]), spec=every(query=queries())))
CONDITION = every(
    kind=st.just("burnrate"),
    op=st.sampled_from(["gt", "lte"]),
    threshold=st.sampled_from([1, 2, 14.4]),
    lookbackWindow=st.sampled_from(["1h", "3d"]),
    alertAfter=st.just("5m"),
)
POLICY = every(
    kind=st.just("AlertPolicy"),
    spec=some(
        alertWhenNoData=st.booleans(),
        alertWhenBreaching=st.booleans(),
        conditions=st.lists(every(spec=every(severity=WORDS, condition=CONDITION)), max_size=2),
    ),
)
OPENSLO = every(
    apiVersion=st.just("openslo/v1"),
    kind=st.just("SLO"),
    metadata=every(name=WORDS, labels=st.dictionaries(WORDS, st.one_of(WORDS, st.lists(WORDS)), max_size=2)),
    spec=every(
        service=WORDS,
        timeWindow=st.lists(some(duration=st.sampled_from(["30d", "1M", "4w"]), isRolling=st.booleans()), max_size=2),
        budgetingMethod=st.sampled_from(["Occurrences", "Timeslices", "RatioTimeslices"]),
        indicator=every(
            spec=st.one_of(
                every(ratioMetric=some(counter=st.booleans(), good=SIDE, bad=SIDE, total=SIDE)),
                every(thresholdMetric=SIDE),
            )
        ),
        objectives=st.lists(
            some(target=st.sampled_from([0.99, 1, "x"]), op=st.just("lt"), value=st.just(3), displayName=WORDS),
            min_size=1,
            max_size=2,
        ),
        alertPolicies=st.lists(POLICY, max_size=2),
    ),
)
DOCUMENTS = st.one_of(SLOTH, PYRRA, OPENSLO, RULES)
OPTIONS = st.builds(Options, owner=st.sampled_from(["", "a"]), keep_alerts=st.booleans())


def done(document: Any, options: Options | None = None) -> Import:
    return imported([Source("a.yaml", json.dumps(document))], options or Options())


@given(DOCUMENTS, OPTIONS)
@settings(max_examples=60)
def test_no_value_is_lost_in_silence(document: Any, options: Options) -> None:
    found = done(document, options)
    codes = {problem.code for problem in found.problems}
    for root in found.documents:
        for leaf in root.leaves():
            assert leaf.fate in ("used", "lost", "refused")
            assert (leaf.fate == "used") == (leaf.code == "")
            assert leaf.fate == "used" or leaf.code in codes, leaf.path
    assert codes <= set(CODES)
    for problem in found.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(problem.span.source.text)
        render(problem)


@given(DOCUMENTS, OPTIONS)
@settings(max_examples=60)
def test_what_is_written_passes_check_and_has_the_layout(document: Any, options: Options) -> None:
    found = done(document, options)
    program, problems = analyse([Source(name, text) for name, text in found.files.items()])
    assert program is not None, [render(one) for one in problems if one.is_error]
    for name, text in found.files.items():
        assert layout(parse(Source(name, text))[0]) == text


@given(DOCUMENTS)
@settings(max_examples=40)
def test_a_value_that_is_called_used_is_used(document: Any) -> None:
    """With another value there, something else is written or reported."""
    found = done(document)
    text = json.dumps(document)
    for leaf in [leaf for root in found.documents for leaf in root.leaves() if leaf.fate == "used"]:
        start, end = leaf.span.start, leaf.span.end
        other = text[:start] + json.dumps("other value".ljust(max(end - start - 2, 0))) + text[end:]
        changed = imported([Source("a.yaml", other)], Options())
        assert outcome(changed) != outcome(found), leaf.path


def outcome(of: Import) -> Any:
    """Everything that people and programs read of an import, without locations."""
    values = [(leaf.path, leaf.fate, leaf.code) for root in of.documents for leaf in root.leaves()]
    rows = [(row.old, row.new, row.how, row.codes) for row in of.rows]
    return of.files, values, rows, [(one.code, one.message) for one in of.problems]


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), queries()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(DOCUMENTS, JUNK, st.data())
@settings(max_examples=60)
def test_no_document_crashes_it(document: Any, junk: Any, data: st.DataObject) -> None:
    """A value anywhere can be of any kind."""
    inner = document
    while isinstance(inner, (dict, list)) and inner:
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        if data.draw(st.integers(0, 3)) == 0 or not isinstance(inner[key], (dict, list)) or not inner[key]:
            inner[key] = junk
            break
        inner = inner[key]
    found = done(document)
    as_json(found)


@given(st.text(st.sampled_from("a1:-{}[]&*?|>'\"%@`!#,\n <\t~é\x00"), max_size=60))
@settings(max_examples=60)
def test_no_text_crashes_it(text: str) -> None:
    found = imported([Source("a.yaml", text)], Options())
    for problem in found.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
        render(problem)


@pytest.mark.parametrize("limit", ["{0}", "14.4 * ({0} - 0.99)", "{0} * 0.001", "14.4 * {0}", "{0} / 0.000000001"])
@pytest.mark.parametrize("number", ["9" * 40, "1e300", "1e-300", "0.{}1".format("0" * 40)])
def test_no_number_in_an_alert_crashes_it(limit: str, number: str) -> None:
    ratio = 'sum(rate(a_total{{code="500"}}[{0}])) / sum(rate(a_total[{0}]))'.format
    expr = f"{ratio('1h')} > {limit.format(number)} and {ratio('5m')} > {limit.format(number)}"
    alert = {"alert": "Burn", "expr": expr, "labels": {"severity": "page"}}
    document = {"groups": [{"name": "shop", "rules": [{"record": "a:ratio_rate1h", "expr": ratio("1h")}, alert]}]}
    assert len(imported([Source("a.yaml", json.dumps(document))], Options()).rows) == 1
