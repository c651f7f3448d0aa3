"""Parts of the IR as the language writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from slocompiler.explain import language
from slocompiler.ir import Slices, Threshold
from slocompiler.record import replace
from support.shapes import SHAPES


def test_the_bound_of_an_age_is_a_duration() -> None:
    """A number would be an error in a file: an age is compared with a duration."""
    age = SHAPES["an age"]
    assert isinstance(age, Slices)
    assert language.condition(age.good_when) == 'age(queue{job="shop"}) < 15m'


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
