"""When two texts of a rule are the same, and when they only look alike."""

import pytest

from slocompiler.live.verify.texts import same


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ('sum(rate(a{job="x", code=~"5.."}[5m])) by (b)', 'sum(rate(a{code=~"5..",job="x"}[5m])) by (b)'),
        ("a[28d] / 2592000 < Inf", "a[4w] / 2.592e+06 < +Inf"),
        ("a * on () group_left b", "a * on () group_left () b"),
        ('{"a.b", "c.d"="1"}', '{"c.d"="1","a.b"}'),
        ("a\n  or b", "a or b"),
    ],
)
def test_a_server_writes_it_in_another_way(mine: str, theirs: str) -> None:
    assert same(mine, theirs)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ('a{b="x y"}', 'a{b="xy"}'),
        ('a{b=~"x{2}"}', 'a{b=~"x{3}"}'),
        ("a / 0.0010001", "a / 0.0010002"),
        ("a[5m]", "a[5s]"),
        ("a[500ms]", "a[500s]"),
        ('a{b="x",c="y"}', 'a{b="y",c="x"}'),
        ("a1", "a2"),
    ],
)
def test_a_difference_is_one(mine: str, theirs: str) -> None:
    assert not same(mine, theirs)
