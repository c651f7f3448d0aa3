"""PromQL as text: what is quoted reads back, numbers are exact, and every generated expression parses."""

import re
from decimal import Decimal
from fractions import Fraction

import promql_parser
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from slocompiler import promql
from slocompiler.ir import Matcher, Stream
from slocompiler.promql import tree
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, compile_files

UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
MILLIS = st.integers(0, 10**11)
METRIC = st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,9}", fullmatch=True)
LABEL = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True)
MATCHERS = st.lists(st.builds(Matcher, LABEL, st.sampled_from(["=", "!="]), st.text()), max_size=3).map(tuple)


def matchers(selector: str) -> list[tuple[str, str, str]]:
    """What an independent parser reads in a selector: label, operator, value."""
    parsed = promql_parser.parse(selector)
    assert isinstance(parsed, promql_parser.VectorSelector)
    signs = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
    return [(m.name, signs[str(m.op)], m.value) for m in parsed.matchers.matchers]


class TestQuoting:
    """User text is a literal, whatever is in it."""

    @given(st.text())
    def test_reads_back(self, text: str) -> None:
        assert matchers(f"x{{a={promql.quote(text)}}}") == [("a", "=", text)]

    @given(st.text())
    def test_is_one_line_that_hides_nothing(self, text: str) -> None:
        quoted = promql.quote(text)
        hidden = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")
        assert not hidden.search(quoted)
        assert len(quoted.splitlines()) == 1

    @pytest.mark.parametrize(
        "text", ["", '"', "\\", "\\n", "\n", "a\tb", "\x00", "\ufffd", "{{ $value }}", "`", "'", "é🚨\u2028"]
    )
    def test_traps(self, text: str) -> None:
        assert matchers(f"x{{a={promql.quote(text)}}}") == [("a", "=", text)]

    @given(METRIC, MATCHERS)
    def test_selectors(self, metric: str, filters: tuple[Matcher, ...]) -> None:
        # The empty selector of a metric has no braces.
        expected = sorted((m.label, m.op, m.value) for m in filters)
        assert sorted(matchers(promql.selector(metric, filters))) == expected

    def test_other_names_stand_in_the_braces(self) -> None:
        selector = promql.selector("http.server.duration", (Matcher("http.route", "=", "/x"), Matcher("job", "=", "a")))
        assert selector == '{"http.server.duration","http.route"="/x",job="a"}'


class TestNumbers:
    """Exact where a decimal ends; never in the notation of floats."""

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**9), max_value=10**9))
    def test_decimals_are_exact(self, value: Decimal) -> None:
        text = promql.number(value)
        assert Fraction(text) == Fraction(value)
        assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text)

    @given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**6))
    def test_fractions_to_twelve_digits(self, value: Fraction) -> None:
        assert abs(Fraction(promql.number(value)) - value) <= value * Fraction(1, 10**11)

    @pytest.mark.parametrize(
        ("value", "text"),
        [(Decimal("0.0010"), "0.001"), (Fraction(72, 5), "14.4"), (8640, "8640"), (Fraction(1, 3), "0.333333333333")],
    )
    def test_examples(self, value: Decimal | Fraction | int, text: str) -> None:
        assert promql.number(value) == text


class TestDurations:
    """Units descend, each once."""

    @given(MILLIS)
    def test_reads_back(self, millis: int) -> None:
        parts = re.findall(r"(\d+)(ms|[dhms])", text := promql.duration(Fraction(millis, 1000)))
        assert "".join(count + unit for count, unit in parts) == text
        assert sum(int(count) * UNITS[unit] for count, unit in parts) == millis
        assert [unit for _, unit in parts] == [unit for unit in UNITS if unit in dict(map(reversed, parts))]
        promql_parser.parse(f"rate(x[{text}])") if millis else None

    @pytest.mark.parametrize(
        ("seconds", "text"), [(5400, "1h30m"), (14 * 86_400, "14d"), (Fraction("299.999"), "4m59s999ms"), (0, "0s")]
    )
    def test_examples(self, seconds: int | Fraction, text: str) -> None:
        assert promql.duration(seconds) == text


class TestSets:
    """Filters are sets of series: unions count nothing twice, and several matchers have no opposite matcher."""

    EU, TEST = Matcher("region", "=", "eu"), Matcher("merchant", "=", "test")

    def test_union(self) -> None:
        stream = Stream(metric="x", all=(self.EU,), any=((self.TEST,), (Matcher("code", "=~", "5.."),)))
        assert promql.rate(stream, "5m") == (
            'rate(x{region="eu",merchant="test"}[5m]) or rate(x{region="eu",code=~"5.."}[5m])'
        )
        assert not promql.is_simple(stream)

    def test_exclusion_of_one_matcher(self) -> None:
        stream = Stream(metric="x", none=((self.TEST,), (Matcher("code", "!~", "5.."),)))
        assert promql.rate(stream, "5m") == 'rate(x{merchant!="test",code=~"5.."}[5m])'
        assert promql.is_simple(stream)

    def test_exclusion_of_two_matchers_from_a_union(self) -> None:
        stream = Stream(
            metric="x", any=((Matcher("a", "=", "1"),), (Matcher("b", "=", "2"),)), none=((self.TEST, self.EU),)
        )
        assert promql.rate(stream, "5m") == (
            '(rate(x{a="1"}[5m]) or rate(x{b="2"}[5m])) unless rate(x{merchant="test",region="eu"}[5m])'
        )


def expressions() -> list[tuple[str, str]]:
    """Every expression that is generated from the examples, with where it stands."""
    found = []
    for file in render(compile_files(*EXAMPLES), "prometheus", Options()).values():
        for group in yaml.safe_load(file)["groups"]:
            found += [(f"{group['name']}: {r.get('record') or r['alert']}", r["expr"]) for r in group["rules"]]
    return found


class TestGenerated:
    """What is generated is PromQL to a parser that is not Prometheus'."""

    def test_every_expression_parses(self) -> None:
        found = expressions()
        assert len(found) > 100
        for where, expression in found:
            try:
                promql_parser.parse(expression)
            except ValueError as error:
                pytest.fail(f"{where}: {error}\n{expression}")

    def test_raw_series_are_read_once_and_briefly(self) -> None:
        # Every selector of a recorded series names its SLO; every other one is of at most an hour, after a gap 2h15m. To
        # judge a slice of a minute by its events takes the scrape before it, too, and a gauge has 2.5 scrapes. A job that is down is seen in `up`, one
        # series for each target, and in the events of all its SLOs.
        for where, expression in expressions():
            for name, labels, window in re.findall(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}(?:\[(\w+)\])?", expression):
                if where.endswith("SLODown"):
                    assert name == "up" or labels.startswith('slo=~"'), expression
                elif name.startswith("slo:"):
                    assert labels.split(",")[0] == f'slo="{where.partition(" ")[0]}"', expression
                else:
                    allowed = {"", "1m15s", "1m30s", "5m", "20m", "30m", "1h"} | (
                        {"2h15m"} if where.endswith("increase5m") else set()
                    )
                    assert window in allowed, expression


@pytest.mark.parametrize(
    ("expr", "read"),
    [
        ("max(a) < 5 and b > 1 unless a < 2", ["a", "b"]),
        ('rate(a{b="c\\n"}[5m] offset 1h) > c offset 1w', ['a{b="c\\n"} [5m]', "c"]),
        ("last_over_time(a[1d] @ 0) == a", ["a [1d]", "a"]),
        ("max_over_time((a < 5)[1h:1m]) > b", ["b"]),
        ("rate(a[$window]) > 1", ["a [5m]"]),
        ("vector(1) > 0", []),
    ],
)
def test_what_an_expression_reads(expr: str, read: list[str]) -> None:
    assert [f"{promql.instant(stream)} {within}".strip() for stream, within in tree.reads(expr)] == read
