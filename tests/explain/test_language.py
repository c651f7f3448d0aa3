"""Parts of the IR as the language writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from slocompiler.explain import language
from slocompiler.ir import Matcher, Ratio, Slices, Threshold
from slocompiler.record import replace
from support.compile import answers, compile_text
from support.shapes import SHAPES


def test_the_bound_of_an_age_is_a_duration() -> None:
    """A number would be an error in a file: an age is compared with a duration."""
    age = SHAPES["an age"]
    assert isinstance(age, Slices)
    assert language.condition(age.good_when) == 'age(queue{job="shop"}) < 15m'


def test_a_filter_is_read_back() -> None:
    """Also with characters that PromQL escapes in a way of its own, and with what is a parameter in a template."""
    given = (Matcher("path", "=", 'a\rb\x00\u200b\\"ä'), Matcher("with.dot", "!=", "${x}"))
    text = f'events hits{language.filters((given,))} bad {{code="500"}}'
    (service,) = compile_text(answers(f'{text} because "b"'), server="3.0").services
    (slo,) = service.slos
    assert isinstance(slo.indicator, Ratio)
    assert slo.indicator.total[0].all == given


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        ("0.3", "300ms"),
        ("0.0003", "0.0003s"),
        ("8640000000000000000000000000", "100000000000000000000000d"),
        ("0", "0s"),
    ],
)
def test_a_bound_in_seconds_is_a_duration_if_that_is_exact(seconds: str, shown: str) -> None:
    bound = SHAPES["a classic histogram"]
    assert isinstance(bound, Threshold)
    assert language.limit(replace(bound, bound=Decimal(seconds), unit="s")) == shown
