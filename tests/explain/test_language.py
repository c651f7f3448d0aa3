"""Parts of the IR as the language writes them."""

from __future__ import annotations

from slocompiler.explain import language
from slocompiler.ir import Slices
from support.shapes import SHAPES


def test_the_bound_of_an_age_is_a_duration() -> None:
    """A number would be an error in a file: an age is compared with a duration."""
    age = SHAPES["an age"]
    assert isinstance(age, Slices)
    assert language.condition(age.good_when) == 'age(queue{job="shop"}) < 15m'
