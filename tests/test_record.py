"""Records and values: what they share with dataclasses, and what they do not."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from slocompiler.record import fields, record, replace, value


@record
class Node:
    start: int
    end: int = 9


@record
class Word(Node):
    text: str = ""
    end: int = 7


@value(kw_only=True)
class Slo:
    name: str
    window: int = 30

    def __post_init__(self) -> None:
        assert self.window > 0


@value()
class Pair:
    first: Any
    second: Any


def test_fields_of_the_extended_class_come_first_and_a_default_can_be_another() -> None:
    assert fields(Word) == ("start", "end", "text")
    for _ in range(2):  # the first instance of a class has it compiled
        word, node = Word(1, text="a"), Node(1)
        assert (word.start, word.end, word.text, node.end) == (1, 7, "a", 9)
    assert isinstance(word, Node)


def test_records_have_no_other_attributes_and_are_compared_by_identity() -> None:
    with pytest.raises(AttributeError):
        Node(1).other = 2
    assert Node(1) != Node(1)


def test_values_are_compared_by_their_class_and_fields() -> None:
    assert Pair(1, (2,)) == Pair(1, (2,)) == copy(Pair(1, (2,))) == pickle.loads(pickle.dumps(Pair(1, (2,))))
    assert len({Pair(1, 2), Pair(1, 2), Pair(2, 1)}) == 2
    assert Pair("a", 30) != Slo(name="a", window=30)
    assert repr(Pair(1, "a")) == "Pair(first=1, second='a')"


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda: Pair(1), TypeError),
        (lambda: Pair(1, 2, third=3), TypeError),
        (lambda: Node(1, start=2), TypeError),
        (lambda: Slo("a"), TypeError),
        (lambda: Slo(name="a", window=0), AssertionError),
        (lambda: hash(Pair([], 2)), TypeError),
        (lambda: replace(Pair(1, 2), third=3), TypeError),
    ],
    ids=["too few", "too many", "twice", "only by name", "post init", "unhashable", "no such field"],
)
def test_what_a_value_refuses(act: Callable[[], object], error: type[Exception]) -> None:
    for _ in range(2):
        with pytest.raises(error):
            act()


def test_replace_leaves_the_original_as_it_is() -> None:
    slo = Slo(name="a")
    assert (replace(slo, window=7), slo) == (Slo(name="a", window=7), Slo(name="a", window=30))
