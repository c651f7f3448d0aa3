"""Suggestions: the name that was meant, at a cost that does not grow with the names."""

from __future__ import annotations

import pytest

from slocompiler.suggest import LONGEST, did_you_mean, one_of, similar
from support.work import calls

FEW = ["availability", "latency", "checkout", "requests", "deploys", "a", "http_requests_total"]
MANY = [f"{name}-{number}" for number in range(200) for name in FEW]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("avialability", "availability"),
        ("latencies", "latency"),
        ("chekcout", "checkout"),
        ("http_request_total", "http_requests_total"),
    ],
)
def test_the_name_that_was_meant(name: str, meant: str) -> None:
    assert did_you_mean(name, FEW) == f"did you mean `{meant}`?"


@pytest.mark.parametrize("name", ["latency-7x", "latncy-77", "latenyc-77", "lateency-77"])
def test_among_many_one_wrong_letter_is_found(name: str) -> None:
    assert next(iter(similar(name, MANY))).startswith("latency-7")


def test_no_name_is_like_it() -> None:
    assert (
        similar("zzz", FEW) == similar("zzz", MANY) == similar("", FEW) == similar("", MANY) == similar("x", []) == []
    )
    assert one_of("zzz", FEW[:2]) == "available: `availability`, `latency`"


def test_long_names_are_not_compared() -> None:
    assert similar("a" * LONGEST + "b", ["a" * LONGEST]) == []
    assert similar("a" * (LONGEST - 1) + "b", ["a" * (LONGEST + 1), "a" * LONGEST]) == ["a" * LONGEST]


def test_a_further_mistake_among_many_names_costs_as_much_as_among_a_few() -> None:
    def work(names: int) -> int:
        known = [f"stream-{number:05d}-of" for number in range(names)]
        similar("strem", known)  # makes the index of these names
        return calls(lambda: [similar(f"strem-{number:05d}-off", known) for number in range(20)])

    assert work(4000) < 1.5 * work(400)
